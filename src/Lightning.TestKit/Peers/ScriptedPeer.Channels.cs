using Lightning.Actors.Api;
using Lightning.Protocol.Messages;
using Lightning.TestKit.Simulation;

namespace Lightning.TestKit;

/// <content>The peer's channels.</content>
public sealed partial class ScriptedPeer
{
    /// <summary>Begins to open a channel to the node that it is connected to: <c>open_channel</c> is due, and not sent yet.</summary>
    /// <param name="capacity">funding_satoshis.</param>
    /// <param name="push">push_msat.</param>
    /// <param name="announce">Whether the channel is to be announced.</param>
    /// <exception cref="ScenarioException">It is not connected, or an honest peer would not open such a channel.</exception>
    public ScriptedChannel BeginChannel(Satoshi capacity, MilliSatoshi push = default, bool announce = false)
    {
        Current();
        var channel = new ScriptedChannel(this, ConnectedTo ?? throw Failure("is not connected to a node"));
        channel.Open(capacity, push, announce);
        return channel;
    }

    /// <summary>Takes up an <c>open_channel</c> that the node has sent: <c>accept_channel</c> is due, and not sent yet.</summary>
    /// <param name="open">The message, as <see cref="Expect{T}"/> gave it.</param>
    public ScriptedChannel AcceptChannel(OpenChannel open)
    {
        ArgumentNullException.ThrowIfNull(open);
        var channel = new ScriptedChannel(this, ConnectedTo ?? throw Failure("is not connected to a node"));
        channel.Accept(open);
        return channel;
    }

    /// <summary>Opens a channel honestly, connecting first where need be, until both sides can use it.</summary>
    /// <param name="node">To whom.</param>
    /// <param name="capacity">All of it the peer's, but for what is pushed.</param>
    /// <param name="push">Given to the node at the start.</param>
    /// <exception cref="ScenarioException">It does not come about.</exception>
    public async Task<ScriptedChannel> OpenTo(string node, Satoshi capacity, MilliSatoshi push = default)
    {
        if (!IsConnected || ConnectedTo != node) await Connect(node).ConfigureAwait(false);
        var channel = BeginChannel(capacity, push);
        await channel.Run().ConfigureAwait(false);
        await channel.Confirm().ConfigureAwait(false);
        channel.ShouldBeUsable();
        return channel;
    }

    /// <summary>Lets a node open a channel, connecting and funding its wallet first where need be: <c>open_channel</c> has come, and <c>accept_channel</c> is due.</summary>
    /// <param name="node">Who opens.</param>
    /// <param name="request">Changes what the node is asked for.</param>
    /// <param name="capacity">funding_satoshis.</param>
    /// <param name="push">push_msat.</param>
    /// <exception cref="ScenarioException">It does not come about.</exception>
    public async Task<ScriptedChannel> BeginAccepting(string node, Satoshi capacity, MilliSatoshi push = default, Func<OpenChannelRequest, OpenChannelRequest>? request = null)
    {
        var opener = _network[node];
        if (!IsConnected || ConnectedTo != node) await Connect(node).ConfigureAwait(false);
        await _network.FundFor(opener, capacity).ConfigureAwait(false);
        var asked = new OpenChannelRequest { Peer = Id, Capacity = capacity, Push = push, IsPrivate = true };
        if (request is not null) asked = request(asked);
        var api = opener.Api;
        Opening = SimulationLoop.Begin(() => api.OpenChannelAsync(asked));
        return AcceptChannel(await Expect<OpenChannel>().ConfigureAwait(false));
    }

    /// <summary>What came of the last channel that a node was asked to open by <see cref="BeginAccepting"/>.</summary>
    public Task<OutPoint> Opening { get; private set; } = Task.FromResult(default(OutPoint));

    /// <summary>Lets a node open a channel honestly, until both sides can use it.</summary>
    /// <param name="node">Who opens.</param>
    /// <param name="capacity">All of it the node's, but for what is pushed.</param>
    /// <param name="push">Given to the peer at the start.</param>
    /// <exception cref="ScenarioException">It does not come about.</exception>
    public async Task<ScriptedChannel> AcceptFrom(string node, Satoshi capacity, MilliSatoshi push = default)
    {
        var channel = await BeginAccepting(node, capacity, push).ConfigureAwait(false);
        await channel.Run().ConfigureAwait(false);
        await channel.Confirm().ConfigureAwait(false);
        channel.ShouldBeUsable();
        return channel;
    }
}
