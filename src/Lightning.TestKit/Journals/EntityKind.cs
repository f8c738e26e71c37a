using Lightning.Actors.Chain;
using Lightning.Actors.Registry;
using Lightning.Actors.Wallet;

namespace Lightning.TestKit.Journals;

/// <summary>
/// The kinds of entities that write to a node's journal. Where a node has one entity of a kind, its persistence id is the kind; where it has many, theirs are the kind,
/// a hyphen and a name.
/// </summary>
internal static class EntityKind
{
    /// <summary>A node's channels.</summary>
    public const string Channel = "channel";

    /// <summary>Its outgoing payments.</summary>
    public const string Payment = "payment";

    /// <summary>Its invoices.</summary>
    public const string Invoice = "invoice";

    private static readonly string[] Single = [ChannelRegistry.Name, ChainMonitor.Name, WalletActor.Name];

    /// <summary>All kinds.</summary>
    public static IReadOnlyList<string> All { get; } = [Channel, Payment, Invoice, "peer", .. Single];

    /// <summary>The kind of the entity with a persistence id.</summary>
    public static string Of(string persistenceId) => Single.Contains(persistenceId, StringComparer.Ordinal) ? persistenceId : persistenceId.Split('-', 2)[0];
}
