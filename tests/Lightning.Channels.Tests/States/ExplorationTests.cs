using System.Diagnostics;
using System.Globalization;

namespace Lightning.Channels.Tests.States;

public class ExplorationTests
{
    [Fact]
    public void Whatever_happens_no_peer_finds_fault_and_every_payment_ends_once() => Explore(60, static seed => new ChannelExplorer(seed).Run(250));

    [Fact]
    public void Whoever_closes_on_chain_every_payment_ends_once_as_the_chain_says() => Explore(40, static seed => new ChannelExplorer(seed).RunToTheChain(150));

    // So many stories, or as many as fit into LIGHTNING_EXPLORE_SECONDS.
    private static void Explore(int stories, Action<int> run)
    {
        var seconds = double.Parse(Environment.GetEnvironmentVariable("LIGHTNING_EXPLORE_SECONDS") ?? "0", CultureInfo.InvariantCulture);
        var first = int.Parse(Environment.GetEnvironmentVariable("LIGHTNING_EXPLORE_SEED") ?? "1", CultureInfo.InvariantCulture);
        var watch = Stopwatch.StartNew();
        for (var seed = first; seed < first + stories || watch.Elapsed.TotalSeconds < seconds; seed++)
        {
            try
            {
                run(seed);
            }
            catch (ExplorationException failure)
            {
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"Seed {seed}: {failure.Message}\n{failure.InnerException!.StackTrace}"));
            }
        }
    }
}
