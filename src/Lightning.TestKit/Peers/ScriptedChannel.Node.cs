using Lightning.Actors.Channels;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.States;
using Lightning.Protocol.Messages;

namespace Lightning.TestKit;

/// <content>What the node makes of the channel.</content>
public sealed partial class ScriptedChannel
{
    /// <summary>The node's state of the channel, by the state's name; "gone" where it has none (any more).</summary>
    public string StateAtNode => Entry?.State.GetType().Name ?? "gone";

    private ChannelEntry? Entry => _network[Node].Entry(Funding);

    /// <summary>Both sides can use it.</summary>
    /// <exception cref="ScenarioException">They cannot.</exception>
    public void ShouldBeUsable()
    {
        if (State is not Normal { Link.IsOnline: true }) throw Peer.Failure($"has a channel that is {State.GetType().Name}, not to be used");
        if (Entry is not { IsUsable: true }) throw _network.Failure($"{Node} has a channel that is {StateAtNode}, not to be used.");
    }

    /// <summary>Nothing has spent the funding output, and the node goes on with the channel.</summary>
    /// <exception cref="ScenarioException">It does not.</exception>
    public void ShouldBeOpen()
    {
        if (Spender() is { } spender) throw _network.Failure($"The channel of {Peer.Name} and {Node} was closed by {spender.TxId}.");
        if (Entry?.State is null or Lightning.Channels.States.Closing or Closed or WaitForRemoteClose) throw _network.Failure($"{Node} has given the channel up: it is {StateAtNode}.");
    }

    /// <summary>The node has failed the channel (BOLT 2, "fail the channel"): it has published its commitment, which is not revoked.</summary>
    /// <exception cref="ScenarioException">It has not.</exception>
    public void ShouldBeFailed()
    {
        var spender = Spender() ?? throw _network.Failure($"{Node} should have failed the channel, but it is {StateAtNode}.");
        if (!_network[Node].HasPublished(spender.TxId)) throw _network.Failure($"The channel was closed by {spender.TxId}, which {Node} has not published.");
    }

    /// <summary>The node says <c>error</c> and fails the channel.</summary>
    /// <param name="text">What its text must contain; null for anything.</param>
    /// <exception cref="ScenarioException">It does not.</exception>
    public async Task ExpectFailure(string? text = null)
    {
        var error = await Peer.ExpectError(text).ConfigureAwait(false);
        if (error.ChannelId != Id) throw _network.Failure($"The error is about {error.ChannelId}, not about {Id}.");
        ShouldBeFailed();
    }

    /// <summary>The node says <c>warning</c> and closes the connection; the channel stays (BOLT 2, "send a warning and close the connection").</summary>
    /// <param name="text">What its text must contain; null for anything.</param>
    /// <exception cref="ScenarioException">It does not.</exception>
    public async Task ExpectWarningAndClose(string? text = null)
    {
        await Peer.ExpectWarning(text).ConfigureAwait(false);
        await Peer.ExpectDisconnect().ConfigureAwait(false);
        ShouldBeOpen();
    }

    /// <summary>What spends the funding output, on the chain or in the mempool; null for nothing.</summary>
    public Transaction? Spender() => _network.Chain.Simulated.FindSpender(Funding) ?? _network.Chain.FindConfirmedSpender(Funding);
}
