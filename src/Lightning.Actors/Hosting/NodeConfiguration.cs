using System.Globalization;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Persistence.Sql;
using Akka.Persistence.Sql.Config;
using Lightning.Actors.Journal;
using LinqToDB;

namespace Lightning.Actors.Hosting;

/// <summary>Puts a node's HOCON together: what the options say, then /hocon, then the defaults of the libraries.</summary>
internal static class NodeConfiguration
{
    /// <summary>The node's configuration over a database in <paramref name="folder"/> or in PostgreSQL.</summary>
    public static Config Hocon(LightningNodeOptions options, DataFolder folder)
    {
        var connection = Quote(options.PostgresConnectionString ?? SqliteSchema.ConnectionString(folder.DatabaseFile));
        var node = ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture, $$"""
            akka.persistence.journal.group-commit.connection-string = {{connection}}
            akka.persistence.journal.group-commit.position-file = {{Quote(folder.PositionFile)}}
            akka.persistence.snapshot-store.sql.connection-string = {{connection}}
            akka.remote.dot-netty.tcp { public-hostname = {{Quote(options.Cluster.Host)}}, hostname = {{Quote(options.Cluster.Host)}}, port = {{options.Cluster.Port}} }
            """));
        return ConfigurationFactory.ParseString(options.Hocon)
            .WithFallback(node)
            .WithFallback(HoconFiles.Load(postgres: options.PostgresConnectionString is not null))
            .WithFallback(SqlPersistence.DefaultConfiguration);
    }

    /// <summary>How Akka.Persistence.Sql opens connections to the snapshot store.</summary>
    public static Setup Connections(LightningNodeOptions options, DataFolder folder) => new DataOptionsSetup(options.PostgresConnectionString is { } postgres
        ? new DataOptions().UseConnectionString(ProviderName.PostgreSQL15, postgres)
        : new DataOptions().UseConnectionString(ProviderName.SQLiteMS, SqliteSchema.ConnectionString(folder.DatabaseFile)).UseInterceptor(new SqlitePragmas()));

    private static string Quote(string value) =>
        "\"" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
