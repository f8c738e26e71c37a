using System.Data.Common;
using System.Globalization;
using Lightning.Actors.Channels;
using Lightning.Actors.Entities;
using Lightning.Actors.ReadModels;
using Lightning.Actors.Serialization;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Lightning.Actors.Journal;

/// <summary>
/// Reads the channels' events straight from a node's database, whether the node runs or not. Only reads: it writes nothing, makes no database and needs no
/// actor system. Every method may throw a <see cref="DbException"/> where the database cannot be read.
/// </summary>
public sealed class ChannelJournal
{
    private readonly string? _file;
    private readonly string? _postgres;

    private ChannelJournal(string? file, string? postgres) => (_file, _postgres) = (file, postgres);

    /// <summary>The journal in a SQLite file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static ChannelJournal InSqlite(string file) =>
        File.Exists(file) ? new ChannelJournal(Path.GetFullPath(file), postgres: null) : throw new FileNotFoundException($"There is no database {file}.", file);

    /// <summary>The journal in a PostgreSQL database.</summary>
    /// <param name="connectionString">In Npgsql's form.</param>
    public static ChannelJournal InPostgres(string connectionString) =>
        new(file: null, new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString());

    /// <summary>The channels that the journal knows, oldest first.</summary>
    public Task<IReadOnlyList<JournaledChannel>> ChannelsAsync(CancellationToken cancellation) => ReadAsync<IReadOnlyList<JournaledChannel>>(
        async connection =>
        {
            var channels = await CountAsync(connection, cancellation).ConfigureAwait(false);
            await NameAsync(connection, channels, cancellation).ConfigureAwait(false);
            return [.. channels.Values.OrderBy(static channel => channel.First).ThenBy(static channel => channel.Key.ToString(), StringComparer.Ordinal)];
        },
        cancellation);

    /// <summary>A channel's events, up to the first that is missing or cannot be read. Empty for a channel that the journal does not know.</summary>
    public Task<ChannelHistory> ReadAsync(LocalChannelKey channel, CancellationToken cancellation) => ReadAsync(connection => ReadAsync(connection, channel, cancellation), cancellation);

    private static async Task<ChannelHistory> ReadAsync(DbConnection connection, LocalChannelKey channel, CancellationToken cancellation)
    {
        var entity = ChannelActor.PersistenceIdOf(channel);
        var events = new List<JournaledEvent>();
        var state = ChannelState.Empty;
        await using var command = ViewDatabase.Command(
            connection, null, "SELECT ordering, created, sequence_number, identifier, manifest, message FROM journal WHERE persistence_id = @p ORDER BY sequence_number", ("p", entity));
        await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        try
        {
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
            {
                if (Take(reader) is { } damage) return new ChannelHistory(channel, events, damage);
            }
        }
        catch (DbException e) when (events.Count > 0)
        {
            return new ChannelHistory(channel, events, string.Create(CultureInfo.InvariantCulture, $"The database cannot be read after event {events.Count} of {entity}: {e.Message}"));
        }

        return new ChannelHistory(channel, events, Damage: null);

        // What is wrong with the row; null where nothing is.
        string? Take(DbDataReader reader)
        {
            var expected = events.Count + 1;
            try
            {
                if (reader.GetInt64(2) is var number && number != expected)
                    return string.Create(CultureInfo.InvariantCulture, $"Event {expected} of {entity} is missing: row {reader.GetValue(0)} of the journal, the next one, holds event {number}.");
                var happened = Decode(reader);
                state = state.Apply(happened);
                events.Add(new JournaledEvent(expected, Time(reader.GetInt64(1)), happened));
                return null;
            }
#pragma warning disable CA1031 // A damaged row can fail in any way; whatever it is, it is told, with what comes before.
            catch (Exception e)
#pragma warning restore CA1031
            {
                return string.Create(CultureInfo.InvariantCulture, $"Event {expected} of {entity}, row {reader.GetValue(0)} of the journal, cannot be used: {e.Message}");
            }
        }
    }

    private static async Task<Dictionary<string, JournaledChannel>> CountAsync(DbConnection connection, CancellationToken cancellation)
    {
        var channels = new Dictionary<string, JournaledChannel>(StringComparer.Ordinal);
        await using var command = ViewDatabase.Command(
            connection, null, $"SELECT persistence_id, count(*), min(created), max(created) FROM journal WHERE persistence_id LIKE '{ChannelActor.PersistencePrefix}%' GROUP BY persistence_id");
        await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
        {
            // The registry's events begin with the same word.
            var entity = reader.GetString(0);
            if (LocalChannelKey.TryParse(entity[ChannelActor.PersistencePrefix.Length..], out var key))
                channels.Add(entity, new JournaledChannel(key, reader.GetInt64(1), Time(reader.GetInt64(2)), Time(reader.GetInt64(3))));
        }

        return channels;
    }

