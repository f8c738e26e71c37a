using Lightning.Channels.Parameters;
using Lightning.Protocol.Onion;

namespace Lightning.Actors.Forwarding;

/// <summary>What is to become of an HTLC that is to go on: exactly one of the two is there.</summary>
/// <param name="Outgoing">The channel it goes out by.</param>
/// <param name="Failure">Why it does not go on.</param>
internal readonly record struct ForwardDecision(LocalChannelKey? Outgoing, FailureMessage? Failure)
{
    /// <summary>It goes on.</summary>
    public static implicit operator ForwardDecision(LocalChannelKey outgoing) => new(outgoing, null);

    /// <summary>It fails.</summary>
    public static implicit operator ForwardDecision(FailureMessage failure) => new(null, failure);
}
