using Akka.Actor;
using Lightning.Actors.Channels;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Commands;
using Lightning.TestKit.Tests.Conformance;

namespace Lightning.TestKit.Tests.Faults;

/// <summary>What a channel on chain looks for in its journal, and what it knows of itself after a restart.</summary>
public sealed class ClosingRestartTests
{
    [Fact]
    public async Task A_revoked_commitment_that_the_journal_does_not_have_is_searched_for_less_and_less_often_and_said_once()
    {
        await using var met = await Encounter.Opened();
        var old = met.Channel.Commitment;
        for (var i = 0; i < 2; i++)
        {
            met.Channel.Pay(await met.Alice.Invoice(20_000.Sat()));
            await met.Channel.Run();
        }

        // It has the number of one that is revoked, and holds what none has held. It is in no block either, so that no ledger adds up.
        met.Net.Cheats("alice");
        var forged = new Transaction(old.Version, old.Inputs, [.. old.Outputs.Select(static output => output with { Value = output.Value - new Satoshi(1) })], old.LockTime);
        var alice = met.Alice;
        var key = alice.Entry(met.Channel.Funding)!.Key;
        alice.Runtime.Actors.Channels.Tell(new ChannelRequest(key, new ChannelCommand.FundingSpent(forged, met.Net.Chain.Height)), ActorRefs.NoSender);
        await met.Net.Rest();
        Assert.Equal("Closing", met.Channel.StateAtNode);

        // After 5, 10, 20 seconds and so on; each reads the journal's highest number and its rows.
        var reads = alice.Trouble.Reads;
        await met.Net.Advance(TimeSpan.FromHours(1));
        Assert.InRange(alice.Trouble.Reads - reads, 12, 24);
        reads = alice.Trouble.Reads;
        await met.Net.Advance(TimeSpan.FromHours(5));
        Assert.InRange(alice.Trouble.Reads - reads, 6, 14);
        Assert.Single(alice.Errors, static error => error.Contains("was not found in the journal", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_channel_on_chain_still_knows_its_place_after_a_restart()
    {
        await using var net = await Scenario.Network("alice", "bob");
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat(), push: 300_000_000.Msat());
        var place = channel.ShortChannelId!.Value;
        await net["bob"].Close(channel, force: true);
        await net.Mine();
        foreach (var node in net.Nodes)
        {
            await node.Restart();
            Assert.Equal(place, node.Entry(channel.Funding)!.ShortChannelId);
        }

        await net.Mine(800);
        foreach (var node in net.Nodes)
        {
            Assert.Null(node.Entry(channel.Funding));
            Assert.Equal(place, Assert.Single(await node.Do(static api => api.ListClosedChannelsAsync())).ShortChannelId);
            await node.Restart();
            Assert.Equal(place, Assert.Single(await node.Do(static api => api.ListClosedChannelsAsync())).ShortChannelId);
        }
    }
}
