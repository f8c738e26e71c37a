using System.Collections.Frozen;

namespace Lightning.Node.Api.Mapping;

/// <summary>Names of BOLT 9's feature bits, as clients of this API know them.</summary>
internal static class FeatureNames
{
    private static readonly FrozenDictionary<int, string> ByPair = new Dictionary<int, string>
    {
        [0] = "data-loss-protect",
        [2] = "initial-routing-sync",
        [4] = "upfront-shutdown-script",
        [6] = "gossip-queries",
        [8] = "tlv-onion",
        [10] = "ext-gossip-queries",
        [12] = "static-remote-key",
        [14] = "payment-addr",
        [16] = "multi-path-payments",
        [18] = "wumbo-channels",
        [20] = "anchor-commitments",
        [22] = "anchors-zero-fee-htlc-tx",
        [24] = "route-blinding",
        [26] = "shutdown-any-segwit",
        [28] = "dual-fund",
        [34] = "quiescence",
        [36] = "attribution-data",
        [38] = "onion-messages",
        [42] = "provide-storage",
        [44] = "explicit-commitment-type",
        [46] = "scid-alias",
        [48] = "payment-metadata",
        [50] = "zero-conf",
        [54] = "keysend",
        [60] = "simple-close",
        [62] = "splice",
    }.ToFrozenDictionary();

    /// <summary>The name of a bit, required (even) and optional (odd) alike; null where there is none.</summary>
    public static string? Of(int bit) => ByPair.GetValueOrDefault(bit & ~1);
}
