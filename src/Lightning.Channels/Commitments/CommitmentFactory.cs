using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Signing;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Commitments;

/// <summary>Builds the commitment transactions of a channel.</summary>
internal static class CommitmentFactory
{
    /// <summary>This node's commitment of a number.</summary>
    public static CommitmentTransaction Local(this ChannelCommitments commitments, Commitment on, CommitmentSpec spec, ulong number, IChannelSigner signer) =>
        CommitmentTransaction.Build(commitments.LocalTerms, on.Funding, spec, number, commitments.LocalTerms.DeriveKeys(signer.PerCommitmentPoint(number)));

    /// <summary>This node's current commitment.</summary>
    public static CommitmentTransaction CurrentLocal(this ChannelCommitments commitments, IChannelSigner signer) =>
        commitments.Local(commitments.Latest, commitments.Latest.LocalSpec, commitments.LocalNumber, signer);

    /// <summary>The peer's commitment of a number and its point.</summary>
    public static CommitmentTransaction Remote(this ChannelCommitments commitments, Commitment on, CommitmentSpec spec, ulong number, PubKey point) =>
        CommitmentTransaction.Build(commitments.RemoteTerms, on.Funding, spec, number, commitments.RemoteTerms.DeriveKeys(point));

    /// <summary>This node's current commitment with both signatures, for broadcast; null before the peer has signed it.</summary>
    public static Bitcoin.Transactions.Transaction? Broadcastable(this ChannelCommitments commitments, IChannelSigner signer)
    {
        if (commitments.Latest.LocalSignatures is not { } remote) return null;
        var transaction = commitments.CurrentLocal(signer);
        return transaction.WithSignatures(signer.SignLocalCommitment(transaction), remote.Commitment);
    }

    /// <summary>Whether a commitment of it can be built: both balances cover the updates.</summary>
    public static bool IsCovered(this CommitmentSpec spec) => spec.ToLocal >= MilliSatoshi.Zero && spec.ToRemote >= MilliSatoshi.Zero;
}
