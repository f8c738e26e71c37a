using System.Net;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.TestKit;
using Lightning.Actors.Channels;
using Lightning.Actors.Connections;
using Lightning.Actors.Hosting;
using Lightning.Actors.Peers;
using Lightning.Actors.ReadModels;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;
using Microsoft.Extensions.Time.Testing;

namespace Lightning.Actors.Tests.Connections;

public sealed class ConnectionActorTests : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(10);
    private static readonly NodeId Remote = NodeIdOf("remote"u8);
    private static readonly ChannelId Everything = new(default);

    private readonly TemporaryFolder _folder = new();
    private readonly DataFolder _data;
    private readonly NodeKeys _keys = NodeKeys.FromSeed(SHA512.HashData("connection"u8));
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(60));
    private readonly ScriptedNetwork _network = new();
    private readonly NodeRuntime _node;
    private readonly TestProbe _peers;
    private readonly TestProbe _channels;
    private readonly TestProbe _wire;
    private readonly ScriptedNetwork.Link _link;

    public ConnectionActorTests()
        : base("akka.loglevel = WARNING")
    {
        (_peers, _channels, _wire) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        _link = new ScriptedNetwork.Link(Remote, new Init(FeatureSet.Empty, DefaultFeatures.Init), _wire);
        _data = DataFolder.Open(_folder.File("node"));
        var options = new LightningNodeOptions { Network = Network.Regtest, DataFolder = _data.Path, Time = _time, Policy = new NodePolicy { MaxInboundConnections = 1 } };
        var chain = new QuietChain();
        _node = new NodeRuntime(options, _keys, chain, chain, new SqliteViews(_data.DatabaseFile, _data.ViewsFile))
        {
            PeerNetwork = _network,
            Actors = new NodeActors
            {
                System = Sys,
                Peers = _peers,
                Channels = _channels,
                Payments = ActorRefs.Nobody,
                Invoices = ActorRefs.Nobody,
                Registry = ActorRefs.Nobody,
                ChainMonitor = ActorRefs.Nobody,
                Wallet = ActorRefs.Nobody,
                Connections = ActorRefs.Nobody,
                Router = ActorRefs.Nobody,
                Views = ActorRefs.Nobody,
                Topics = ActorRefs.Nobody,
            },
        };
    }

    private static NodeId NodeIdOf(ReadOnlySpan<byte> name)
    {
        using var keys = NodeKeys.FromSeed(SHA512.HashData(name));
        return keys.NodeId;
    }

    private static ChannelRoute Route(byte number) => new(new ChannelId(new Bytes32([.. Enumerable.Repeat(number, 32)])), new LocalChannelKey(1, number));

    private static Pong Word(int length) => new(Bytes.Wrap(new byte[length]));

    private IActorRef Dial() => Sys.ActorOf(ConnectionActor.Outbound(_node, new Dial(Remote, "192.0.2.1", 9735)));

    /// <summary>An open connection over <see cref="_link"/> that the peer's entity has taken.</summary>
    private ConnectionUp Open(params ChannelRoute[] routes)
    {
        _network.Answer = _ => Task.FromResult<IPeerLink>(_link);
        Dial();
        var up = _peers.ExpectMsg<ConnectionUp>(Wait);
        up.Actor.Tell(new ConnectionAdopted(up.Connection, [.. routes]));
        return up;
    }

    private void Attach(ConnectionUp up, params ReadOnlySpan<ChannelRoute> routes)
    {
        foreach (var route in routes) up.Actor.Tell(new AttachChannel(up.Connection, route.Channel, 1, _channels.Ref));
    }

    [Fact]
    public void Messages_go_both_ways_and_what_was_dealt_with_is_given_back()
    {
        var up = Open(Route(1));
        up.Actor.Tell(new PeerOutbound(up.Connection, Word(3)));
        Assert.Equal(Word(3), _wire.ExpectMsg<Pong>(Wait));
        var message = new Warning(Route(1).Id, "hm");
        Attach(up, Route(1));
        _link.Hear(message);
        Assert.Equal(new ChannelInbound(Route(1).Channel, up.Connection, message), _channels.ExpectMsg<ChannelInbound>(Wait));
        up.Actor.Tell(new InboundHandled(up.Connection, 1));
        Assert.Equal(1, _wire.ExpectMsg<ScriptedNetwork.Returned>(Wait).Count);
    }

    [Fact]
    public void What_comes_for_a_channel_waits_until_the_channel_takes_part()
    {
        var up = Open(Route(1), Route(2));
        var message = new Warning(Route(1).Id, "hm");
        _link.Hear(message);
        _link.Hear(new Warning(Route(2).Id, "hm"));
        Attach(up, Route(1));
        Assert.Equal(new ChannelInbound(Route(1).Channel, up.Connection, message), _channels.ExpectMsg<ChannelInbound>(Wait));

        // A channel that is no more gives nothing back itself.
        up.Actor.Tell(new RemoveRoute(up.Connection, Route(2).Id));
        Assert.Equal(1, _wire.ExpectMsg<ScriptedNetwork.Returned>(Wait).Count);
    }

    [Fact]
    public void A_peer_that_says_too_much_to_a_channel_that_does_not_take_part_is_disconnected()
    {
        Open(Route(1));
        for (var i = 0; i < 65; i++) _link.Hear(new Warning(Route(1).Id, "hm"));
        _wire.ExpectMsg<ScriptedNetwork.Completed>(Wait);
    }

    [Fact]
    public void A_word_about_all_channels_is_dealt_with_once_all_of_them_have_dealt_with_it()
    {
        var up = Open(Route(1), Route(2), Route(3));
        Attach(up, Route(1), Route(2), Route(3));
        _link.Hear(new Warning(Everything, "hm"));
        for (var i = 0; i < 3; i++) _channels.ExpectMsg<ChannelInbound>(Wait);
        up.Actor.Tell(new InboundHandled(up.Connection, 1));
        up.Actor.Tell(new InboundHandled(up.Connection, 1));

        // Nothing was given back before this is sent.
        up.Actor.Tell(new PeerOutbound(up.Connection, Word(1)));
        _wire.ExpectMsg<Pong>(Wait);
        up.Actor.Tell(new InboundHandled(up.Connection, 1));
        Assert.Equal(1, _wire.ExpectMsg<ScriptedNetwork.Returned>(Wait).Count);
    }

    [Fact]
    public void A_word_about_all_channels_where_there_are_none_is_dealt_with_at_once()
    {
        Open();
        _link.Hear(new Warning(Everything, "hm"));
        Assert.Equal(1, _wire.ExpectMsg<ScriptedNetwork.Returned>(Wait).Count);
    }

    [Fact]
    public void A_peer_that_does_not_read_is_disconnected()
    {
        var up = Open();
        _link.IsFull = true;
        up.Actor.Tell(new PeerOutbound(up.Connection, Word(1)));
        Assert.Equal("the peer does not read what it is sent", _peers.ExpectMsg<ConnectionDown>(Wait).Reason);
        _wire.ExpectMsg<ScriptedNetwork.Disposed>(Wait);
    }

    [Fact]
    public void What_was_sent_before_a_close_goes_out_and_the_reason_of_the_close_is_told_when_the_link_has_ended()
    {
        var up = Open();
        up.Actor.Tell(new CloseConnection(up.Connection, "enough"));
        _wire.ExpectMsg<ScriptedNetwork.Completed>(Wait);
        up.Actor.Tell(new PeerOutbound(up.Connection, Word(1)));
        _link.End("closed");
        _wire.ExpectMsg<ScriptedNetwork.Disposed>(Wait);
        Assert.Equal("enough", _peers.ExpectMsg<ConnectionDown>(Wait).Reason);
    }

    [Fact]
    public async Task A_call_that_nobody_answers_is_given_up_by_the_clock_of_the_node()
    {
        var attempt = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        _network.Answer = cancellation =>
        {
            var never = ScriptedNetwork.NeverAsync(cancellation);
            attempt.SetResult(never);
            return never;
        };
        Watch(Dial());
        var call = await attempt.Task.WaitAsync(Wait);
        _time.Advance(_node.Policy.ConnectTimeout - TimeSpan.FromTicks(1));
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal("timed out", _peers.ExpectMsg<DialFailed>(Wait).Reason);
        ExpectMsg<Terminated>(Wait);
    }

    [Fact]
    public void More_callers_than_may_be_are_turned_away()
    {
        var connections = Sys.ActorOf(ConnectionsActor.Props(_node));
        connections.Tell(new ConnectionsActor.Listen(new IPEndPoint(IPAddress.Loopback, 9735)), TestActor);
        Assert.Equal(9735, ExpectMsg<ConnectionsActor.Listening>(Wait).EndPoint.Port);
        _network.Called!(new ScriptedNetwork.Call(_wire));
        _wire.ExpectMsg<ScriptedNetwork.Answered>(Wait);
        _network.Called(new ScriptedNetwork.Call(_wire));
        _wire.ExpectMsg<ScriptedNetwork.TurnedAway>(Wait);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _node.Dispose();
        _data.Dispose();
        _keys.Dispose();
        _folder.Dispose();
    }
}
