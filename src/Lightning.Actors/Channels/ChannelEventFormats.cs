using System.Collections.Immutable;
using Google.Protobuf;
using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.Signing;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Actors.Channels;

/// <summary>The formats of a channel's durable events.</summary>
internal static partial class ChannelEventFormats
{
    public static void AddTo(FormatRegistry formats)
    {
        formats.Add<DurableEvent.Connected, ConnectedProto>(
            "ch.connected.1",
            e => new() { Connection = e.Connection.Value.ToProto(), Epoch = e.Epoch, Features = (uint)e.Features },
            p => new(new ConnectionId(p.Connection.ToGuid()), p.Epoch, (ChannelFeatures)p.Features));
        AddOpening(formats);
        AddNormalOperation(formats);
        AddHtlcs(formats);
        AddClosing(formats);
        AddOnChain(formats);
        AddAnnouncing(formats);
    }

    private static void AddOpening(FormatRegistry formats)
    {
        formats.Add<DurableEvent.FundingCreated, FundingCreatedProto>(
            "ch.funding-created.1",
            e => new()
            {
                Parameters = e.Parameters.ToProto(),
                Funding = e.Funding.OutPoint.ToProto(),
                FundingAmount = e.Funding.Amount.Value,
                Push = e.Push.Value,
                Feerate = e.Feerate.Value,
                RemoteFirstPoint = e.RemoteFirstPoint.ToProto(),
                Transaction = e.Transaction.ToProto(),
                BlockHeight = e.BlockHeight,
            },
            p => new(
                p.Parameters.ToParameters(),
                new FundingOutput(p.Funding.ToOutPoint(), new Satoshi(p.FundingAmount)),
                new MilliSatoshi(p.Push),
                new FeeratePerKw(p.Feerate),
                p.RemoteFirstPoint.ToPubKey(),
                p.Transaction.ToTransaction(),
                p.BlockHeight));
        formats.Add<DurableEvent.FundingSigned, FundingSignedProto>(
            "ch.funding-signed.1", e => new() { Signature = e.Signature.ToProto() }, p => new(p.Signature.ToSignature()));
        formats.Add<DurableEvent.FundingAccepted, FundingAcceptedProto>(
            "ch.funding-accepted.1",
            e => new()
            {
                Parameters = e.Parameters.ToProto(),
                Funding = e.Funding.OutPoint.ToProto(),
                FundingAmount = e.Funding.Amount.Value,
                Push = e.Push.Value,
                Feerate = e.Feerate.Value,
                RemoteFirstPoint = e.RemoteFirstPoint.ToProto(),
                Signature = e.Signature.ToProto(),
                BlockHeight = e.BlockHeight,
            },
            p => new(
                p.Parameters.ToParameters(),
                new FundingOutput(p.Funding.ToOutPoint(), new Satoshi(p.FundingAmount)),
                new MilliSatoshi(p.Push),
                new FeeratePerKw(p.Feerate),
                p.RemoteFirstPoint.ToPubKey(),
                p.Signature.ToSignature(),
                p.BlockHeight));
        formats.Add<DurableEvent.FundingConfirmed, FundingConfirmedProto>(
            "ch.funding-confirmed.1",
            e => new() { BlockHeight = e.BlockHeight, TransactionIndex = e.TransactionIndex },
            p => new(p.BlockHeight, p.TransactionIndex));
        formats.Add<DurableEvent.ChannelReadyReceived, ChannelReadyReceivedProto>(
            "ch.ready-received.1",
            e =>
            {
                var proto = new ChannelReadyReceivedProto { SecondPoint = e.SecondPoint.ToProto() };
                if (e.Alias is { } alias) proto.Alias = alias.Value;
                return proto;
            },
            p => new(p.SecondPoint.ToPubKey(), p.HasAlias ? new ShortChannelId(p.Alias) : null));
    }

