using Lightning.TestKit.Exploration;

namespace Lightning.TestKit.Tests.Exploration;

/// <summary>Stories in which something went wrong once, as they were printed when they were found.</summary>
public sealed class FoundStoriesTests
{
    [Fact]
    public async Task What_a_peer_said_while_a_channel_could_not_start_is_asked_for_again()
    {
        // Its channel_reestablish was lost, and both waited for ever over a healthy connection.
        await using var story = await ExploredNetwork.Begin(new ExplorationSetup { Seed = 12, Nodes = 3, Push = 20_000_000.Msat(), Channels = 2, MaxAcceptedHtlcs = 19 });
        await story.FillDisk("bob", true);
        await story.Crash("bob");
        await story.Start("bob");
        await story.Advance(3);
        await story.Finish();
    }

    [Fact]
    public async Task A_payment_that_was_on_its_way_when_its_node_died_goes_on_although_the_height_was_not_known_at_first()
    {
        // It was looked at twice before the first block was known, and never again.
        await using var story = await ExploredNetwork.Begin(new ExplorationSetup { Seed = 122, Nodes = 3, Push = 20_000_000.Msat(), MaxAcceptedHtlcs = 10 });
        await story.CrashBeforeWrite("carol", 4, null);
        await story.Cut("bob", "carol");
        await story.Pay(11, "bob", "carol", 510_000_000);
        await story.Advance(83);
        await story.Deliver("bob", "carol", 3);
        await story.Pay(18, "carol", "bob", 3_676_509);
        await story.HoldAnswers("carol");
        await story.Start("carol");
        await story.Advance(3);
        await story.Finish();
    }

    [Fact]
    public async Task A_channel_that_closes_right_after_a_result_was_acknowledged_is_over()
    {
        // The acknowledgement waited for a write, was forgotten at the last one, and the channel stayed for somebody to take the result.
        await using var story = await ExploredNetwork.Begin(new ExplorationSetup { Seed = 30100029, Nodes = 3, Push = 0.Msat(), MaxAcceptedHtlcs = 3 });
        await story.Pay(11, "alice", "bob", 3_701_107, hold: true);
        await story.CrashBeforeWrite("alice", 0, null);
        await story.Pay(17, "bob", "alice", 2_713_952, hold: true);
        await story.Start("alice");
        await story.Feerate(2186);
        await story.Deliver("alice", "bob", 2);
        await story.Close("bob", 0);
        await story.Finish();
    }
}
