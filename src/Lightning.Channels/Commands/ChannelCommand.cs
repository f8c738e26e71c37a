using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Announcing;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Commands;

/// <summary>What a channel is asked to do, or told of. Commands are not durable; who sends one that matters repeats it until it is acknowledged.</summary>
public abstract partial record ChannelCommand
{
    private ChannelCommand()
    {
    }

    /// <summary>The first command after recovery. Its event's sequence number is the epoch of this incarnation; its actions are those of <see cref="Channel.Resume"/>.</summary>
    public sealed record OwnershipTaken : ChannelCommand;

    /// <summary>Gives an opening up whose registration does not come about. What commits this node waits behind that, and must never leave after this.</summary>
    /// <param name="Reason">For people.</param>
    /// <param name="TellPeer">Whether the channel's id is its own, so that the peer can be told by it.</param>
    public sealed record AbortOpening(string Reason, bool TellPeer) : ChannelCommand;

    /// <summary>There is a new connection to the peer, init messages exchanged. channel_reestablish leaves in the callback of its event.</summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="Epoch">Sequence number of this incarnation's <see cref="OwnershipTaken"/> event.</param>
    /// <param name="Features">What both nodes support.</param>
    public sealed record Connected(ConnectionId Connection, long Epoch, ChannelFeatures Features) : ChannelCommand;

    /// <summary>The connection is gone. That of any other than the current one is ignored.</summary>
    /// <param name="Connection">The connection.</param>
    public sealed record Disconnected(ConnectionId Connection) : ChannelCommand;

    /// <summary>Messages of the peer, in the order of arrival. Those that came while a write was under way are best handed over together: one write then serves them all.</summary>
    /// <param name="Connection">Where they came from; ignored unless it is the current one.</param>
    /// <param name="Messages">Messages of this channel only; an error or warning for all channels of the peer counts as this channel's.</param>
    public sealed record PeerMessages(ConnectionId Connection, EquatableArray<LightningMessage> Messages) : ChannelCommand;

    /// <summary>The best block changed: deadlines and fees are looked at again. The height is the environment's.</summary>
    public sealed record NewBlock : ChannelCommand;

    /// <summary>Opens a channel: sends open_channel.</summary>
    /// <param name="Key">This node's name of the channel.</param>
    /// <param name="KeyIndex">Derivation index of its keys, never used before.</param>
    /// <param name="Peer">The other node.</param>
    /// <param name="Connection">The connection to it.</param>
    /// <param name="Features">What both nodes support.</param>
    /// <param name="TemporaryId">Random; equal to no other channel id of this peer.</param>
    /// <param name="Amount">funding_satoshis.</param>
    /// <param name="Push">push_msat.</param>
    /// <param name="Type">channel_type.</param>
    /// <param name="Announce">Whether to announce the channel.</param>
    /// <param name="FundingFeerate">Feerate of the funding transaction.</param>
    /// <param name="ShutdownScript">Where this node's money goes at a mutual close.</param>
    /// <param name="CommitToShutdownScript">Whether to tell the peer to accept no other script (option_upfront_shutdown_script).</param>
    public sealed record OpenAsInitiator(
        LocalChannelKey Key,
        ulong KeyIndex,
        NodeId Peer,
        ConnectionId Connection,
        ChannelFeatures Features,
        ChannelId TemporaryId,
        Satoshi Amount,
        MilliSatoshi Push,
        ChannelType Type,
        bool Announce,
        FeeratePerKw FundingFeerate,
        Script ShutdownScript,
        bool CommitToShutdownScript = false) : ChannelCommand;

    /// <summary>Answers a peer's open_channel with accept_channel, or refuses it.</summary>
    /// <param name="Key">This node's name of the channel.</param>
    /// <param name="KeyIndex">Derivation index of its keys, never used before.</param>
    /// <param name="Peer">The other node.</param>
    /// <param name="Connection">Where the message came from.</param>
    /// <param name="Features">What both nodes support.</param>
    /// <param name="Message">The message. That its temporary id is no live id of this peer is for the peer's actor to check.</param>
    /// <param name="ShutdownScript">Where this node's money goes at a mutual close.</param>
    /// <param name="CommitToShutdownScript">Whether to tell the peer to accept no other script.</param>
    public sealed record AcceptOpen(
        LocalChannelKey Key,
        ulong KeyIndex,
        NodeId Peer,
        ConnectionId Connection,
        ChannelFeatures Features,
        OpenChannel Message,
        Script ShutdownScript,
        bool CommitToShutdownScript = false) : ChannelCommand;

    /// <summary>The wallet made and signed the funding transaction that <see cref="Actions.ChannelAction.RequestFunding"/> asked for. It must not be published by anyone but the channel.</summary>
    /// <param name="Transaction">Fully signed, segwit inputs only.</param>
    /// <param name="OutputIndex">Index of the funding output.</param>
    public sealed record FundingMade(Transaction Transaction, ushort OutputIndex) : ChannelCommand;

    /// <summary>The wallet cannot fund the channel.</summary>
    /// <param name="Reason">For this node's people; the peer is not told what the wallet holds.</param>
    /// <param name="LacksCoins">Whether it is for want of coins.</param>
    public sealed record FundingFailed(string Reason, bool LacksCoins = false) : ChannelCommand;

    /// <summary>The funding transaction has reached the watched depth.</summary>
    /// <param name="Transaction">As it was confirmed: its output's script and amount are checked here (CVE-2019-12998).</param>
    /// <param name="BlockHeight">Height of its block.</param>
    /// <param name="TransactionIndex">Its index in the block; 0 is the coinbase.</param>
    public sealed record FundingConfirmed(Transaction Transaction, uint BlockHeight, uint TransactionIndex) : ChannelCommand;

    /// <summary>Begins a mutual close, or, where one is under way with option_simple_close, bumps its fee.</summary>
    /// <param name="Script">Where this node's money goes; null for the channel's own script.</param>
    /// <param name="Feerate">Null for the estimate.</param>
    public sealed record CloseMutual(Script? Script = null, FeeratePerKw? Feerate = null) : ChannelCommand;

    /// <summary>Publishes this node's commitment.</summary>
    public sealed record ForceClose : ChannelCommand;

    /// <summary>Changes the terms on which this node forwards over the channel.</summary>
    /// <param name="Change">What it leaves open stays as it is.</param>
    public sealed record SetPolicy(ForwardingTerms Change) : ChannelCommand;

    /// <summary>Time has passed: what depends on nothing else is looked at again (<see cref="ChannelUpdates.IsDue"/>).</summary>
    public sealed record Review : ChannelCommand;

    /// <summary>Changes the commitment feerate; the opener only.</summary>
    /// <param name="Feerate">The new one.</param>
    public sealed record UpdateFee(FeeratePerKw Feerate) : ChannelCommand;
}
