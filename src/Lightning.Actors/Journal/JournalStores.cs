using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;

namespace Lightning.Actors.Journal;

/// <summary>The open journal stores of one actor system, so that a host can wait for their last commit after the system has ended.</summary>
internal sealed class JournalStores : IExtension
{
    private readonly ConcurrentDictionary<IJournalStore, Task> _closing = new();

    /// <summary>Opens the kind of store that the plugin's configuration names.</summary>
    public static IJournalStore Open(ActorSystem system, Config config)
    {
        var connection = config.GetString("connection-string");
        var position = config.GetString("position-file") is { Length: > 0 } file ? new JournalPosition(file, TimeProvider.System) : null;
        return config.GetString("database") switch
        {
            "sqlite" => new SqliteJournalStore(connection, config.GetInt("max-batch", 256), TimeProvider.System, position),
            "postgres" => new PostgresJournalStore(connection, config.GetInt("max-batch", 256), config.GetInt("writers", 2), TimeProvider.System, position),
            var other => throw new ConfigurationException($"Unknown journal database '{other}': expected sqlite or postgres."),
        };
    }

    /// <summary>Starts closing a store: what it was given is still written.</summary>
    public static void Close(ActorSystem system, IJournalStore store)
    {
        var stores = For(system);
        stores._closing[store] = store.DisposeAsync().AsTask();
    }

    /// <summary>Completes when every closed store has written what it was given. Call it after the actor system has terminated.</summary>
    public static Task ClosedAsync(ActorSystem system) => Task.WhenAll(For(system)._closing.Values);

    private static JournalStores For(ActorSystem system) => system.WithExtension<JournalStores, Provider>();

    private sealed class Provider : ExtensionIdProvider<JournalStores>
    {
        public override JournalStores CreateExtension(ExtendedActorSystem system) => new();
    }
}
