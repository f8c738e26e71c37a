using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Persistence.Sql;
using Lightning.Actors.Hosting;
using Lightning.Actors.Journal;
using Lightning.Actors.Tests.Entities;

namespace Lightning.Actors.Tests;

/// <summary>Actor systems over the real journal in a folder of their own.</summary>
public abstract class JournalSystem : Akka.TestKit.Xunit2.TestKit
{
    private readonly TemporaryFolder _folder;
    private readonly List<ActorSystem> _others = [];

    protected JournalSystem(string hocon = "")
        : this(new TemporaryFolder(), hocon)
    {
    }

    private JournalSystem(TemporaryFolder folder, string hocon)
        : base(Configuration(folder.File("journal.db"), hocon)) => _folder = folder;

    internal string DatabaseFile => _folder.File("journal.db");

    internal string FolderOf(string node) => _folder.File(node);

    internal static ActorSystemSetup Configuration(string file, string more = "")
    {
        SqliteSchema.Prepare(SqliteSchema.ConnectionString(file));
        var hocon = ConfigurationFactory.ParseString($$"""
            akka.actor.provider = local
            akka.loglevel = WARNING
            akka.persistence.journal.group-commit.connection-string = "{{SqliteSchema.ConnectionString(file)}}"
            akka.persistence.snapshot-store.sql.connection-string = "{{SqliteSchema.ConnectionString(file)}}"
            akka.actor.serializers.counted = "{{typeof(CountedSerializer).AssemblyQualifiedName}}"
            akka.actor.serialization-bindings { "{{typeof(Counted).AssemblyQualifiedName}}" = counted }
            """).WithFallback(HoconFiles.Load(postgres: false)).WithFallback(SqlPersistence.DefaultConfiguration);
        return ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(more).WithFallback(hocon).WithFallback(DefaultConfig)));
    }

    /// <summary>A second actor system on the same database, as another process would be (the folder's lock aside).</summary>
    protected ActorSystem Another()
    {
        var system = ActorSystem.Create("another", Configuration(DatabaseFile));
        _others.Add(system);
        return system;
    }

    protected override void AfterAll()
    {
        foreach (var system in _others) End(system);
        base.AfterAll();
        JournalStores.ClosedAsync(Sys).Wait(TimeSpan.FromSeconds(10));
        _folder.Dispose();
    }

    private static void End(ActorSystem system)
    {
        system.Terminate().Wait(TimeSpan.FromSeconds(10));
        JournalStores.ClosedAsync(system).Wait(TimeSpan.FromSeconds(10));
    }
}
