using Lightning.Actors.Api;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.States;
using Lightning.TestKit.Simulation;

namespace Lightning.TestKit.Exploration;

/// <summary>The channels of a story that close by agreement (BOLT 2): each gives both nodes on the chain what they had in it, less the fee, which one of them pays.</summary>
internal sealed class Closings(ScenarioNetwork net)
{
    // Blocks after which everybody has seen a closing transaction deep enough.
    private const int Patience = 20;

    // More than any output may be worth that is left out as dust, and than any closing transaction costs at the feerates of a story.
    private static readonly Satoshi Small = new(1_000);
    private static readonly Satoshi MostFee = new(10_000);
    private readonly HashSet<ScenarioChannel> _asked = [];
    private readonly Dictionary<ScenarioChannel, Division> _divisions = [];
    private readonly Dictionary<string, Satoshi> _wallets = new(StringComparer.Ordinal);

    /// <summary>The story begins.</summary>
    public async Task Begin()
    {
        foreach (var node in net.Nodes) _wallets[node.Name] = (await node.WalletBalance().ConfigureAwait(false)).Total;
    }

    /// <summary>A node asks for the end of a channel. It may be refused: without its peer a node cannot.</summary>
    /// <returns>Whether there is anything to ask for.</returns>
    public bool Ask(string node, int number)
    {
        if (number >= net.Channels.Count) return false;
        var channel = net.Channels[number];
        if ((channel.Opener != node && channel.Peer != node) || HasClosed(channel)) return false;
        _asked.Add(channel);
        SimulationLoop.Forget(net[node].BeginClose(channel));
        return true;
    }

    /// <summary>Whether a channel that somebody has asked to close may be in this state.</summary>
    public bool Allows(ScenarioChannel channel, ChannelState state) => _asked.Contains(channel) && IsEnding(state);

    /// <summary>Whether both nodes know that it ends.</summary>
    public bool IsClosing(ScenarioChannel channel) => _asked.Contains(channel) && IsEnding(channel.EntryAt(channel.Opener)?.State) && IsEnding(channel.EntryAt(channel.Peer)?.State);

    /// <summary>Whether a closing transaction of it is published.</summary>
    public bool HasClosed(ScenarioChannel channel) => _divisions.ContainsKey(channel) && channel.Spender() is not null;

    /// <summary>Whether what a node complained of is only that a channel has been closed, of which its peer does not know yet.</summary>
    public bool Explains(string complaint) => complaint.Contains("The channel is closed.", StringComparison.Ordinal)
        && _divisions.Keys.Any(channel => HasClosed(channel) && complaint.Contains(channel.Opener, StringComparison.Ordinal) && complaint.Contains(channel.Peer, StringComparison.Ordinal));

    /// <summary>What a node had in a channel at its end; null for one that has not come to it.</summary>
    public MilliSatoshi? BalanceOf(ScenarioChannel channel, string node) => !_divisions.TryGetValue(channel, out var division) ? null : node == channel.Opener ? division.Opener : division.Peer;

    /// <summary>Sees how a channel ends.</summary>
    /// <exception cref="ScenarioException">Nobody has asked for it, or not in this way.</exception>
    public void Check(ScenarioChannel channel)
    {
        if (channel.Spender() is { } spender && (!_asked.Contains(channel) || ScenarioChannel.IsCommitment(spender))) throw net.Failure($"{channel} is closed by {spender.TxId}.");
        foreach (var name in (ReadOnlySpan<string>)[channel.Opener, channel.Peer])
        {
            var (ours, theirs) = channel.EntryAt(name)?.State switch
            {
                Negotiating legacy => (legacy.LocalScript, legacy.RemoteScript),
                NegotiatingSimple simple => (simple.LocalScript, simple.RemoteScript),
                _ => default,
            };
            if (channel.SpecAt(name) is not { } spec || ours == default) continue;
            var division = name == channel.Opener ? new Division(spec.ToLocal, ours, spec.ToRemote, theirs) : new Division(spec.ToRemote, theirs, spec.ToLocal, ours);
            if (_divisions.TryGetValue(channel, out var before) && before != division) throw net.Failure($"{channel} was to be divided as {before}, and is to be as {division} now.");
            _divisions[channel] = division;
        }
    }

    /// <summary>Closes what is open and looks at what everybody has on the chain then.</summary>
    /// <param name="check">Looks at the network.</param>
    /// <exception cref="ScenarioException">A channel does not close, or somebody has not what is due.</exception>
    public async Task Finish(Action check)
    {
        for (var i = 0; i < net.Channels.Count; i++)
        {
            var channel = net.Channels[i];
            if (IsClosing(channel) || HasClosed(channel)) continue;
            _asked.Add(channel);
            await net[(net.Options.Seed + i) % 2 == 0 ? channel.Opener : channel.Peer].Close(channel).ConfigureAwait(false);
            check();
        }

        await net.Until(() => net.Channels.All(HasClosed), "all channels are closed").ConfigureAwait(false);
        check();
        for (var blocks = 0; blocks < Patience && !net.Channels.All(IsOver); blocks++)
        {
            await net.Mine().ConfigureAwait(false);
            await net.Advance(TimeSpan.FromSeconds(10)).ConfigureAwait(false);
        }

        if (net.Channels.FirstOrDefault(channel => !IsOver(channel)) is { } left) throw net.Failure($"{left} is {left.StateAt(left.Opener)} and {left.StateAt(left.Peer)} long after its closing transaction.");
        check();
        foreach (var channel in net.Channels) Divided(channel);
        foreach (var node in net.Nodes)
        {
            var (has, due) = ((await node.WalletBalance().ConfigureAwait(false)).Total, _wallets[node.Name]);
            if (has != due) throw net.Failure($"{node.Name} has {has} on the chain and should have {due}.");
        }
    }

    private static bool IsEnding(ChannelState? state) => state is null or ShuttingDown or Negotiating or NegotiatingSimple or Closed;

    private static bool IsOver(ScenarioChannel channel) => channel.EntryAt(channel.Opener)?.State is null or Closed && channel.EntryAt(channel.Peer)?.State is null or Closed;

    private void Divided(ScenarioChannel channel)
    {
        var (closing, division) = (channel.Spender()!, _divisions[channel]);
        var (opener, peer) = (Paid(closing, division.OpenersScript), Paid(closing, division.PeersScript));
        var (openersDue, peersDue) = (division.Opener.ToSatoshi(), division.Peer.ToSatoshi());
        var fee = channel.Capacity - opener - peer;
        if (fee > MostFee || (!IsWhole(opener, openersDue) && !IsWhole(peer, peersDue)))
            throw net.Failure($"{channel} held {openersDue} of {channel.Opener} and {peersDue} of {channel.Peer}; its closing transaction pays {opener} and {peer}.");
        _wallets[channel.Opener] += opener;
        _wallets[channel.Peer] += peer;
    }

    private static bool IsWhole(Satoshi paid, Satoshi due) => paid == due || (paid == Satoshi.Zero && due < Small);

    private static Satoshi Paid(Transaction closing, Script script) =>
        closing.Outputs.Where(output => output.ScriptPubKey == script).Aggregate(Satoshi.Zero, static (sum, output) => sum + output.Value);

    private sealed record Division(MilliSatoshi Opener, Script OpenersScript, MilliSatoshi Peer, Script PeersScript);
}