    private static void AddNormalOperation(FormatRegistry formats)
    {
        formats.Add<DurableEvent.CommitmentSent, CommitmentSentProto>(
            "ch.commitment-sent.1",
            e =>
            {
                var proto = new CommitmentSentProto();
                foreach (var update in e.Updates) proto.Updates.Add(update.ToProto());
                foreach (var origin in e.Origins) proto.Origins.Add(new CommitmentSentProto.Types.OriginProto { Origin = origin.Origin.ToProto(), RefuseFrom = origin.RefuseFrom });
                return proto;
            },
            p => new(
                p.Updates.ToArray(u => u.ToUpdate()),
                p.Origins.ToArray(o => new AddOrigin(o.Origin.ToOrigin(), o.RefuseFrom))));
        formats.Add<DurableEvent.CommitmentReceived, CommitmentReceivedProto>(
            "ch.commitment-received.1",
            e =>
            {
                var proto = new CommitmentReceivedProto();
                foreach (var update in e.Updates) proto.Updates.Add(update.ToProto());
                foreach (var set in e.Signatures)
                {
                    var signatures = new CommitmentReceivedProto.Types.SignaturesProto
                    {
                        FundingTxId = set.FundingTxId.Value.ToProto(),
                        Commitment = set.Signatures.Commitment.ToProto(),
                    };
                    foreach (var htlc in set.Signatures.Htlcs) signatures.Htlcs.Add(htlc.ToProto());
                    proto.Signatures.Add(signatures);
                }

                return proto;
            },
            p => new(
                p.Updates.ToArray(u => u.ToUpdate()),
                p.Signatures.ToArray(s => new FundingSignatures(
                    s.FundingTxId.ToTxId(), new CommitmentSignatures(s.Commitment.ToSignature(), [.. s.Htlcs.Select(h => h.ToSignature())])))));
        formats.Add<DurableEvent.RevocationReceived, RevocationReceivedProto>(
            "ch.revocation-received.1",
            e =>
            {
                var proto = new RevocationReceivedProto { Secret = e.Secret.ToProto(), NextPoint = e.NextPoint.ToProto(), At = e.At.ToProto() };
                foreach (var id in e.MustFail) proto.MustFail.Add(id);
                return proto;
            },
            p => new(p.Secret.ToBytes32(), p.NextPoint.ToPubKey(), p.At.ToTime(), p.MustFail.ToArray(id => id)));
    }

    private static void AddHtlcs(FormatRegistry formats)
    {
        formats.Add<DurableEvent.FundingAwaited, FundingAwaitedProto>(
            "ch.funding-awaited.1", e => new() { BlockHeight = e.BlockHeight }, p => new(p.BlockHeight));
        formats.Add<DurableEvent.AddRefused, AddRefusedProto>(
            "ch.add-refused.1",
            e => new() { Origin = e.Origin.ToProto(), Reason = (uint)e.Reason, RefuseFrom = e.RefuseFrom },
            p => new(p.Origin.ToOrigin(), (AddRefusal)p.Reason, p.RefuseFrom));
        formats.Add<DurableEvent.ForwardFixed, ForwardFixedProto>(
            "ch.forward-fixed.1",
            e => new() { HtlcId = e.HtlcId, Outgoing = e.Outgoing.ToProto() },
            p => new(p.HtlcId, p.Outgoing.ToChannelKey()));
        formats.Add<DurableEvent.SettlementsKept, SettlementsKeptProto>(
            "ch.settlements-kept.1",
            e =>
            {
                var proto = new SettlementsKeptProto();
                foreach (var settlement in e.Settlements) proto.Settlements.Add(settlement.ToProto());
                return proto;
            },
            p => new(p.Settlements.ToArray(s => (CommitmentUpdate.Settlement)s.ToUpdate())));
        formats.Add<DurableEvent.PreimagesLearned, PreimagesLearnedProto>(
            "ch.preimages-learned.1",
            e =>
            {
                var proto = new PreimagesLearnedProto();
                foreach (var learned in e.Fulfillments) proto.Fulfillments.Add(ToProto(learned));
                return proto;
            },
            p => new(p.Fulfillments.ToArray(f => new LearnedPreimage(
                f.Id, new PaymentPreimage(f.Preimage.ToBytes32()), f.HasAttributionData ? new AttributionData(f.AttributionData.ToBytes()) : null))));
        formats.Add<DurableEvent.ResultsAcknowledged, ResultsAcknowledgedProto>(
            "ch.results-acknowledged.1",
            e =>
            {
                var proto = new ResultsAcknowledgedProto();
                foreach (var origin in e.Origins) proto.Origins.Add(origin.ToProto());
                return proto;
            },
            p => new(p.Origins.ToArray(o => o.ToOrigin())));
        formats.Add<DurableEvent.OriginsPruned, OriginsPrunedProto>(
            "ch.origins-pruned.1", e => new() { BlockHeight = e.BlockHeight }, p => new(p.BlockHeight));
    }

