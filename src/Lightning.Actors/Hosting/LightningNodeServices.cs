using Akka;
using Akka.Actor;
using Akka.Hosting;
using Akka.Hosting.Logging;
using Lightning.Actors.Api;
using Lightning.Actors.Backup;
using Lightning.Actors.Journal;
using Lightning.Actors.Node;
using Lightning.Actors.ReadModels;
using Lightning.Chain;
using Lightning.Chain.Wallet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lightning.Actors.Hosting;

/// <summary>Puts a Lightning node into a .NET host.</summary>
public static class LightningNodeServices
{
    /// <summary>The name of a node's actor system: the same in all its processes.</summary>
    public const string ActorSystemName = "lightning";

    /// <summary>
    /// Adds a node. The services must also hold a <see cref="NodeKeys"/>, an <see cref="IChainBackend"/> and an <see cref="IChainWallet"/>.
    /// One host holds one node; several hosts, each with a folder of its own, may live in one process.
    /// </summary>
    public static IServiceCollection AddLightningNode(this IServiceCollection services, LightningNodeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.AddSingleton(options);
        services.AddSingleton(_ => DataFolder.Open(options.DataFolder));
        services.AddSingleton(provider => new NodeRuntime(
            options,
            provider.GetRequiredService<NodeKeys>(),
            provider.GetRequiredService<IChainBackend>(),
            provider.GetRequiredService<IChainWallet>(),
            Views(options, provider.GetRequiredService<DataFolder>()))
        {
            Backups = new BackupFile(provider.GetRequiredService<DataFolder>().BackupFile),
        });

        services.AddSingleton<ILightningNode>(provider => new LightningNode(provider.GetRequiredService<NodeRuntime>()));

        // Before Akka's own hosted service: starts first and stops last.
        services.AddHostedService<NodeLifetime>();
        services.AddAkka(ActorSystemName, (builder, provider) =>
        {
            var folder = provider.GetRequiredService<DataFolder>();
            var node = provider.GetRequiredService<NodeRuntime>();
            if (options.PostgresConnectionString is null) SqliteSchema.Prepare(SqliteSchema.ConnectionString(folder.DatabaseFile));
            builder
                .AddHocon(NodeConfiguration.Hocon(options, folder), HoconAddMode.Replace)
                .AddSetup(NodeConfiguration.Connections(options, folder))
                .ConfigureLoggers(loggers =>
                {
                    loggers.ClearLoggers();
                    loggers.AddLogger<NodeLogger>();
                })
                .AddSetup(new LoggerFactorySetup(provider.GetRequiredService<ILoggerFactory>()))
                .AddStartup((system, _) =>
                {
                    // While it ends, Akka prints its own lines past every logger: its good news is nobody's.
                    CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "quiet", () =>
                    {
                        if (system.EventStream.LogLevel == Akka.Event.LogLevel.InfoLevel) system.EventStream.SetLogLevel(Akka.Event.LogLevel.WarningLevel);
                        return Task.FromResult(Done.Instance);
                    });
                    return NodeStartup.StartAsync(system, node);
                });
        });
        return services;
    }

    private static ViewDatabase Views(LightningNodeOptions options, DataFolder folder) =>
        options.PostgresConnectionString is { } postgres ? new PostgresViews(postgres) : new SqliteViews(folder.DatabaseFile, folder.ViewsFile);
}