    // The few events that tell what a channel is called: its whole history need not be read for that.
    private static async Task NameAsync(DbConnection connection, Dictionary<string, JournaledChannel> channels, CancellationToken cancellation)
    {
        await using var command = ViewDatabase.Command(
            connection,
            null,
            $"""
            SELECT persistence_id, sequence_number, 0, identifier, manifest, message FROM journal
            WHERE persistence_id LIKE '{ChannelActor.PersistencePrefix}%' AND (manifest LIKE 'ch.funding-created.%' OR manifest LIKE 'ch.funding-accepted.%' OR manifest LIKE 'ch.funding-confirmed.%'
                OR manifest LIKE 'ch.restored.%')
            ORDER BY persistence_id, sequence_number
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
        {
            if (!channels.TryGetValue(reader.GetString(0), out var channel)) continue;
            try
            {
                channels[reader.GetString(0)] = Decode(reader) switch
                {
                    DurableEvent.FundingCreated created => channel with { Peer = created.Parameters.Peer, Funding = created.Funding.OutPoint },
                    DurableEvent.FundingAccepted accepted => channel with { Peer = accepted.Parameters.Peer, Funding = accepted.Funding.OutPoint },
                    DurableEvent.RestoredFromBackup restored => channel with { Peer = restored.Parameters.Peer, Funding = restored.Funding.OutPoint },
                    DurableEvent.FundingConfirmed confirmed when channel.Funding is { } funding =>
                        channel with { ShortChannelId = new ShortChannelId(confirmed.BlockHeight, confirmed.TransactionIndex, checked((ushort)funding.Index)) },
                    _ => channel,
                };
            }
#pragma warning disable CA1031 // What a damaged row says is not known: the channel keeps its local key as its name, and reading it tells what is wrong.
            catch (Exception)
#pragma warning restore CA1031
            {
                channels[reader.GetString(0)] = channel;
            }
        }
    }

    // Columns 3 to 5: serializer, manifest, event. No event names an actor, so that no system is needed to read one.
    private static DurableEvent Decode(DbDataReader reader)
    {
        if (reader.GetInt32(3) is var serializer && serializer != LightningSerializer.Id) throw new InvalidDataException($"it was written by serializer {serializer}, not by this node's.");
        var manifest = reader.GetString(4);
        var format = LightningSerializer.Formats.Find(manifest) ?? throw new InvalidDataException($"its format '{manifest}' is unknown; it may be a later version's.");
        return format.Read(reader.GetFieldValue<byte[]>(5), null!) switch
        {
            DurableEvent happened => happened,
            OwnershipTaken => new DurableEvent.OwnershipTaken(),
            var other => throw new InvalidDataException($"it is a {other.GetType().Name}, which is no event of a channel."),
        };
    }

    private static DateTimeOffset Time(long utcTicks) => new(Math.Clamp(utcTicks, 0, DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero);

    private async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancellation)
    {
        if (_file is not { } file) return await ReadAsync(new NpgsqlConnection(_postgres), "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", read, cancellation).ConfigureAwait(false);

        // Without a log nobody has the file open: it is read as it stands, with no file made beside it. A node that started meanwhile may have changed it under our eyes.
        if (!IsOpen(file))
        {
            var result = await ReadAsync(Sqlite(new Uri(file).AbsoluteUri + "?immutable=1"), "BEGIN", read, cancellation).ConfigureAwait(false);
            if (!IsOpen(file)) return result;
        }

        return await ReadAsync(Sqlite(file), "PRAGMA busy_timeout=5000; BEGIN", read, cancellation).ConfigureAwait(false);
    }

    private static bool IsOpen(string file) => File.Exists(file + "-wal");

    private static SqliteConnection Sqlite(string source) => new(new SqliteConnectionStringBuilder { DataSource = source, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());

    // One snapshot for all that is read; it ends with the connection.
    private static async Task<T> ReadAsync<T>(DbConnection connection, string begin, Func<DbConnection, Task<T>> read, CancellationToken cancellation)
    {
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(cancellation).ConfigureAwait(false);
            ViewDatabase.Execute(connection, null, begin);
            return await read(connection).ConfigureAwait(false);
        }
    }
}
