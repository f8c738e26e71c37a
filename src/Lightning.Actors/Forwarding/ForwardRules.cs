using Lightning.Channels.Announcing;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Onion;

namespace Lightning.Actors.Forwarding;

/// <summary>
/// Whether and by which channel an HTLC goes on (BOLT 4, the requirements of a forwarding node): pure. The channel that the onion names is what its sender has paid for; by which of the channels with that
/// peer it goes is this node's affair, as long as each one's own terms are met.
/// </summary>
internal static class ForwardRules
{
    /// <summary>An outgoing HTLC that expires within so many blocks is not worth the risk: its channel would be closed before anybody can react.</summary>
    public const uint SoonestExpiry = 3;

    /// <summary>Decides.</summary>
    /// <param name="request">The HTLC.</param>
    /// <param name="named">The channel that the onion names; null where there is none.</param>
    /// <param name="others">The other channels with the same peer; looked at only where the named one does not take the HTLC.</param>
    /// <param name="refused">Channels that have refused it durably.</param>
    /// <param name="height">Height of the best block.</param>
    /// <param name="maxCltvDelta">No HTLC may expire later than so many blocks from now.</param>
    public static ForwardDecision Decide(
        ForwardRequest request, OutgoingChannel? named, IReadOnlyList<OutgoingChannel> others, IReadOnlyCollection<LocalChannelKey> refused, uint height, uint maxCltvDelta)
    {
        if (named is null) return new FailureMessage(FailureCode.UnknownNextPeer);
        if (!named.IsUsable && !others.Any(static one => one.IsUsable))
        {
            return named.IsClosing && others.All(static one => one.IsClosing) ? new FailureMessage(FailureCode.PermanentChannelFailure)
                : named.IsDisabled ? FailureMessage.ChannelDisabled()
                : FailureMessage.TemporaryChannelFailure();
        }

        if (TermsProblem(request, named) is { } unmet) return unmet;
        if (TimeProblem(request, named, height, maxCltvDelta) is { } untimely) return untimely;
        if (CanTake(named, others.Count > 0)) return named.Key;
        var best = others
            .Where(one => CanTake(one, isChoice: true) && TermsProblem(request, one) is null)
            .MaxBy(static one => one.Available());
        return best is null ? FailureMessage.TemporaryChannelFailure() : best.Key;

        // Where there is no choice the channel itself says whether it can: its refusal is as good.
        bool CanTake(OutgoingChannel one, bool isChoice) => one.IsUsable && one.Key != request.Incoming && !refused.Contains(one.Key) && one.HasRoomFor(request)
            && (!isChoice || one.Available() >= request.Onion.Amount);
    }

    // What is unmet of the present terms, unless those that were replaced lately are met.
    private static FailureMessage? TermsProblem(ForwardRequest request, OutgoingChannel channel)
    {
        FailureMessage? first = null;
        foreach (var terms in channel.Terms)
        {
            if (Unmet(request, terms) is not { } problem) return null;
            first ??= problem;
        }

        return first ?? FailureMessage.TemporaryChannelFailure();
    }

    private static FailureMessage? Unmet(ForwardRequest request, ForwardingPolicy terms)
    {
        var onion = request.Onion;
        if (onion.Amount > terms.HtlcMaximum) return FailureMessage.TemporaryChannelFailure();
        if (onion.Amount < terms.HtlcMinimum) return FailureMessage.AmountBelowMinimum(onion.Amount);
        if (request.Amount < onion.Amount + terms.Fee(onion.Amount)) return FailureMessage.FeeInsufficient(request.Amount);
        return (long)request.CltvExpiry - onion.CltvExpiry < terms.CltvExpiryDelta ? FailureMessage.IncorrectCltvExpiry(onion.CltvExpiry) : null;
    }

    private static FailureMessage? TimeProblem(ForwardRequest request, OutgoingChannel channel, uint height, uint maxCltvDelta)
    {
        var delta = channel.Terms.Min(static terms => terms.CltvExpiryDelta);
        if (request.CltvExpiry <= height + delta || request.Onion.CltvExpiry <= height + SoonestExpiry) return FailureMessage.ExpiryTooSoon();
        return request.Onion.CltvExpiry > (long)height + maxCltvDelta ? new FailureMessage(FailureCode.ExpiryTooFar) : null;
    }
}
