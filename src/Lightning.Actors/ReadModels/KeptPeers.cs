using System.Data.Common;
using Lightning.Actors.Peers;

namespace Lightning.Actors.ReadModels;

/// <summary>The peers that the operator wants connected at all times: after a start nobody else would wake their entities.</summary>
internal static class KeptPeers
{
    /// <summary>What the persistence ids of peers begin with.</summary>
    private const string Prefix = PeerActor.PersistencePrefix;

    /// <summary>Which rows of the journal are wanted with their events: a condition on its columns.</summary>
    public const string Wanted = "manifest LIKE 'peer.kept.%'";

    /// <summary>Takes in one row.</summary>
    public static void Write(DbConnection views, DbTransaction transaction, ViewRow row)
    {
        if (row.Message is null || !row.Entity.StartsWith(Prefix, StringComparison.Ordinal) || ViewDatabase.Decode(row.Manifest, row.Message) is not PeerKept kept) return;
        ViewDatabase.Execute(
            views,
            transaction,
            kept.Keep ? "INSERT INTO view_peers(peer) VALUES (@p) ON CONFLICT (peer) DO NOTHING" : "DELETE FROM view_peers WHERE peer = @p",
            ("p", row.Entity[Prefix.Length..]));
    }

    /// <summary>All of them.</summary>
    public static IReadOnlyList<NodeId> All(ViewDatabase database) => database.Query("SELECT peer FROM view_peers ORDER BY peer", static reader => NodeId.FromHex(reader.GetString(0)));
}
