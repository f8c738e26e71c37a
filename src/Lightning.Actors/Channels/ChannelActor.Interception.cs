using Lightning.Actors.Api;
using Lightning.Actors.Forwarding;
using Lightning.Protocol.Onion;

namespace Lightning.Actors.Channels;

/// <content>Forwards that somebody else decides about. They are held before an outgoing channel is fixed, so that nothing has to be taken back.</content>
internal sealed partial class ChannelActor
{
    private ShortChannelId NameForOthers => _shortChannelId ?? Lightning.Channels.Announcing.Aliases.Of(_key);

    private bool TryHold(Incoming incoming, ForwardOnion forward)
    {
        if (!_node.Interception.IsActive) return false;
        var htlc = incoming.Htlc;
        incoming.HeldAs = NameForOthers;
        incoming.IsHeld = _node.Interception.TryHold(
            new InterceptedForward(
                NameForOthers,
                htlc.Id,
                htlc.PaymentHash,
                htlc.Amount,
                htlc.CltvExpiry,
                forward.ShortChannelId,
                forward.Amount,
                forward.CltvExpiry,
                htlc.CltvExpiry - Math.Min(htlc.CltvExpiry, _node.Policy.InvoiceSafetyMargin),
                forward.Next.Serialized),
            Self);
        return incoming.IsHeld;
    }

    private void OnForwardResolved(ForwardResolution resolution)
    {
        if (!_incoming.TryGetValue(resolution.HtlcId, out var incoming) || !incoming.IsHeld || incoming.Onion is not ForwardOnion forward) return;
        incoming.IsHeld = false;
        switch (resolution)
        {
            case ForwardResolution.Settle settle:
                Fulfill(settle.HtlcId, settle.Preimage, downstream: null);
                break;
            case ForwardResolution.Fail fail:
                RefuseForward(incoming, forward, fail.Failure);
                break;
            default:
                GoOn(incoming, forward);
                break;
        }
    }

    // Nobody may hold an HTLC so long that the peer closes the channel for it.
    private void FailHeldTooLong()
    {
        foreach (var incoming in _incoming.Values)
        {
            if (!incoming.IsHeld || incoming.Onion is not ForwardOnion forward || incoming.Htlc.CltvExpiry > _node.Tip.Height + _node.Policy.InvoiceSafetyMargin) continue;
            incoming.IsHeld = false;
            _node.Interception.Forget(incoming.HeldAs, incoming.Htlc.Id);
            RefuseForward(incoming, forward, FailureMessage.TemporaryChannelFailure());
        }
    }
}
