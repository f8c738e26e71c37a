namespace Lightning.TestKit.Tests.History;

/// <summary>Peers that the operator wants connected at all times.</summary>
public sealed class KeptPeerTests
{
    [Fact]
    public async Task A_peer_without_a_channel_that_is_to_be_kept_is_called_again_after_a_restart_and_one_that_is_not_is_left_alone()
    {
        await using var net = await Scenario.Network(new ScenarioOptions(), "alice", "bob", "carol");
        var (alice, bob, carol) = (net["alice"], net["bob"], net["carol"]);
        await alice.Do(api => api.ConnectPeerAsync(bob.Address));
        await alice.Do(api => api.ConnectPeerAsync(carol.Address, persistent: false));
        Assert.Equal(2, await Peers());
        await alice.Restart();
        await net.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal([bob.Id], (await alice.Do(static api => api.ListPeersAsync())).Select(static peer => peer.NodeId));

        // What the operator ended stays ended.
        await alice.Do(api => api.DisconnectPeerAsync(bob.Id));
        await alice.Restart();
        await net.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(0, await Peers());

        async Task<int> Peers() => (await alice.Do(static api => api.ListPeersAsync())).Count;
    }
}
