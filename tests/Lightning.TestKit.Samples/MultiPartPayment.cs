using Lightning.TestKit;
using Xunit;

namespace Samples;

/// <summary>An amount that no single channel carries goes in parts, and parts that do not get through go another way.</summary>
public sealed class MultiPartPayment
{
    [Fact]
    public async Task A_part_that_fails_on_its_way_goes_another_way()
    {
        // Alice reaches carol by three ways. No channel carries what she will pay; the one to bob is the largest.
        await using var net = await Scenario.Network("alice", "bob", "carol", "dave", "erin");
        foreach (var (between, capacity) in new[] { ("bob", 600_000.Sat()), ("dave", 500_000.Sat()), ("erin", 500_000.Sat()) })
        {
            await net.OpenChannel("alice", between, capacity);
            await net.OpenChannel(between, "carol", capacity);
        }

        // Bob pays carol, and has little left in that channel. Alice cannot know: the network is told how large a channel is, not how much is on which side.
        (await net["bob"].Pay(await net["carol"].Invoice(500_000.Sat()))).ShouldSettle();

        // So she sends a part over bob, which he cannot pass on. It goes over dave and erin in its turn.
        var paid = await net["alice"].Pay(await net["carol"].Invoice(700_000.Sat()));
        paid.ShouldHaveTried(FailureCode.TemporaryChannelFailure).ShouldHaveArrivedInParts(3);
        net.BalancesAddUp();
        net.NoHtlcPending();
    }

    [Fact]
    public async Task Without_another_way_all_of_it_comes_back()
    {
        await using var net = await Scenario.Network("alice", "bob", "carol", "dave");
        foreach (var between in new[] { "bob", "dave" })
        {
            await net.OpenChannel("alice", between, 500_000.Sat());
            await net.OpenChannel(between, "carol", 500_000.Sat());
        }

        // Bob and carol lose each other: his part fails at once, the one over dave waits at carol for the rest.
        net.Link("bob", "carol").Down();
        var paid = await net["alice"].Pay(await net["carol"].Invoice(700_000.Sat()));

        // After a minute carol sends back what the rest of did not come. Nobody has lost anything, not even a fee.
        paid.ShouldFailWith(FailureCode.TemporaryChannelFailure).ShouldFailWith(FailureCode.MppTimeout);
        foreach (var channel in net.Channels) Assert.Equal(500_000_000.Msat(), channel.BalanceOf(channel.Opener));
        net.BalancesAddUp();
        net.NoHtlcPending();
    }
}
