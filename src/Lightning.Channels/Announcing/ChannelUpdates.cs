using Lightning.Channels.Actions;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.Signing;
using Lightning.Channels.States;
using Lightning.Protocol.Gossip;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Announcing;

/// <summary>
/// channel_update (BOLT 7). This node's own is made anew, durably, when what it says is not so any more, and from time to time so that the network does not forget the channel; the peer's is kept for those
/// who pay this node over an unannounced channel.
/// </summary>
public static class ChannelUpdates
{
    /// <summary>A peer that is away for so long has its channel disabled: most come back before that, and the network is told nothing.</summary>
    public static readonly TimeSpan DisableAfter = TimeSpan.FromMinutes(20);

    /// <summary>So old an update is made anew; after twice that the network forgets the channel.</summary>
    public static readonly TimeSpan RefreshAfter = TimeSpan.FromDays(7);

    /// <summary>An update of the peer from further in the future is not taken.</summary>
    private static readonly TimeSpan MaxAhead = TimeSpan.FromHours(1);

    /// <summary>Whether time has come for something that <see cref="Commands.ChannelCommand.Review"/> would do.</summary>
    /// <param name="state">The channel.</param>
    /// <param name="environment">The time, and the node's terms.</param>
    public static bool IsDue(ChannelState state, ChannelEnvironment environment) => state is FundedState funded && Next(funded, environment) is not null;

    /// <summary>Does what is due.</summary>
    internal static void Look(Turn turn)
    {
        if (turn.State is not FundedState state) return;
        if (state is { Link.Status: LinkStatus.Offline, Transient.AwaySince: null }) turn.Record(new TransientEvent.PeerAway(turn.Environment.Now));
        state = (FundedState)turn.State;
        if (Next(state, turn.Environment) is { } next)
        {
            turn.Record(new DurableEvent.PolicyTold(next));
            state = (FundedState)turn.State;
            if (next.IsPublic) turn.Act(new ChannelAction.AnnouncePolicy(Message(state, next, turn.Signer, turn.Config)));
        }

        // A peer may have lost what came on a connection that broke.
        if (state is not Normal { Link.IsOnline: true, Commitments.Gossip.Told: { } told } || state.Transient.SentPolicy == told) return;
        turn.Record(new TransientEvent.PolicySent(told));
        turn.Send(Message(state, told, turn.Signer, turn.Config));
    }

    /// <summary>What this node told last of a channel, under a name by which somebody knows it; null before the first.</summary>
    /// <param name="state">The channel.</param>
    /// <param name="name">Its short channel id, or an alias.</param>
    /// <param name="signer">Signs for this node.</param>
    /// <param name="config">The network.</param>
    public static ChannelUpdate? Told(FundedState state, ShortChannelId name, IChannelSigner signer, ChannelConfig config)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentNullException.ThrowIfNull(config);
        return state.Commitments.Gossip.Told is { } told ? Message(state, told with { ShortChannelId = name }, signer, config) : null;
    }

    /// <summary>The message of an update that this node tells.</summary>
    internal static ChannelUpdate Message(FundedState state, PolicyUpdate update, IChannelSigner signer, ChannelConfig config) =>
        signer.SignUpdate(update.ToMessage(config.Network.GenesisHash, Direction(signer.NodeId, state.Parameters.Peer)));

    /// <summary>The peer's update: kept where it tells of other terms.</summary>
    internal static void Receive(Turn turn, Normal state, ChannelUpdate message)
    {
        var self = turn.Signer.NodeId;
        if (message.ChainHash != turn.Config.Network.GenesisHash || (message.ShortChannelId != state.ShortChannelId && message.ShortChannelId != Aliases.Of(state.Parameters.Key)) || message.Direction != Direction(state.Parameters.Peer, self)) return;
        if (message.HtlcMaximum < message.HtlcMinimum || message.Timestamp > (turn.Environment.Now + MaxAhead).ToUnixTimeSeconds()) return;
        var update = PolicyUpdate.Of(message);
        if (state.Commitments.Gossip.Heard is { } known && (update.Timestamp <= known.Timestamp || update.Policy == known.Policy)) return;
        if (!GossipSignatures.Verify(message, state.Parameters.Peer)) state.Warn(turn, "channel_update with a wrong signature.");
        else turn.Record(new DurableEvent.PeerPolicyReceived(update));
    }

    // What is to be told instead of what was told last; null where that is still so.
    private static PolicyUpdate? Next(FundedState state, ChannelEnvironment environment)
    {
        var last = state.Commitments.Gossip.Told;
        var now = (uint)Math.Clamp(environment.Now.ToUnixTimeSeconds(), 1, uint.MaxValue);

        // A copy that may be old does not know what it told.
        if (last?.Timestamp == uint.MaxValue || state is Closed || (environment.Guarded && !state.Transient.HasReestablished)) return null;
        var timestamp = Math.Max(now, last is null ? 1 : last.Timestamp + 1);
        if (state is not Normal normal)
        {
            // On its way to the end: never again is anything forwarded over it.
            return last is { IsPublic: true, IsDisabled: false } ? last with { Timestamp = timestamp, IsDisabled = true } : null;
        }

        var isPublic = state.Commitments.Gossip.Signatures is not null;
        if (!isPublic && !state.Link.IsOnline) return null;
        var policy = ForwardingPolicy.Of(state.Commitments, state.Commitments.Gossip.Terms, environment.Config.Forwarding);
        var next = new PolicyUpdate(isPublic ? normal.ShortChannelId : normal.RemoteAlias ?? normal.ShortChannelId, timestamp, isPublic, isPublic && IsDisabled(state, last, environment.Now), policy);
        var isStale = isPublic && last is not null && now >= last.Timestamp + (long)RefreshAfter.TotalSeconds;
        return last is not null && !isStale && next == last with { Timestamp = timestamp } ? null : next;
    }

    private static bool IsDisabled(FundedState state, PolicyUpdate? last, DateTimeOffset now) => !state.Link.IsOnline
        && (last is { IsPublic: true, IsDisabled: true } || (state.Transient.AwaySince is { } since && now - since >= DisableAfter));

    private static int Direction(NodeId sender, NodeId other) => sender.CompareTo(other) < 0 ? 0 : 1;
}
