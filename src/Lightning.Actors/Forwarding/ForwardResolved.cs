using Lightning.Actors.Api;

namespace Lightning.Actors.Forwarding;

/// <summary>Tells a channel of this process what is to become of an HTLC that it holds back.</summary>
/// <param name="Resolution">What was decided.</param>
internal sealed record ForwardResolved(ForwardResolution Resolution);
