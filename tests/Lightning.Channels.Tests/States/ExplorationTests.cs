using System.Diagnostics;
using System.Globalization;

namespace Lightning.Channels.Tests.States;

public class ExplorationTests
{
    /// <summary>Sixty stories, or as many as fit into LIGHTNING_EXPLORE_SECONDS.</summary>
    [Fact]
    public void Whatever_happens_no_peer_finds_fault_and_every_payment_ends_once()
    {
        var seconds = double.Parse(Environment.GetEnvironmentVariable("LIGHTNING_EXPLORE_SECONDS") ?? "0", CultureInfo.InvariantCulture);
        var first = int.Parse(Environment.GetEnvironmentVariable("LIGHTNING_EXPLORE_SEED") ?? "1", CultureInfo.InvariantCulture);
        var watch = Stopwatch.StartNew();
        for (var seed = first; seed < first + 60 || watch.Elapsed.TotalSeconds < seconds; seed++)
        {
            try
            {
                new ChannelExplorer(seed).Run(250);
            }
            catch (ExplorationException failure)
            {
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"Seed {seed}: {failure.Message}\n{failure.InnerException!.StackTrace}"));
            }
        }
    }
}
