namespace Lightning.TestKit.Tests.Faults;

/// <summary>Every write of a payment over alice, bob and carol goes wrong once, in every way that a write can.</summary>
public sealed class WriteFaultTests
{
    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    [InlineData("carol")]
    public Task A_node_that_dies_before_any_write_of_a_payment_loses_nothing(string node) => AtEveryWrite(node, static (journal, n) => journal.CrashBeforeWrite(n));

    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    [InlineData("carol")]
    public Task A_node_that_dies_after_any_write_of_a_payment_loses_nothing(string node) => AtEveryWrite(node, static (journal, n) => journal.CrashAfterWrite(n));

    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    [InlineData("carol")]
    public Task Any_write_of_a_payment_may_be_done_and_said_to_have_failed(string node) => AtEveryWrite(node, static (journal, n) => journal.LoseAnswer(n));

    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    [InlineData("carol")]
    public Task Any_write_of_a_payment_may_fail(string node) => AtEveryWrite(node, static (journal, n) => journal.FailWrite(n));

    private static async Task AtEveryWrite(string node, Action<ScenarioJournalFaults, int> order)
    {
        await using var net = await Line.Create();
        var journal = net[node].Journal;
        for (var n = 0; ; n++)
        {
            Assert.True(n < 100, "a payment has no end of writes");
            var before = journal.Faults;
            var isPaid = await net.PayThrough(() => order(journal, n));
            var happened = journal.Faults > before;
            if (happened) continue;
            Assert.True(isPaid);
            Assert.True(n >= 5, $"only {n} writes at {node}");
            return;
        }
    }
}
