using System.Collections.Immutable;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Channels.Signing;

/// <summary>What commitment_signed carries (BOLT 2): the signature of a commitment transaction and those of its HTLC transactions, in the order of its outputs.</summary>
/// <param name="Commitment">Spends the funding output.</param>
/// <param name="Htlcs">One for each HTLC output, in output order.</param>
public sealed record CommitmentSignatures(EcdsaSignature Commitment, ImmutableArray<EcdsaSignature> Htlcs)
{
    /// <inheritdoc/>
    public bool Equals(CommitmentSignatures? other) =>
        other is not null && Commitment == other.Commitment && Htlcs.AsSpan().SequenceEqual(other.Htlcs.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Commitment.GetHashCode();
}
