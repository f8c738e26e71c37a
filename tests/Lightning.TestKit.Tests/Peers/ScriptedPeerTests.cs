using Lightning.Channels.States;
using Lightning.Protocol.Messages;

namespace Lightning.TestKit.Tests.Peers;

/// <summary>A peer under the test's control, and the honest side of its channels.</summary>
public sealed class ScriptedPeerTests
{
    [Fact]
    public async Task A_peer_calls_a_node_and_hears_its_init()
    {
        await using var net = await Scenario.Network("alice");
        var mallory = await net.AddScriptedPeer("mallory");
        await mallory.Connect("alice");
        Assert.True(mallory.IsConnected);
        Assert.Equal("alice", mallory.ConnectedTo);
        Assert.NotEmpty(mallory.RemoteInit.AllFeatures.Bits());
        await mallory.ExpectNothing();
        Assert.Contains(await net["alice"].Do(api => api.ListPeersAsync()), peer => peer.NodeId == mallory.Id);
    }

    [Fact]
    public async Task A_node_calls_a_peer()
    {
        await using var net = await Scenario.Network("alice");
        var mallory = await net.AddScriptedPeer("mallory");
        await net.Connect("alice", "mallory");
        Assert.True(mallory.IsConnected);
        Assert.True(net.Link("mallory", "alice").IsConnected);
        await mallory.Disconnect();
        await net.Until(() => mallory.IsConnected, "alice calls again");
    }

    [Fact]
    public async Task What_is_expected_and_does_not_come_is_told_with_the_chart()
    {
        await using var net = await Scenario.Network("alice");
        var mallory = await net.AddScriptedPeer("mallory");
        await mallory.Connect("alice");
        await mallory.Send(new Shutdown(default, default));
        var failure = await Assert.ThrowsAsync<ScenarioException>(() => mallory.Expect<Shutdown>());
        Assert.Contains("mallory should have heard Shutdown, but heard nothing.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("shutdown", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_side_of_a_channel_can_be_played_honestly_as_opener()
    {
        await using var net = await Scenario.Network("alice");
        var mallory = await net.AddScriptedPeer("mallory");
        var channel = await mallory.OpenTo("alice", 1_000_000.Sat());
        channel.ShouldBeOpen();
        Assert.Equal(nameof(Normal), channel.StateAtNode);

        var invoice = await net["alice"].Invoice(50_000.Sat());
        channel.Pay(invoice);
        await channel.Run();
        Assert.Equal(invoice.PaymentHash, Assert.Single(channel.Preimages).Hash);

        channel.Close();
        await channel.Run();
        await net.Mine();
        Assert.NotNull(channel.Spender());
        Assert.Equal(0, net.Loop.Intrusions);
    }

    [Fact]
    public async Task Its_side_of_a_channel_can_be_played_honestly_as_accepter()
    {
        await using var net = await Scenario.Network("alice");
        var mallory = await net.AddScriptedPeer("mallory");
        var channel = await mallory.AcceptFrom("alice", 1_000_000.Sat());

        var invoice = mallory.Invoice(new MilliSatoshi(50_000_000));
        var payment = await net["alice"].StartPayment(invoice);
        await channel.Run();
        channel.Fulfill(Assert.Single(channel.Incoming).Id, invoice.Preimage!.Value);
        await channel.Run();
        (await payment.End()).ShouldSettle();
    }

    [Fact]
    public async Task After_a_reconnection_it_reestablishes_when_the_test_lets_it()
    {
        await using var net = await Scenario.Network("alice");
        var mallory = await net.AddScriptedPeer("mallory");
        var channel = await mallory.OpenTo("alice", 1_000_000.Sat());
        await mallory.Reconnect();
        await mallory.Expect<ChannelReestablish>();
        Assert.IsType<ChannelReestablish>(Assert.Single(channel.Outbox));
        await mallory.ExpectNothing();
    }
}
