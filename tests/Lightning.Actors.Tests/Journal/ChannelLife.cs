using Akka.Actor;
using Lightning.Actors.Tests.ReadModels;
using Lightning.Actors.Tests.Serialization;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.Secrets;
using Lightning.Channels.Signing;
using Lightning.Channels.States;
using Lightning.Channels.Updates;

namespace Lightning.Actors.Tests.Journal;

/// <summary>The events of a channel from its first to its last, as its entity would write them.</summary>
internal static class ChannelLife
{
    public static readonly LocalChannelKey Key = new(7, new UInt128(0x1111111111111111, 0x2222222222222222));
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly PaymentHash Hash = new(Hashes.Sha256("payment"u8));

    private static readonly HtlcOrigin Payment = new HtlcOrigin.Local(Hash, 1, 0);

    /// <summary>One event a second: opened by this node, an HTLC offered and paid, another received, closed by force after a restart.</summary>
    public static IReadOnlyList<object> Events(LocalChannelKey key, byte fundingTx = 0xab)
    {
        var funding = new OutPoint(new TxId(Bytes32.FromHex(string.Concat(Enumerable.Repeat(fundingTx.ToString("x2"), 32)))), 1);
        var created = Sample<DurableEvent.FundingCreated>();
        var spend = Sample<DurableEvent.FundingSpent>().Transaction;
        var point = created.RemoteFirstPoint;
        EquatableArray<FundingSignatures> signatures = [new FundingSignatures(funding.TxId, new CommitmentSignatures(default, []))];
        return
        [
            Actors.Entities.OwnershipTaken.Instance,
            created with
            {
                Parameters = created.Parameters with { Key = key, IsInitiator = true },
                Funding = new FundingOutput(funding, 1_000_000.Sat()),
                Push = 200_000_000.Msat(),
                Feerate = new FeeratePerKw(500),
            },
            new DurableEvent.FundingSigned(default),
            new DurableEvent.FundingConfirmed(112, 1),
            new DurableEvent.ChannelReadyReceived(point, null),
            new DurableEvent.CommitmentSent([new CommitmentUpdate.AddHtlc(0, 50_000_000.Msat(), Hash, 244, Bytes.Empty, null)], [new AddOrigin(Payment, 200)]),
            Revocation(0),
            new DurableEvent.CommitmentReceived([new CommitmentUpdate.AddHtlc(0, 1_234.Msat(), Hash, 300, Bytes.Empty, null)], signatures),
            new DurableEvent.CommitmentReceived([new CommitmentUpdate.FulfillHtlc(0, new PaymentPreimage(Hashes.Sha256("preimage"u8)), null)], signatures),
            new DurableEvent.CommitmentSent([], []),
            Revocation(1),
            new DurableEvent.ResultsAcknowledged([Payment]),
            Actors.Entities.OwnershipTaken.Instance,
            new DurableEvent.Connected(new ConnectionId(new Guid(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11])), 13, ChannelFeatures.StaticRemoteKey),
            new DurableEvent.AddRefused(new HtlcOrigin.Local(Hash, 2, 0), AddRefusal.InsufficientBalance, 200),
            new DurableEvent.ForceClosed(CloseReason.PeerError, "The peer sent an error.", SendError: true),
            new DurableEvent.FundingSpent(spend, SpendKind.LocalCommitment, 2),
            new DurableEvent.ClaimsMade([spend], [new OutPoint(spend.TxId, 0)]),
            new DurableEvent.SpendConfirmed(spend.TxId, 120),
            new DurableEvent.OutputsResolved([new OutPoint(spend.TxId, 0)]),
            new DurableEvent.ChannelClosed(CloseReason.PeerError),
        ];

        DurableEvent.RevocationReceived Revocation(ulong number) =>
            new(PerCommitmentSecrets.GenerateFromSeed(Bytes32.Zero, PerCommitmentSecrets.IndexOf(number)), point, Start, []);
    }

    /// <summary>Writes the first events of a channel, one a second.</summary>
    public static void Write(WrittenJournal journal, LocalChannelKey key, int count = int.MaxValue, byte fundingTx = 0xab)
    {
        var at = Start;
        foreach (var happened in Events(key, fundingTx).Take(count))
        {
            journal.Write($"channel-{key}", [happened], at: at);
            at = at.AddSeconds(1);
        }
    }

    private static T Sample<T>() => (T)new Samples(ActorRefs.Nobody).Create(typeof(T), full: true);
}
