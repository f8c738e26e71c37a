using Akka.Actor;
using Lightning.Actors.Channels;
using Lightning.Actors.Tests.Serialization;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;

namespace Lightning.Actors.Tests.ReadModels;

/// <summary>Channels' events as a forwarding node's journal has them.</summary>
internal static class ForwardStory
{
    public static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly LocalChannelKey Left = new(1, 1);
    public static readonly LocalChannelKey Right = new(2, 2);
    public static readonly LocalChannelKey Other = new(3, 3);
    public static readonly ShortChannelId LeftId = new(101, 1, 0);
    public static readonly ShortChannelId RightId = new(102, 2, 1);

    public static PaymentPreimage Preimage(ulong n) => new(Hashes.Sha256(BitConverter.GetBytes(n)));

    public static string EntityOf(LocalChannelKey key) => ChannelActor.PersistenceIdOf(key);

    /// <summary>The channels, open.</summary>
    public static IEnumerable<(LocalChannelKey Channel, object Event)> OpenedChannels() =>
        Opened(Left, LeftId, 0xa1).Concat(Opened(Right, RightId, 0xa2)).Concat(Opened(Other, new ShortChannelId(103, 3, 0), 0xa3));

    public static IEnumerable<(LocalChannelKey Channel, object Event)> Opened(LocalChannelKey key, ShortChannelId id, byte tx)
    {
        var created = (DurableEvent.FundingCreated)new Samples(ActorRefs.Nobody).Create(typeof(DurableEvent.FundingCreated), full: true);
        yield return (key, created with { Funding = created.Funding with { OutPoint = new OutPoint(new TxId(new Bytes32([.. Enumerable.Repeat(tx, 32)])), id.OutputIndex) } });
        yield return (key, new DurableEvent.FundingConfirmed(id.BlockHeight, id.TransactionIndex));
    }

    /// <summary>HTLCs come in.</summary>
    public static (LocalChannelKey Channel, object Event) In(LocalChannelKey key, params (ulong Id, long Amount)[] adds) =>
        (key, new DurableEvent.CommitmentReceived([.. adds.Select(static add => (CommitmentUpdate)Add(add.Id, add.Amount, 400))], []));

    /// <summary>An HTLC goes out that came in by another channel.</summary>
    public static (LocalChannelKey Channel, object Event) Out(LocalChannelKey key, ulong id, long amount, LocalChannelKey from, ulong incoming) =>
        (key, new DurableEvent.CommitmentSent([Add(id, amount, 320)], [new AddOrigin(new HtlcOrigin.Relayed(from, incoming), 400)]));

    /// <summary>The incoming channel gives the preimage back.</summary>
    public static (LocalChannelKey Channel, object Event) Paid(LocalChannelKey key, ulong id) => (key, new DurableEvent.CommitmentSent([Fulfill(id)], []));

    /// <summary>The incoming channel gives a failure back.</summary>
    public static (LocalChannelKey Channel, object Event) Failed(LocalChannelKey key, ulong id) => (key, new DurableEvent.CommitmentSent([new CommitmentUpdate.FailHtlc(id, Bytes.Empty, null)], []));

    /// <summary>A settlement is kept for later, as in a channel that ends on chain.</summary>
    public static (LocalChannelKey Channel, object Event) Kept(LocalChannelKey key, CommitmentUpdate.Settlement settlement) => (key, new DurableEvent.SettlementsKept([settlement]));

    public static CommitmentUpdate.FulfillHtlc Fulfill(ulong id) => new(id, Preimage(id), null);

    private static CommitmentUpdate.AddHtlc Add(ulong id, long amount, uint expiry) => new(id, amount.Msat(), Preimage(id).Hash, expiry, Bytes.Empty, null);
}
