using Lightning.Actors.Api;
using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;
using Lightning.Channels.OnChain;

namespace Lightning.Actors.Registry;

/// <summary>How what is known of a closed channel's money is written.</summary>
internal static class LedgerFormat
{
    public static ChannelLedgerProto ToProto(ChannelLedger ledger) => new()
    {
        Opening = ledger.Opening.Value,
        Received = ledger.Received.Value,
        Sent = ledger.Sent.Value,
        SentLate = ledger.SentLate.Value,
        PenaltiesGained = ledger.PenaltiesGained.Value,
        PeerLeft = ledger.PeerLeft.Value,
        CommitmentFee = ledger.CommitmentFee.Value,
        Anchors = ledger.Anchors.Value,
        ClaimFees = ledger.ClaimFees.Value,
        CoinFees = ledger.CoinFees.Value,
        Trimmed = ledger.Trimmed.Value,
        Rounding = ledger.Rounding.Value,
        Uneconomic = ledger.Uneconomic.Value,
        PenaltiesLost = ledger.PenaltiesLost.Value,
        PeerTook = ledger.PeerTook.Value,
        Open = ledger.Open.Value,
        OnChain = ledger.OnChain.Value,
        Delayed = ledger.Delayed.Value,
    };

    public static ChannelLedger ToLedger(ChannelLedgerProto proto) => new()
    {
        Opening = new(proto.Opening),
        Received = new(proto.Received),
        Sent = new(proto.Sent),
        SentLate = new(proto.SentLate),
        PenaltiesGained = new(proto.PenaltiesGained),
        PeerLeft = new(proto.PeerLeft),
        CommitmentFee = new(proto.CommitmentFee),
        Anchors = new(proto.Anchors),
        ClaimFees = new(proto.ClaimFees),
        CoinFees = new(proto.CoinFees),
        Trimmed = new(proto.Trimmed),
        Rounding = new(proto.Rounding),
        Uneconomic = new(proto.Uneconomic),
        PenaltiesLost = new(proto.PenaltiesLost),
        PeerTook = new(proto.PeerTook),
        Open = new(proto.Open),
        OnChain = new(proto.OnChain),
        Delayed = new(proto.Delayed),
    };

    public static ChannelResolutionProto ToProto(ChannelResolution resolution)
    {
        var proto = new ChannelResolutionProto { Kind = (uint)resolution.Kind, Outcome = (uint)resolution.Outcome, OutPoint = resolution.OutPoint.ToProto(), Amount = resolution.Amount.Value };
        if (resolution.SpentBy is { } txId) proto.SpentBy = txId.Value.ToProto();
        return proto;
    }

    public static ChannelResolution ToResolution(ChannelResolutionProto proto) => new(
        (ResolutionKind)proto.Kind, (ResolutionOutcome)proto.Outcome, proto.OutPoint.ToOutPoint(), new(proto.Amount), proto.HasSpentBy ? proto.SpentBy.ToTxId() : null);
}
