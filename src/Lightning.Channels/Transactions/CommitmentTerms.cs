using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Formats;
using Lightning.Channels.Keys;

namespace Lightning.Channels.Transactions;

/// <summary>
/// What all commitments of one node on one channel have in common. A channel has two: one for our commitments, one for the peer's.
/// "Owner" is the node whose commitments these are (BOLT 3's "local"), "other" is its peer.
/// </summary>
/// <param name="Owner">Whose commitments these are.</param>
/// <param name="Format">Their format.</param>
/// <param name="OwnerIsOpener">Whether the owner opened the channel: the opener pays fees and anchors on both nodes' commitments.</param>
/// <param name="DustLimit">The owner's dust_limit_satoshis.</param>
/// <param name="ToSelfDelay">How long the owner waits for its own outputs, in blocks: the to_self_delay that the <em>other</em> node sent.</param>
/// <param name="OwnerBasepoints">The owner's keys.</param>
/// <param name="OtherBasepoints">The other node's keys.</param>
public sealed record CommitmentTerms(
    CommitmentOwner Owner,
    CommitmentFormat Format,
    bool OwnerIsOpener,
    Satoshi DustLimit,
    ushort ToSelfDelay,
    ChannelBasepoints OwnerBasepoints,
    ChannelBasepoints OtherBasepoints)
{
    /// <summary>What commitment numbers are exclusive-ored with (48 bits).</summary>
    public ulong ObscuringFactor => OwnerIsOpener
        ? CommitmentNumber.ObscuringFactor(OwnerBasepoints.Payment, OtherBasepoints.Payment)
        : CommitmentNumber.ObscuringFactor(OtherBasepoints.Payment, OwnerBasepoints.Payment);

    /// <summary>The keys of one commitment. Worth keeping until it is replaced.</summary>
    /// <param name="perCommitmentPoint">The owner's point for that commitment number.</param>
    public CommitmentKeys DeriveKeys(PubKey perCommitmentPoint) => new(OwnerBasepoints, OtherBasepoints, perCommitmentPoint);
}
