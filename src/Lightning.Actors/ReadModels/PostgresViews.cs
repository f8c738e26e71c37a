using System.Data.Common;
using System.Globalization;
using Npgsql;

namespace Lightning.Actors.ReadModels;

/// <summary>The tables in the node's PostgreSQL database.</summary>
internal sealed class PostgresViews(string connectionString) : ViewDatabase
{
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(connectionString);

    /// <inheritdoc/>
    public override bool HasLateRows => true;

    /// <inheritdoc/>
    protected override string BytesType => "BYTEA";

    /// <inheritdoc/>
    public override DbConnection OpenJournal() => _source.OpenConnection();

    /// <inheritdoc/>
    public override DbConnection OpenViews() => _source.OpenConnection();

    /// <inheritdoc/>
    public override (bool HasEnded, long Token) WritesEnded(long? token)
    {
        using var connection = _source.OpenConnection();
        var oldest = Number(connection, "SELECT pg_snapshot_xmin(pg_current_snapshot())::text");
        return token is { } taken ? (oldest >= taken, taken) : (false, Number(connection, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"));
    }

    /// <inheritdoc/>
    public override void Dispose() => _source.Dispose();

    private static long Number(DbConnection connection, string sql) => long.Parse((string)Scalar(connection, null, sql)!, CultureInfo.InvariantCulture);
}
