using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Backup;
using Lightning.Channels.Claims;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Commands;

/// <content>What the chain and the wallet tell a channel. A channel hears all of a block before <see cref="NewBlock"/>. Any of them may come again.</content>
public abstract partial record ChannelCommand
{
    /// <summary>Makes a channel of what a backup tells, where nothing else is known of it: the peer is asked to close it.</summary>
    /// <param name="Backup">What is known.</param>
    public sealed record RestoreFromBackup(ChannelBackup Backup) : ChannelCommand;

    /// <summary>A transaction that spends the funding output was seen.</summary>
    /// <param name="Transaction">The spending transaction.</param>
    /// <param name="BlockHeight">Height of its block; 0 while it is in the mempool.</param>
    public sealed record FundingSpent(Transaction Transaction, uint BlockHeight) : ChannelCommand;

    /// <summary>An output of a commitment or HTLC transaction that was watched is spent: preimages in its witness are taken.</summary>
    /// <param name="Transaction">The spending transaction.</param>
    /// <param name="BlockHeight">Height of its block; 0 while it is in the mempool, where only its preimages count.</param>
    public sealed record OutputSpent(Transaction Transaction, uint BlockHeight) : ChannelCommand;

    /// <summary>A spend that was told is in no block of the best chain any more, after a reorganisation. Comes for each watched output that it spends.</summary>
    /// <param name="Output">The output.</param>
    /// <param name="Spender">What spent it.</param>
    public sealed record SpendUndone(OutPoint Output, TxId Spender) : ChannelCommand;

    /// <summary>The answer to CheckFunding.</summary>
    /// <param name="Funding">The funding output.</param>
    /// <param name="Status">How it stands.</param>
    /// <param name="BlockHeight">Height of the best block when it stood so.</param>
    public sealed record FundingChecked(OutPoint Funding, FundingStatus Status, uint BlockHeight) : ChannelCommand;

    /// <summary>How the network takes what the channel publishes; told when it changes.</summary>
    /// <param name="TxId">The transaction, the child where it is a package.</param>
    /// <param name="Outcome">How it is taken.</param>
    public sealed record PublishAnswered(TxId TxId, PublishOutcome Outcome) : ChannelCommand;

    /// <summary>The answer to FundClaim. The coins are locked, durably, until ReleaseClaimCoins.</summary>
    /// <param name="Number">The attempt's number.</param>
    /// <param name="Transaction">What was asked for with coins and perhaps change added: the coins' inputs signed, the channel's own without witnesses. The channel signs last.</param>
    /// <param name="Coins">The coins among its inputs.</param>
    /// <param name="Fee">The transaction's own fee in satoshi.</param>
    public sealed record ClaimFunded(ulong Number, Transaction Transaction, EquatableArray<ClaimCoin> Coins, Satoshi Fee) : ChannelCommand;

    /// <summary>The wallet cannot add coins to a claim: nothing is locked for it.</summary>
    /// <param name="Number">The attempt's number.</param>
    /// <param name="Reason">For people.</param>
    public sealed record ClaimNotFunded(ulong Number, string Reason) : ChannelCommand;

    /// <summary>The answer to RequestSweepScript.</summary>
    /// <param name="Script">A script of the wallet, given to nobody else.</param>
    public sealed record SweepScriptGiven(Script Script) : ChannelCommand;

    /// <summary>The answer to FindRevokedCommitment: what a revoked commitment of the peer held (see <see cref="Commitments.RevokedCommitments"/>).</summary>
    /// <param name="CommitmentNumber">Its number.</param>
    /// <param name="Spec">Its balances and HTLCs, from the peer's view.</param>
    public sealed record RevokedCommitmentFound(ulong CommitmentNumber, CommitmentSpec Spec) : ChannelCommand;

    /// <summary>A funding transaction that was told of by FundingConfirmed is in no block of the best chain any more.</summary>
    /// <param name="Funding">The funding output.</param>
    public sealed record FundingUndone(OutPoint Funding) : ChannelCommand;
}