    private static void AddClosing(FormatRegistry formats)
    {
        formats.Add<DurableEvent.ShutdownSent, ShutdownSentProto>(
            "ch.shutdown-sent.1",
            e =>
            {
                var proto = new ShutdownSentProto { Script = e.Script.ToProto() };
                if (e.Feerate is { } feerate) proto.Feerate = feerate.Value;
                return proto;
            },
            p => new(p.Script.ToScript(), p.HasFeerate ? new FeeratePerKw(p.Feerate) : null));
        formats.Add<DurableEvent.ShutdownReceived, ShutdownReceivedProto>(
            "ch.shutdown-received.1", e => new() { Script = e.Script.ToProto() }, p => new(p.Script.ToScript()));
        formats.Add<DurableEvent.NegotiationStarted, NegotiationStartedProto>(
            "ch.negotiation-started.1", e => new() { Simple = e.Simple }, p => new(p.Simple));
        formats.Add<DurableEvent.ClosingSignedSent, ClosingSignedSentProto>(
            "ch.closing-signed-sent.1", e => new() { Fee = e.Fee.Value }, p => new(new Satoshi(p.Fee)));
        formats.Add<DurableEvent.ClosingCompleteSent, ClosingCompleteSentProto>(
            "ch.closing-complete-sent.1",
            e => new() { LocalScript = e.LocalScript.ToProto(), RemoteScript = e.RemoteScript.ToProto(), Fee = e.Fee.Value, LockTime = e.LockTime },
            p => new(p.LocalScript.ToScript(), p.RemoteScript.ToScript(), new Satoshi(p.Fee), p.LockTime));
        formats.Add<DurableEvent.ClosingCompleteReceived, ClosingCompleteReceivedProto>(
            "ch.closing-complete-received.1",
            e => new() { RemoteScript = e.RemoteScript.ToProto(), Transaction = e.Transaction.ToProto() },
            p => new(p.RemoteScript.ToScript(), p.Transaction.ToTransaction()));
        formats.Add<DurableEvent.ClosingAgreed, ClosingAgreedProto>(
            "ch.closing-agreed.1", e => new() { Transaction = e.Transaction.ToProto() }, p => new(p.Transaction.ToTransaction()));
        formats.Add<DurableEvent.ForceClosed, ForceClosedProto>(
            "ch.force-closed.1",
            e => new() { Reason = (uint)e.Reason, Detail = e.Detail, SendError = e.SendError },
            p => new((CloseReason)p.Reason, p.Detail, p.SendError));
        formats.Add<DurableEvent.StateLost, StateLostProto>(
            "ch.state-lost.1",
            e => new() { Proven = e.Proven, RemoteCommitmentNumber = e.RemoteCommitmentNumber },
            p => new(p.Proven, p.RemoteCommitmentNumber));
        formats.Add<DurableEvent.ChannelClosed, ChannelClosedProto>(
            "ch.closed.1",
            e =>
            {
                var proto = new ChannelClosedProto { Reason = (uint)e.Reason, BlockHeight = e.BlockHeight, FinalAt = e.FinalAt };
                if (e.Closing is { } closing) proto.Closing = closing.ToProto();
                return proto;
            },
            p => new((CloseReason)p.Reason, p.HasClosing ? p.Closing.ToTransaction() : null, p.BlockHeight, p.FinalAt));
    }

    private static CommitmentUpdateProto.Types.FulfillProto ToProto(LearnedPreimage learned)
    {
        var proto = new CommitmentUpdateProto.Types.FulfillProto { Id = learned.HtlcId, Preimage = learned.Preimage.Value.ToProto() };
        if (learned.AttributionData is { } data) proto.AttributionData = data.Value.ToProto();
        return proto;
    }

    internal static EquatableArray<TResult> ToArray<T, TResult>(this IReadOnlyCollection<T> items, Func<T, TResult> map)
    {
        if (items.Count == 0) return default;
        var array = ImmutableArray.CreateBuilder<TResult>(items.Count);
        foreach (var item in items) array.Add(map(item));
        return new EquatableArray<TResult>(array.MoveToImmutable());
    }
}
