namespace Lightning.TestKit.Tests.Faults;

/// <summary>Two processes of one node on one database, each of which believes that it is the node.</summary>
public sealed class DuplicateProcessTests
{
    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    [InlineData("carol")]
    public async Task A_second_process_of_a_node_during_a_payment_does_no_harm(string node)
    {
        await using var net = await Line.Create();
        var (first, second) = (net.Link("alice", "bob"), net.Link("bob", "carol"));
        for (var n = 0; n < 8; n++)
        {
            await net.PayThrough(
                () =>
                {
                    first.Hold();
                    second.Hold();
                },
                async () =>
                {
                    for (var i = 0; i < n; i++)
                    {
                        foreach (var (link, from) in ((ScenarioLink, string)[])[(first, "alice"), (first, "bob"), (second, "bob"), (second, "carol")]) link.Deliver(from);
                    }

                    await net[node].StartSecondProcess();
                    first.Release();
                    second.Release();
                    await net.Advance(TimeSpan.FromSeconds(n % 2 == 0 ? 0 : 30));
                    await net[node].CrashFirstProcess();
                });
        }
    }
}
