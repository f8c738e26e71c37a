using Lightning.Protocol.Messages;

namespace Lightning.TestKit.Tests.Faults;

/// <summary>What can go wrong on the wire happens once at every message of a payment over alice, bob and carol, in both directions of both wires.</summary>
public sealed class LinkFaultTests
{
    public static TheoryData<string, string> Directions { get; } = new() { { "alice", "bob" }, { "bob", "alice" }, { "bob", "carol" }, { "carol", "bob" } };

    [Theory]
    [MemberData(nameof(Directions))]
    public Task The_wire_may_be_cut_at_any_message_of_a_payment(string from, string to) => AtEveryMessage(from, to, (link, n) => link.CutAt<LightningMessage>(from, after: n));

    [Theory]
    [MemberData(nameof(Directions))]
    public Task The_wire_may_be_cut_after_any_message_of_a_payment(string from, string to) =>
        AtEveryMessage(from, to, (link, n) => link.CutAt<LightningMessage>(from, isDelivered: true, after: n));

    [Theory]
    [MemberData(nameof(Directions))]
    public Task Any_message_of_a_payment_may_be_garbled(string from, string to) => AtEveryMessage(from, to, (link, n) => link.Garble<LightningMessage>(from, after: n));

    [Theory]
    [MemberData(nameof(Directions))]
    public async Task The_wire_may_be_cut_again_at_any_message_of_the_reestablishment(string from, string to)
    {
        await using var net = await Line.Create();
        var link = net.Link(from, to);
        for (var n = 0; n < 6; n++)
        {
            Assert.True(await net.PayThrough(() =>
            {
                link.CutAt<CommitmentSigned>(from);
                link.CutAt<ChannelReestablish>(to);
                link.CutAt<LightningMessage>(from, after: n);
                link.CutAt<LightningMessage>(to, after: n + 2);
            }));
        }
    }

    [Theory]
    [MemberData(nameof(Directions))]
    public async Task A_revocation_that_never_comes_is_made_up_for_by_the_next_connection(string from, string to)
    {
        await using var net = await Line.Create();
        var link = net.Link(from, to);
        for (var n = 0; n < 2; n++)
        {
            var before = link.Faults;
            var after = n;
            await net.PayThrough(
                () => link.Drop<RevokeAndAck>(from, after: after),
                async () =>
                {
                    Assert.Equal(before + 1, link.Faults);
                    await net.Advance(TimeSpan.FromSeconds(5));
                    link.Cut();
                });
        }
    }

    [Theory]
    [MemberData(nameof(Directions))]
    public async Task Messages_may_be_long_on_their_way(string from, string to)
    {
        await using var net = await Line.Create();
        var began = net.Now;
        Assert.True(await net.PayThrough(() => net.Link(from, to).Delay(from, TimeSpan.FromSeconds(8)), () => net.Advance(TimeSpan.FromMinutes(2))));
        Assert.True(net.Now - began > TimeSpan.FromSeconds(16));
    }

    [Theory]
    [MemberData(nameof(Directions))]
    public async Task A_peer_may_read_nothing_for_a_while(string deaf, string other)
    {
        await using var net = await Line.Create();
        var link = net.Link(deaf, other);
        foreach (var pause in (int[])[1, 20, 120])
        {
            await net.PayThrough(
                () => link.StopReading(deaf),
                async () =>
                {
                    await net.Advance(TimeSpan.FromSeconds(pause));
                    link.StartReading(deaf);
                });
        }
    }

    [Fact]
    public async Task Messages_about_two_channels_of_one_peer_may_overtake_each_other()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            await using var net = await Line.Create();
            await net.OpenChannel("alice", "bob", 900_000.Sat(), push: 300_000_000.Msat());
            await net.OpenChannel("bob", "carol", 900_000.Sat(), push: 300_000_000.Msat());
            net.Link("alice", "bob").ReorderChannels(seed);
            net.Link("bob", "carol").ReorderChannels(seed + 1);
            var payments = new List<ScenarioPayment>();
            net.Link("alice", "bob").Hold();
            net.Link("bob", "carol").Hold();
            for (var i = 0; i < 6; i++)
            {
                payments.Add(await net["alice"].StartPayment(await net["carol"].Invoice(50_000.Sat())));
                payments.Add(await net["carol"].StartPayment(await net["alice"].Invoice(70_000.Sat())));
            }

            // Larger than any one channel can send: it goes in parts over both.
            payments.Add(await net["alice"].StartPayment(await net["carol"].Invoice(500_000.Sat())));
            net.Link("alice", "bob").Release();
            net.Link("bob", "carol").Release();
            foreach (var payment in payments) (await payment.End()).ShouldSettle();
            await net.AllIsWell();
        }
    }

    private static async Task AtEveryMessage(string from, string to, Action<ScenarioLink, int> order)
    {
        await using var net = await Line.Create();
        var link = net.Link(from, to);
        for (var n = 0; ; n++)
        {
            var before = link.Faults;
            var isPaid = await net.PayThrough(() => order(link, n));
            if (link.Faults > before) continue;
            Assert.True(isPaid);
            Assert.True(n >= 4, $"only {n} messages from {from} to {to}");
            return;
        }
    }
}
