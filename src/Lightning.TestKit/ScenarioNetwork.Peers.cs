using Lightning.Actors.Api;

namespace Lightning.TestKit;

/// <content>Peers under the test's control.</content>
public sealed partial class ScenarioNetwork
{
    private readonly Dictionary<string, ScriptedPeer> _peers = new(StringComparer.Ordinal);

    /// <summary>The peers under the test's control, in the order in which they were added.</summary>
    public IReadOnlyCollection<ScriptedPeer> Peers => _peers.Values;

    /// <summary>Adds a peer that does only what the test says. It listens, and is not connected yet.</summary>
    /// <param name="name">Its name: nodes can be connected to it by <see cref="Connect"/>.</param>
    /// <param name="options">How it presents itself; null for like a node.</param>
    /// <exception cref="ScenarioException">The name is taken, or links are not in memory.</exception>
    public Task<ScriptedPeer> AddScriptedPeer(string name, ScriptedPeerOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (_nodes.ContainsKey(name) || _peers.ContainsKey(name)) throw new ScenarioException($"There is a node '{name}' already.");
        if (Options.Links != ScenarioLinks.InMemory) throw new ScenarioException("A scripted peer needs links in memory.");
        var peer = new ScriptedPeer(this, name, options ?? new ScriptedPeerOptions());
        _peers.Add(name, peer);
        return Task.FromResult(peer);
    }

    // A node or a peer under the test's control.
    private PeerAddress AddressOf(string name) => _peers.TryGetValue(name, out var peer) ? peer.Address : this[name].Address;

    private string Known(string name) => _peers.ContainsKey(name) ? name : this[name].Name;
}
