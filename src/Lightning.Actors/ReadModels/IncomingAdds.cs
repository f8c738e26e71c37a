using System.Data.Common;
using Lightning.Actors.Channels;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;

namespace Lightning.Actors.ReadModels;

/// <summary>
/// What came in with the HTLCs that peers offered: their amounts and expiries. Remembered from the rows of the journal as they pass, and looked up there where they passed before this process
/// followed it. Not thread-safe.
/// </summary>
internal sealed class IncomingAdds
{
    /// <summary>More than all channels of a large node hold at once; beyond it the journal is asked.</summary>
    private const int MaxKnown = 50_000;

    private readonly Dictionary<(LocalChannelKey Channel, ulong Htlc), (MilliSatoshi Amount, uint CltvExpiry)> _known = [];

    /// <summary>A peer's updates are committed to.</summary>
    public void Add(LocalChannelKey channel, DurableEvent.CommitmentReceived received)
    {
        if (_known.Count >= MaxKnown) _known.Clear();
        foreach (var update in received.Updates)
        {
            if (update is CommitmentUpdate.AddHtlc add) _known[(channel, add.Id)] = (add.Amount, add.CltvExpiry);
        }
    }

    /// <summary>Nobody will ask for it any more.</summary>
    public void Forget(LocalChannelKey channel, ulong htlc) => _known.Remove((channel, htlc));

    /// <summary>What came in; null where the journal does not have it before a row.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="channel">The incoming channel.</param>
    /// <param name="htlc">The HTLC there.</param>
    /// <param name="before">The row's ordering.</param>
    public (MilliSatoshi Amount, uint CltvExpiry)? Find(DbConnection journal, LocalChannelKey channel, ulong htlc, long before)
    {
        if (_known.TryGetValue((channel, htlc), out var found)) return found;
        using var command = ViewDatabase.Command(
            journal,
            null,
            "SELECT manifest, message FROM journal WHERE persistence_id = @p AND ordering < @o AND manifest LIKE 'ch.commitment-received.%' ORDER BY sequence_number DESC",
            ("p", ChannelActor.PersistenceIdOf(channel)),
            ("o", before));
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            // Those before it are older still: the last ones are the ones that are not settled yet.
            var received = (DurableEvent.CommitmentReceived)ViewDatabase.Decode(reader.GetString(0), reader.GetFieldValue<byte[]>(1));
            Add(channel, received);
            if (_known.TryGetValue((channel, htlc), out found)) return found;
        }

        return null;
    }
}
