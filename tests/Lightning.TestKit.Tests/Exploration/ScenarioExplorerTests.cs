using Lightning.TestKit.Exploration;

namespace Lightning.TestKit.Tests.Exploration;

public sealed class ScenarioExplorerTests
{
    private static readonly ExplorationSetup Two = new() { Seed = 3, Nodes = 2 };

    [Fact]
    public async Task A_story_that_goes_wrong_is_made_short_and_printed_as_code()
    {
        var armed = new HashSet<ExploredNetwork>();
        var story = StoryTeller.Tell(5, Two, 20).ToList();
        story.Insert(7, new ExplorationStep("Arm()", it => Task.FromResult(armed.Add(it))));
        story.Insert(15, new ExplorationStep("Fire()", it => armed.Contains(it) ? throw new ScenarioException("It went off at step 15.") : Task.CompletedTask));
        var failure = (await ScenarioExplorer.Explore(Two, story)).Failure;
        Assert.Equal(
            """
            await using var story = await ExploredNetwork.Begin(new ExplorationSetup { Seed = 3, Nodes = 2, Capacity = 1000000.Sat(), Push = 400000000.Msat(), Channels = 1, MaxAcceptedHtlcs = 30 });
            await story.Arm();
            await story.Fire();
            await story.Finish();
            """,
            failure!.Code,
            ignoreLineEndingDifferences: true);
        Assert.Contains("It went off", failure.Message, StringComparison.Ordinal);
        Assert.Equal(22, failure.Original);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_seed_tells_the_same_story_in_the_same_way_each_time(int seed)
    {
        Assert.Equal(await ChartAsync(seed), await ChartAsync(seed));
    }

    [Fact]
    public async Task Only_steps_that_do_something_count()
    {
        await using var story = await ExploredNetwork.Begin(Two);
        await story.Deliver("alice", "bob");
        await story.DeliverAll();
        await story.Start("alice");
        await story.Chain("alice", isThere: true);
        await story.FillDisk("alice", isFull: false);
        await story.ReleaseWrites("bob");
        await story.Resolve(1, settle: true);
        Assert.Equal(0, story.Steps);
        await story.Pay(1, "alice", "bob", 5_000, hold: true);
        await story.DeliverAll();
        await story.Resolve(1, settle: true);
        await story.Resolve(1, settle: true);
        Assert.Equal(3, story.Steps);
        await story.Finish();
        Assert.Equal(3, story.Steps);
    }

    [Fact]
    public async Task Money_that_is_missing_in_the_end_is_noticed()
    {
        await using var story = await ExploredNetwork.Begin(Two);
        await story.Pay(1, "alice", "bob", 5_000);
        await story.DeliverAll();

        // A payment that the story knows nothing of.
        var network = story.Network;
        network.Link("alice", "bob").Release();
        (await network["alice"].Pay(await network["bob"].Invoice(1_000.Msat()))).ShouldSettle();
        var failure = await Assert.ThrowsAsync<ScenarioException>(story.Finish);
        Assert.Contains("should have", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_channel_that_closes_without_being_asked_to_is_noticed(bool isForced)
    {
        await using var story = await ExploredNetwork.Begin(Two);
        var network = story.Network;
        network.Link("alice", "bob").Release();
        await network["alice"].Close(network.Channels[0], isForced);
        var failure = await Assert.ThrowsAsync<ScenarioException>(() => story.Advance(1));
        Assert.Contains(isForced ? "alice complains to bob" : "is closed by", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Money_on_the_chain_that_no_channel_held_is_noticed()
    {
        await using var story = await ExploredNetwork.Begin(Two);
        await story.Close("alice", 0);
        await story.DeliverAll();
        await story.Network["alice"].Fund(1_000.Sat());
        var failure = await Assert.ThrowsAsync<ScenarioException>(story.Finish);
        Assert.Contains("on the chain and should have", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<string> ChartAsync(int seed)
    {
        var setup = StoryTeller.Setup(seed);
        await using var story = await ExploredNetwork.Begin(setup);
        foreach (var step in StoryTeller.Tell(seed, setup, 80)) await step.Do(story);
        await story.Finish();
        return story.Network.Chart();
    }
}
