using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Protocol.Features;

namespace Lightning.Protocol.Messages;

/// <summary>Accepts an open_channel and says the sender's terms (BOLT 2, type 33).</summary>
public sealed record AcceptChannel : ExtensibleMessage, ITemporaryChannelMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.AcceptChannel;

    /// <inheritdoc/>
    public required ChannelId TemporaryChannelId { get; init; }

    /// <summary>Outputs below this amount are left out of the sender's commitments.</summary>
    public required Satoshi DustLimit { get; init; }

    /// <summary>The most that the receiver may have offered in unsettled HTLCs. What travels above 21 million bitcoin (a way to say "no limit") is read as 21 million.</summary>
    public required MilliSatoshi MaxHtlcValueInFlight { get; init; }

    /// <summary>What the receiver must always keep on its side.</summary>
    public required Satoshi ChannelReserve { get; init; }

    /// <summary>The smallest HTLC that the sender accepts.</summary>
    public required MilliSatoshi HtlcMinimum { get; init; }

    /// <summary>Confirmations that the sender wants before it uses the channel, in blocks.</summary>
    public required uint MinimumDepth { get; init; }

    /// <summary>Blocks that the receiver must wait for its own money after its own unilateral close.</summary>
    public required ushort ToSelfDelay { get; init; }

    /// <summary>The most HTLCs that the receiver may have offered at once; at most 483.</summary>
    public required ushort MaxAcceptedHtlcs { get; init; }

    /// <summary>The sender's key of the funding output.</summary>
    public required PubKey FundingPubKey { get; init; }

    /// <summary>Base of revocation keys (BOLT 3).</summary>
    public required PubKey RevocationBasepoint { get; init; }

    /// <summary>The sender's key of its output of the receiver's commitments (BOLT 3).</summary>
    public required PubKey PaymentBasepoint { get; init; }

    /// <summary>Base of the delayed keys of the sender's own commitments (BOLT 3).</summary>
    public required PubKey DelayedPaymentBasepoint { get; init; }

    /// <summary>Base of HTLC keys (BOLT 3).</summary>
    public required PubKey HtlcBasepoint { get; init; }

    /// <summary>Per-commitment point of the sender's commitment 0.</summary>
    public required PubKey FirstPerCommitmentPoint { get; init; }

    /// <summary>Where the sender's money must go at a mutual close; empty to promise nothing, null where not sent.</summary>
    public Script? UpfrontShutdownScript { get; init; }

    /// <summary>The kind of channel, as feature bits of context T (BOLT 9).</summary>
    public FeatureSet? ChannelType { get; init; }
}
