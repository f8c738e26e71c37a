using Lightning.Channels.Formats;
using Lightning.Channels.Signing;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Commitments;

/// <summary>Both nodes' commitments on one funding output. A channel has one, or several while a splice or a replacement of the funding is unconfirmed.</summary>
/// <param name="FundingIndex">0 for the first funding; replacements of one funding share theirs.</param>
/// <param name="Funding">The funding output.</param>
/// <param name="Format">Format of the transactions.</param>
/// <param name="LocalSpec">What this node's current commitment holds.</param>
/// <param name="LocalSignatures">The peer's signatures of it; null only for an opener before funding_signed.</param>
/// <param name="RemoteSpec">What the peer's current commitment holds, from the peer's view.</param>
/// <param name="NextRemoteSpec">What the peer's next commitment holds, signed and not yet acknowledged by a revocation; null where there is none.</param>
public sealed record Commitment(
    uint FundingIndex,
    ChannelFunding Funding,
    CommitmentFormat Format,
    CommitmentSpec LocalSpec,
    CommitmentSignatures? LocalSignatures,
    CommitmentSpec RemoteSpec,
    CommitmentSpec? NextRemoteSpec)
{
    /// <summary>The newest commitment of the peer that this node signed.</summary>
    public CommitmentSpec LatestRemoteSpec => NextRemoteSpec ?? RemoteSpec;
}
