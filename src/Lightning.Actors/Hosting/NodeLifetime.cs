using Akka.Actor;
using Lightning.Actors.Journal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lightning.Actors.Hosting;

/// <summary>What has to be done before a node's actor system starts and after it has ended.</summary>
internal sealed class NodeLifetime(IServiceProvider services, LightningNodeOptions options, ILogger<NodeLifetime> logger) : IHostedService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Takes the lock: a second node on the folder ends here, with a clear error.
        var folder = services.GetRequiredService<DataFolder>();
        var node = services.GetRequiredService<NodeRuntime>();
        long position;
        if (options.PostgresConnectionString is { } postgres)
        {
            position = await PostgresSchema.PrepareAsync(postgres, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            SqliteSchema.Prepare(SqliteSchema.ConnectionString(folder.DatabaseFile));
            position = SqliteSchema.Position(SqliteSchema.ConnectionString(folder.DatabaseFile));
        }

        // Whoever says that the database is a copy need not be told by the file, which may be damaged.
        var known = options.IsRestored ? position : JournalPosition.Read(folder.PositionFile);
        var isOld = position < known;
        node.Restored = RestoredDatabase.Open(folder.RestoredFile, isOld || options.IsRestored);
        if (options.IsRestored) JournalPosition.Replace(folder.PositionFile, position);
        if (!isOld) return;

        // What is guarded is on disk by now: from here on the copy is the database, and the next start must not take it for another old one.
        JournalPosition.Replace(folder.PositionFile, position);
        logger.LogWarning(
            "The database is behind what this folder has seen (event {Position} of {Known}): an old copy. Its channels do nothing until their peers have shown that they are current.",
            position,
            known);
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
