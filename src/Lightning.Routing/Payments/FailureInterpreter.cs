using Lightning.Protocol.Onion;
using Lightning.Routing.Paths;

namespace Lightning.Routing.Payments;

/// <summary>
/// Says what to do about a failed part (BOLT 4, "Receiving Failure Codes"). Every advice that is not final excludes something, so that retrying ends;
/// only after mpp_timeout, which is nobody's fault on the way, it ends with the payment's own time limit. Enclosed channel updates are not used: to use them
/// would show who sends.
/// </summary>
public static class FailureInterpreter
{
    /// <summary>Interprets a failure that came back.</summary>
    /// <param name="route">The way that the part took.</param>
    /// <param name="failure">What was read.</param>
    public static FailureAdvice Interpret(Route route, DecryptedFailure failure)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(failure);
        var last = route.Hops.Count - 1;
        if (failure is not { Message: { } message, HopIndex: { } hop })
        {
            // Attribution data blames the two ends of one channel. Without it any channel may be to blame, though our own only where there is no other.
            return failure.HopIndex is { } blamed
                ? Retry(blamed, null, [route.Hops[blamed].Channel], [])
                : Retry(null, null, last == 0 ? [route.First.Channel] : ChannelsBehindFirst(route), []);
        }

        if (hop == last)
        {
            return message.IsPermanent || message.IsNodeFailure
                ? new FailureAdvice(true, hop, message, [], [])
                : Retry(hop, message, message.Code == FailureCode.MppTimeout ? [] : [route.Hops[last].Channel], []);
        }

        // A node's failure is about the node, any other about the channel that it should have used next, or about the node behind that.
        return message.IsNodeFailure
            ? Retry(hop, message, [], [route.Hops[hop].NodeId])
            : Retry(hop, message, [route.Hops[hop + 1].Channel], []);
    }

    /// <summary>Interprets that our own channel did not take the HTLC.</summary>
    /// <param name="route">The way that the part should have taken.</param>
    public static FailureAdvice RefusedByOwnChannel(Route route)
    {
        ArgumentNullException.ThrowIfNull(route);
        return Retry(null, null, [route.First.Channel], []);
    }

    /// <summary>Interprets that the first peer could not read the onion and said so by <c>update_fail_malformed_htlc</c>: there is no failure to decrypt.</summary>
    /// <param name="route">The way that the part took.</param>
    /// <param name="code">The peer's code.</param>
    public static FailureAdvice MalformedByFirstPeer(Route route, FailureCode code)
    {
        ArgumentNullException.ThrowIfNull(route);
        return Retry(0, new FailureMessage(code), [route.First.Channel], []);
    }

    private static FailureAdvice Retry(int? source, FailureMessage? message, EquatableArray<DirectedChannel> channels, EquatableArray<NodeId> nodes) =>
        new(false, source, message, channels, nodes);

    private static EquatableArray<DirectedChannel> ChannelsBehindFirst(Route route)
    {
        var channels = new DirectedChannel[route.Hops.Count - 1];
        for (var i = 0; i < channels.Length; i++) channels[i] = route.Hops[i + 1].Channel;
        return [.. channels];
    }
}
