using Lightning.Actors.Api;
using Lightning.TestKit.Journals;

namespace Lightning.TestKit.Tests.Faults;

/// <summary>A database that is slow, full or unreadable, and one that is an old copy.</summary>
public sealed class JournalFaultTests
{
    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    [InlineData("carol")]
    public async Task A_slow_disk_makes_a_payment_slow(string node)
    {
        await using var net = await Line.Create();
        var began = net.Now;
        Assert.True(await net.PayThrough(() => net[node].Journal.DelayAnswers(TimeSpan.FromSeconds(3)), () => net.Advance(TimeSpan.FromMinutes(2))));
        Assert.True(net.Now - began > TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    [InlineData("carol")]
    public async Task A_disk_that_does_not_answer_holds_a_payment_up_and_no_more(string node)
    {
        await using var net = await Line.Create();
        var journal = net[node].Journal;
        Assert.True(await net.PayThrough(journal.HoldAnswers, async () =>
        {
            await net.Advance(TimeSpan.FromSeconds(20));
            await journal.ReleaseAnswers();
        }));
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    [InlineData("carol")]
    public async Task A_node_that_dies_while_its_disk_does_not_answer_loses_nothing(string node)
    {
        await using var net = await Line.Create();
        await net.PayThrough(net[node].Journal.HoldAnswers, async () =>
        {
            await net.Advance(TimeSpan.FromSeconds(5));
            await net[node].Crash();
            net[node].Journal.Heal();
        });
    }

    [Theory]
    [InlineData("alice", 1)]
    [InlineData("bob", 1)]
    [InlineData("carol", 1)]
    [InlineData("alice", 60)]
    [InlineData("bob", 60)]
    [InlineData("carol", 60)]
    public async Task A_disk_may_be_full_for_a_while(string node, int seconds)
    {
        await using var net = await Line.Create();
        var journal = net[node].Journal;

        // At once, and from each step of the payment on.
        for (var n = 0; n < 5; n++)
        {
            var link = net.Link("bob", node == "alice" ? "alice" : "carol");
            await net.PayThrough(link.Hold, async () =>
            {
                for (var i = 0; i < n; i++) link.Deliver(i % 2 == 0 ? link.One : link.Other, 2);
                journal.FillDisk();
                link.Release();
                await net.Advance(TimeSpan.FromSeconds(seconds));
                journal.Heal();
            });
        }
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    [InlineData("carol")]
    public async Task A_database_that_cannot_be_read_at_a_restart_is_read_again(string node)
    {
        await using var net = await Line.Create();
        for (var reads = 1; reads < 40; reads *= 2)
        {
            await net.PayThrough(
                () => net.Link("bob", "carol").Hold(),
                async () =>
                {
                    net.Link("bob", "carol").Deliver("bob", 2);
                    await net[node].Crash();
                    net[node].Journal.FailReads(reads);
                    net.Link("bob", "carol").Release();
                    await net[node].Start();
                    await net.Advance(TimeSpan.FromMinutes(1));
                });
        }
    }

    [Theory]
    [InlineData("alice", true)]
    [InlineData("alice", false)]
    [InlineData("bob", true)]
    [InlineData("bob", false)]
    [InlineData("carol", true)]
    [InlineData("carol", false)]
    public async Task A_copy_of_the_database_that_missed_nothing_is_as_good_as_the_database(string node, bool isKnown)
    {
        await using var net = await Line.Create();
        Assert.True(await net.PayThrough(static () => { }));
        await net[node].RestartWith(net[node].CopyDatabase(), isKnown);
        await net.AllIsWell();
        Assert.True(await net.PayThrough(static () => { }));
    }

    [Theory]
    [InlineData(ScenarioJournals.InMemory)]
    [InlineData(ScenarioJournals.Sqlite)]
    public async Task A_copy_of_the_database_of_a_running_node_disturbs_nothing(ScenarioJournals journals)
    {
        await using var net = await Line.Create(new ScenarioOptions { Journals = journals });
        var copies = new List<DatabaseCopy>();
        for (var i = 0; i < 3; i++)
        {
            // In the middle of a payment, and again on what was written since.
            Assert.True(await net.PayThrough(() => net.Link("bob", "carol").Hold(), () =>
            {
                copies.Add(net["bob"].CopyDatabase());
                net.Link("bob", "carol").Release();
                return Task.CompletedTask;
            }));
            copies.Add(net["alice"].CopyDatabase());
        }

        Assert.Equal(3, (await net["alice"].Do(api => api.ListPaymentsAsync(new ListPaymentsQuery()))).Payments.Count);

        // The last one of alice is complete; the one before lacks a payment, and is as good as ever.
        await net["alice"].RestartWith(copies[^1], isKnown: false);
        await net.AllIsWell();
        Assert.True(await net.PayThrough(static () => { }));
        await net["bob"].Crash();
        await net["alice"].RestartWith(copies[^3]);
        Assert.Equal(2, (await net["alice"].Do(api => api.ListPaymentsAsync(new ListPaymentsQuery()))).Payments.Count);
        await Assert.ThrowsAsync<ScenarioException>(() => net["alice"].RestartWith(copies[0]));
    }

    [Fact]
    public async Task A_fault_meets_only_writes_of_its_kind_of_entity()
    {
        await using var net = await Line.Create();
        var journal = net["bob"].Journal;
        foreach (var (kind, isMet) in new[] { ("channel-registry", false), ("wallet", false), ("invoice", false), ("channel", true) })
        {
            var before = journal.Faults;
            await net.PayThrough(() => journal.FailWrite(of: kind));
            Assert.Equal(isMet, journal.Faults > before);
        }

        Assert.Throws<ArgumentException>(() => journal.FailWrite(of: "chan"));
    }

    [Theory]
    [InlineData("channel-00000001-00000000000000000000000000000002", "channel")]
    [InlineData("channel-registry", "channel-registry")]
    [InlineData("chain-monitor", "chain-monitor")]
    [InlineData("wallet", "wallet")]
    [InlineData("payment-0102", "payment")]
    [InlineData("invoice-0102", "invoice")]
    [InlineData("peer-0203", "peer")]
    public void A_persistence_id_tells_the_kind_of_its_entity(string persistenceId, string kind)
    {
        Assert.Equal(kind, EntityKind.Of(persistenceId));
        Assert.Contains(kind, EntityKind.All);
    }

    [Theory]
    [InlineData("alice", true)]
    [InlineData("alice", false)]
    [InlineData("carol", true)]
    [InlineData("carol", false)]
    public async Task A_node_on_an_old_database_publishes_nothing_and_gets_its_money_from_its_peers_close(string node, bool isKnown)
    {
        await using var net = await Line.Create();
        Assert.True(await net.PayThrough(static () => { }));
        var copy = net[node].CopyDatabase();
        for (var i = 0; i < 3; i++) Assert.True(await net.PayThrough(static () => { }));
        var channel = net.Channels.Single(channel => channel.Opener == node || channel.Peer == node);
        var (mine, bobs) = (channel.BalanceOf(node), channel.BalanceOf("bob"));
        var before = (await net[node].WalletBalance()).Confirmed;
        var bobsBefore = (await net["bob"].WalletBalance()).Confirmed;

        // While its peer is away it believes what it reads, and may be asked to act on it.
        await net["bob"].Crash();
        await net[node].RestartWith(copy, isKnown);
        await net.AdvanceBlocks(3);
        channel.ShouldBeOpen();
        await net["bob"].Start();
        await net.Until(() => channel.Spender() is not null, "the channel is closed");
        channel.ForceClosed(by: "bob");
        await net.Mine(1000);
        Assert.Equal("gone", channel.StateAt(node));
        Assert.Equal("gone", channel.StateAt("bob"));
        Assert.InRange((await net[node].WalletBalance()).Confirmed.Value, (before + mine.ToSatoshi()).Value - 5_000, (before + mine.ToSatoshi()).Value);
        Assert.InRange((await net["bob"].WalletBalance()).Confirmed.Value, (bobsBefore + bobs.ToSatoshi()).Value - 5_000, (bobsBefore + bobs.ToSatoshi()).Value);

        // The other channel goes on.
        net.Channels.Single(other => other != channel).ShouldBeOpen();
    }
}
