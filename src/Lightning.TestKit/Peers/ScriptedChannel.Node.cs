using Lightning.Actors.Api;
using Lightning.Actors.Channels;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Closing;
using Lightning.Channels.Signing;
using Lightning.Channels.States;
using Lightning.TestKit.Simulation;

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

    /// <summary>
    /// The node is asked to close the channel, or, where a close is under way, to offer another fee; lets everything happen that can without time passing.
    /// </summary>
    /// <param name="feerate">What the closing transaction pays; null for the estimate.</param>
    /// <param name="force">Whether it publishes its commitment instead.</param>
    public async Task NodeCloses(FeeratePerKw? feerate = null, bool force = false)
    {
        var api = _network[Node].Api;
        var request = new CloseChannelRequest(Funding, force) { Feerate = feerate };

        // How it goes on is seen in what the node sends: nobody waits for the end.
        _ = SimulationLoop.Begin(() => Follow(api.CloseChannelAsync(request)));
        await _network.Rest().ConfigureAwait(false);
    }

    private static async Task Follow(IAsyncEnumerable<CloseProgress> steps)
    {
        try
        {
            await foreach (var step in steps.ConfigureAwait(false)) _ = step;
        }
        catch (LightningException)
        {
            // Refused: the node says so to its operator, and nothing to the peer.
        }
    }

    /// <summary>A spend of the funding output with both signatures that the node has never made nor seen, as if its keys were used elsewhere: all goes to the peer.</summary>
    /// <exception cref="ScenarioException">The node has no such channel.</exception>
    public Transaction SpendWithBothKeys()
    {
        var node = Entry?.Funded?.Commitments ?? throw _network.Failure($"{Node} has no such channel.");
        using var signer = new LocalChannelSigner(_network[Node].Keys.Seed, node.Parameters.KeyIndex);
        var output = new TxOut(Commitments.Latest.Funding.Capacity - new Satoshi(1_000), ShutdownScript);
        var mine = new ClosingTransaction(Commitments.Latest.Funding, 0xFFFFFFFD, 0, output, remote: null);
        var theirs = new ClosingTransaction(node.Latest.Funding, 0xFFFFFFFD, 0, local: null, output);
        return mine.WithSignatures(_signer.SignClosing(mine), signer.SignClosing(theirs));
    }

    /// <summary>What spends the funding output, on the chain or in the mempool; null for nothing.</summary>
    public Transaction? Spender() => _network.Chain.Simulated.FindSpender(Funding) ?? _network.Chain.FindConfirmedSpender(Funding);
}
