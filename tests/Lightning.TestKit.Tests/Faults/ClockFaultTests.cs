using Lightning.Actors.Api;
using Lightning.Protocol.Onion;

namespace Lightning.TestKit.Tests.Faults;

/// <summary>Clocks on the wall that are set while money is on its way: what was promised in time is kept in time that has really passed.</summary>
public sealed class ClockFaultTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Hours = TimeSpan.FromHours(6);

    [Theory]
    [InlineData("alice", 1)]
    [InlineData("alice", -1)]
    [InlineData("bob", 1)]
    [InlineData("bob", -1)]
    [InlineData("carol", 1)]
    [InlineData("carol", -1)]
    public async Task A_clock_may_be_set_in_the_middle_of_a_payment(string node, int days)
    {
        await using var net = await Line.Create();
        await net.PayThrough(
            () => net.Link("bob", "carol").Hold(),
            async () =>
            {
                net.Link("bob", "carol").Deliver("bob", 2);
                net[node].JumpClock(Day * days);
                net.Link("bob", "carol").Release();
                await net.Rest();
            });
        Assert.True(await net.PayThrough(static () => { }));
    }

    [Theory]
    [InlineData("alice", 1)]
    [InlineData("alice", -1)]
    [InlineData("bob", 1)]
    [InlineData("bob", -1)]
    [InlineData("carol", 1)]
    [InlineData("carol", -1)]
    public async Task A_write_may_fail_while_the_clock_is_set_and_what_was_lost_is_repeated_all_the_same(string node, int direction)
    {
        await using var net = await Line.Create();
        var journal = net[node].Journal;
        for (var n = 0; ; n++)
        {
            var before = journal.Faults;
            var began = net.Now;
            await net.PayThrough(() => journal.FailWrite(n), async () =>
            {
                net[node].JumpClock(Hours * direction);
                await net.Advance(TimeSpan.FromMinutes(2));
                net.NoHtlcPending();
                net[node].JumpClock(-Hours * direction);
            });
            Assert.True(net.Now - began < TimeSpan.FromMinutes(10));
            if (journal.Faults == before) return;
        }
    }

    [Fact]
    public async Task An_invoice_that_has_expired_by_its_payees_clock_is_not_paid_and_can_be_paid_when_the_clock_is_right_again()
    {
        await using var net = await Line.Create();
        var invoice = await net["carol"].Invoice(Line.Amount, TimeSpan.FromMinutes(10));
        net["carol"].JumpClock(TimeSpan.FromHours(1));
        (await net["alice"].Pay(invoice)).ShouldFailWith(FailureCode.IncorrectOrUnknownPaymentDetails);
        net["carol"].JumpClock(TimeSpan.FromHours(-1));
        (await net["alice"].Pay(invoice)).ShouldSettle();
        await net.AllIsWell();
    }

    [Fact]
    public async Task An_invoice_that_has_expired_by_its_payers_clock_is_refused()
    {
        await using var net = await Line.Create();
        var invoice = await net["carol"].Invoice(Line.Amount, TimeSpan.FromMinutes(10));
        net["alice"].JumpClock(TimeSpan.FromHours(1));
        await Assert.ThrowsAsync<LightningException>(async () => await net["alice"].Pay(invoice));
        await net.AllIsWell();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_payment_of_which_a_part_is_missing_is_failed_in_a_minute_whatever_the_clock_shows(int days)
    {
        await using var net = await Scenario.Network("alice", "bob", "dora", "carol");
        await net.OpenChannel("alice", "bob", 500_000.Sat());
        await net.OpenChannel("alice", "dora", 500_000.Sat());
        await net.OpenChannel("bob", "carol", 500_000.Sat());
        await net.OpenChannel("dora", "carol", 500_000.Sat());
        var invoice = await net["carol"].Invoice(700_000.Sat());
        net.Link("dora", "carol").Hold();
        var payment = await net["alice"].StartPayment(invoice);
        net["carol"].JumpClock(Day * days);
        var (there, back) = (net.Channels[0].CommitmentsAt("alice")!, net.Channels[2].CommitmentsAt("carol")!);
        Assert.False(there.IsQuiet);
        Assert.False(back.IsQuiet);
        await net.Until(() => net.Channels[2].CommitmentsAt("carol")!.IsQuiet, "the part that came is failed", TimeSpan.FromSeconds(75));
        net.Link("dora", "carol").Release();
        await payment.End();
        await net.AllIsWell();
    }
}
