using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;
using Lightning.Channels.Announcing;
using Lightning.Channels.Events;

namespace Lightning.Actors.Channels;

/// <content>What both nodes tell of the channel.</content>
internal static partial class ChannelEventFormats
{
    private static void AddAnnouncing(FormatRegistry formats)
    {
        formats.Add<DurableEvent.AnnouncementReceived, AnnouncementReceivedProto>(
            "ch.announcement-received.1",
            e => new() { ShortChannelId = e.Signatures.ShortChannelId.Value, NodeSignature = e.Signatures.Node.ToProto(), BitcoinSignature = e.Signatures.Bitcoin.ToProto() },
            p => new(new PeerSignatures(new ShortChannelId(p.ShortChannelId), p.NodeSignature.ToSignature(), p.BitcoinSignature.ToSignature())));
        formats.Add<DurableEvent.PolicySet, PolicySetProto>(
            "ch.policy-set.1", e => new() { Terms = e.Terms.ToProto(), At = e.At.ToProto() }, p => new(p.Terms.ToTerms(), p.At.ToTime()));
        formats.Add<DurableEvent.PolicyTold, PolicyUpdateProto>("ch.policy-told.1", e => ToProto(e.Update), p => new(ToUpdate(p)));
        formats.Add<DurableEvent.PeerPolicyReceived, PolicyUpdateProto>("ch.peer-policy-received.1", e => ToProto(e.Update), p => new(ToUpdate(p)));
    }

    private static PolicyUpdateProto ToProto(PolicyUpdate update) => new()
    {
        ShortChannelId = update.ShortChannelId.Value,
        Timestamp = update.Timestamp,
        IsPublic = update.IsPublic,
        IsDisabled = update.IsDisabled,
        FeeBase = update.Policy.FeeBase.Value,
        FeeProportionalMillionths = update.Policy.FeeProportionalMillionths,
        CltvExpiryDelta = update.Policy.CltvExpiryDelta,
        HtlcMinimum = update.Policy.HtlcMinimum.Value,
        HtlcMaximum = update.Policy.HtlcMaximum.Value,
    };

    private static PolicyUpdate ToUpdate(PolicyUpdateProto proto) => new(
        new ShortChannelId(proto.ShortChannelId),
        proto.Timestamp,
        proto.IsPublic,
        proto.IsDisabled,
        new ForwardingPolicy(
            new MilliSatoshi(proto.FeeBase), proto.FeeProportionalMillionths, checked((ushort)proto.CltvExpiryDelta), new MilliSatoshi(proto.HtlcMinimum), new MilliSatoshi(proto.HtlcMaximum)));
}
