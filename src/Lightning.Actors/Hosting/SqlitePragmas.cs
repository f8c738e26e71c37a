using System.Data.Common;
using LinqToDB.Interceptors;

namespace Lightning.Actors.Hosting;

/// <summary>Makes Akka.Persistence.Sql's own connections to SQLite as durable as the journal's.</summary>
internal sealed class SqlitePragmas : ConnectionInterceptor
{
    /// <summary>Microsoft.Data.Sqlite is synchronous: without this yield a caller's stream would be blocked while the file is opened.</summary>
    public override async Task ConnectionOpeningAsync(ConnectionEventData eventData, DbConnection connection, CancellationToken cancellationToken) => await Task.Yield();

    /// <inheritdoc/>
    public override void ConnectionOpened(ConnectionEventData eventData, DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000;";
        command.ExecuteNonQuery();
    }

    /// <inheritdoc/>
    public override Task ConnectionOpenedAsync(ConnectionEventData eventData, DbConnection connection, CancellationToken cancellationToken)
    {
        ConnectionOpened(eventData, connection);
        return Task.CompletedTask;
    }
}
