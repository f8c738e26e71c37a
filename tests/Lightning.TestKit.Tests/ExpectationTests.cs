using Lightning.Protocol.Onion;

namespace Lightning.TestKit.Tests;

public sealed class ExpectationTests
{
    [Fact]
    public async Task Who_closes_with_the_present_commitment_is_not_punished()
    {
        await using var net = await Scenario.Network("alice", "bob");
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat(), push: 300_000_000.Msat());
        Assert.Contains("not closed", Assert.Throws<ScenarioException>(() => channel.ShouldBePunishedBy("bob")).Message, StringComparison.Ordinal);

        await net["alice"].Close(channel, force: true);
        await net.AdvanceBlocks(10);
        channel.ForceClosed(by: "alice");
        Assert.Contains("nobody has taken", Assert.Throws<ScenarioException>(() => channel.ShouldBePunishedBy("bob")).Message, StringComparison.Ordinal);
        Assert.Contains("closed by alice itself", Assert.Throws<ScenarioException>(() => channel.ShouldBePunishedBy("alice")).Message, StringComparison.Ordinal);

        // Alice takes what is hers once its lock has run out: not bob.
        await net.Mine(1_000);
        Assert.Contains("which bob has not published", Assert.Throws<ScenarioException>(() => channel.ShouldBePunishedBy("bob")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Taking_ones_own_output_is_no_penalty()
    {
        await using var net = await Scenario.Network("alice", "bob");
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        await net["bob"].Close(channel, force: true);
        await net.AdvanceBlocks(10);
        Assert.Contains("only what was its own", Assert.Throws<ScenarioException>(() => channel.ShouldBePunishedBy("alice")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invoice_is_held_only_while_its_payment_waits()
    {
        await using var net = await Scenario.Network("alice", "bob");
        await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        var invoice = await net["bob"].HoldInvoice(10_000.Sat());
        var unpaid = await Assert.ThrowsAsync<ScenarioException>(() => net["bob"].ShouldHold(invoice));
        Assert.Contains("should be Accepted; it is Open", unpaid.Message, StringComparison.Ordinal);

        await net["alice"].StartPayment(invoice);
        await net["bob"].ShouldHold(invoice);
        await net["bob"].Settle(invoice);
        await net["bob"].ShouldHaveSettled(invoice);
        await Assert.ThrowsAsync<ScenarioException>(() => net["bob"].ShouldHold(invoice));
    }

    [Fact]
    public async Task Parts_are_counted_where_they_arrive()
    {
        await using var net = await Scenario.Network("alice", "bob");
        await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        var paid = await net["alice"].Pay(await net["bob"].Invoice(10_000.Sat()));
        paid.ShouldHaveArrivedInParts(1);
        Assert.Contains("2 parts", Assert.Throws<ScenarioException>(() => paid.ShouldHaveArrivedInParts(2)).Message, StringComparison.Ordinal);
        Assert.Throws<ScenarioException>(() => paid.ShouldHaveTried(FailureCode.TemporaryChannelFailure));
    }
}
