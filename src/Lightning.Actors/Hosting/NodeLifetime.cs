using Akka.Actor;
using Lightning.Actors.Journal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Lightning.Actors.Hosting;

/// <summary>What has to be done before a node's actor system starts and after it has ended.</summary>
internal sealed class NodeLifetime(IServiceProvider services, LightningNodeOptions options) : IHostedService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.PostgresConnectionString is { } postgres) await PostgresSchema.PrepareAsync(postgres, cancellationToken).ConfigureAwait(false);

        // Takes the lock: a second node on the folder ends here, with a clear error.
        services.GetRequiredService<DataFolder>();
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var system = services.GetRequiredService<ActorSystem>();
        await system.WhenTerminated.WaitAsync(cancellationToken).ConfigureAwait(false);

        // The folder's lock is let go after the last commit, not before.
        await JournalStores.ClosedAsync(system).WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
