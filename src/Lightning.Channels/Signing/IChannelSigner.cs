using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Claims;
using Lightning.Channels.Closing;
using Lightning.Channels.Keys;
using Lightning.Channels.Transactions;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Signing;

/// <summary>
/// All that needs the private keys of one channel. They never leave it. Deterministic: the same request gives the same signature, so a signature can be
/// made again from the channel's state. Every method gets the whole transaction and what it is built from, never a bare hash, so that a signer on another
/// machine can check what it signs.
/// </summary>
public interface IChannelSigner : IDisposable
{
    /// <summary>Our public keys for the channel, with the funding key of index 0.</summary>
    ChannelBasepoints Basepoints { get; }

    /// <summary>Our funding key of an index: 0 for the first funding, the next ones for splices.</summary>
    PubKey FundingPubKey(uint keyIndex);

    /// <summary>Our per_commitment_point of a commitment number.</summary>
    PubKey PerCommitmentPoint(ulong commitmentNumber);

    /// <summary>
    /// Our per_commitment_secret of a commitment number. Whoever has it can take everything of that commitment: it may be shown (revoke_and_ack) only
    /// once the next commitment is durable, and after that this one must never be broadcast.
    /// </summary>
    Bytes32 PerCommitmentSecret(ulong commitmentNumber);

    /// <summary>Signs the peer's commitment and all its HTLC transactions: what commitment_signed carries.</summary>
    /// <exception cref="InvalidOperationException">It is ours.</exception>
    CommitmentSignatures SignRemoteCommitment(CommitmentTransaction commitment);

    /// <summary>Signs our own commitment for broadcast. It must be the latest, and not revoked.</summary>
    /// <exception cref="InvalidOperationException">It is the peer's.</exception>
    EcdsaSignature SignLocalCommitment(CommitmentTransaction commitment);

    /// <summary>Signs an HTLC transaction of our own commitment, or a larger transaction that holds its input and output.</summary>
    /// <param name="htlc">The HTLC transaction.</param>
    /// <param name="transaction">Itself, or the larger one with all its inputs and outputs.</param>
    /// <param name="input">The index of its input and output there.</param>
    /// <exception cref="InvalidOperationException">The commitment is the peer's.</exception>
    EcdsaSignature SignHtlcTransaction(HtlcTransaction htlc, Transaction transaction, int input);

    /// <summary>Signs a mutual close.</summary>
    EcdsaSignature SignClosing(ClosingTransaction closing);

    /// <summary>Signs an input that claims an output of a force close for us.</summary>
    /// <param name="claim">The output and the key that takes it.</param>
    /// <param name="transaction">The claiming transaction with all its inputs and outputs.</param>
    /// <param name="input">The index of the input that spends it.</param>
    EcdsaSignature SignClaim(ClaimableOutput claim, Transaction transaction, int input);

    /// <summary>This node.</summary>
    /// <exception cref="InvalidOperationException">The signer was made without the node's key.</exception>
    NodeId NodeId { get; }

    /// <summary>Puts this side's two signatures, by the node's key and by the funding key, on the channel's announcement (BOLT 7).</summary>
    /// <param name="announcement">The announcement.</param>
    /// <exception cref="InvalidOperationException">It is not of this node, or of none of its funding keys; or the signer was made without the node's key.</exception>
    ChannelAnnouncement SignAnnouncement(ChannelAnnouncement announcement);

    /// <summary>Signs what this node tells of the channel's terms (BOLT 7).</summary>
    /// <param name="update">The channel_update.</param>
    /// <exception cref="InvalidOperationException">The signer was made without the node's key.</exception>
    ChannelUpdate SignUpdate(ChannelUpdate update);
}
