using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Lightning.Actors.Connections;
using Lightning.Actors.Hosting;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;

namespace Lightning.Actors.Tests.Connections;

public sealed class TcpPeerLinkTests : IDisposable
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);
    private static readonly Init Init = new(FeatureSet.Empty, DefaultFeatures.Init);

    private readonly NodeKeys _alice = NodeKeys.FromSeed(SHA512.HashData("alice"u8));
    private readonly NodeKeys _bob = NodeKeys.FromSeed(SHA512.HashData("bob"u8));

    private static TcpPeerNetwork Network(NodeKeys keys) => new(keys, SystemRandomness.Instance, TimeProvider.System);

    private static Pong Word(int length) => new(Bytes.Wrap(new byte[length]));

    private async Task<(IPeerLink Caller, IPeerLink Called)> ConnectAsync()
    {
        var call = new TaskCompletionSource<IPeerCall>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = Network(_bob).Listen(new IPEndPoint(IPAddress.Loopback, 0), called => call.TrySetResult(called));
        var dialed = Network(_alice).DialAsync(_bob.NodeId, "127.0.0.1", listener.EndPoint.Port, Init, CancellationToken.None);
        var answered = (await call.Task.WaitAsync(Wait)).AnswerAsync(Init, CancellationToken.None);
        return (await dialed.WaitAsync(Wait), await answered.WaitAsync(Wait));
    }

    [Fact]
    public async Task No_more_is_given_out_than_was_allowed_until_it_is_given_back_and_nothing_after_the_end()
    {
        const int Messages = 100;
        const int ReadAhead = 7;
        var (alice, bob) = await ConnectAsync();
        await using var caller = alice;
        await using var called = bob;
        Assert.Equal((_bob.NodeId, _alice.NodeId), (alice.Remote, bob.Remote));
        var heard = new ConcurrentQueue<int>();
        var ends = new ConcurrentQueue<(string Side, string Reason, int Heard)>();
        bob.Start(ReadAhead, message => heard.Enqueue(((Pong)message).Ignored.Length), reason => ends.Enqueue(("bob", reason, heard.Count)));
        alice.Start(ReadAhead, static _ => Assert.Fail("Nobody speaks to alice."), reason => ends.Enqueue(("alice", reason, 0)));
        for (var i = 0; i < Messages; i++) Assert.True(alice.TrySend(Word(i)));
        alice.Complete();
        var returned = 0;
        while (returned < Messages)
        {
            // All that may come has come; the next message waits for its credit.
            var allowed = Math.Min(returned + ReadAhead, Messages);
            await Eventually.True(() => heard.Count >= allowed);
            Assert.Equal(allowed, heard.Count);
            var count = Math.Min(3, Messages - returned);
            bob.Handled(count);
            returned += count;
        }

        Assert.Equal(Enumerable.Range(0, Messages), heard);
        await Eventually.True(() => !ends.IsEmpty);
        await alice.DisposeAsync();
        await Eventually.True(() => ends.Any(static end => end.Side == "bob"));
        Assert.Equal([("alice", "closed", 0), ("bob", "the peer closed it", Messages)], ends);
        Assert.InRange(bob.BytesReceived, Messages, alice.BytesSent);
    }

    [Fact]
    public async Task A_link_says_nothing_any_more_once_it_is_disposed()
    {
        var (alice, bob) = await ConnectAsync();
        await using var caller = alice;
        var ends = new ConcurrentQueue<string>();
        bob.Start(1, static _ => { }, ends.Enqueue);
        await bob.DisposeAsync();
        await bob.DisposeAsync();
        Assert.Empty(ends);
    }

    [Fact]
    public async Task A_peer_that_does_not_read_cannot_be_sent_to_without_end()
    {
        var (alice, bob) = await ConnectAsync();
        await using var caller = alice;
        await using var called = bob;
        alice.Start(1, static _ => { }, static _ => { });
        var sent = 0;
        var word = Word(60_000);
        while (alice.TrySend(word)) Assert.True(++sent < 10 * TcpPeerLink.WriteAhead);
        Assert.True(sent >= TcpPeerLink.WriteAhead);
    }

    [Fact]
    public async Task A_caller_that_is_turned_away_is_told_so()
    {
        using var listener = Network(_bob).Listen(new IPEndPoint(IPAddress.Loopback, 0), static call => call.Dispose());
        await Assert.ThrowsAnyAsync<IOException>(() => Network(_alice).DialAsync(_bob.NodeId, "127.0.0.1", listener.EndPoint.Port, Init, CancellationToken.None).WaitAsync(Wait));
    }

    [Fact]
    public void Where_somebody_else_listens_it_cannot_and_says_so()
    {
        using var listener = Network(_bob).Listen(new IPEndPoint(IPAddress.Loopback, 0), static call => call.Dispose());
        var failure = Assert.Throws<InvalidOperationException>(() => Network(_alice).Listen(listener.EndPoint, static call => call.Dispose()));
        Assert.StartsWith($"Cannot listen for peers on {listener.EndPoint}: ", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _alice.Dispose();
        _bob.Dispose();
    }
}
