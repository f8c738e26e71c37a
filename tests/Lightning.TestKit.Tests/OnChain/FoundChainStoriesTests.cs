namespace Lightning.TestKit.Tests.OnChain;

/// <summary>Stories on chain in which something went wrong once, as they were printed when they were found.</summary>
public sealed class FoundChainStoriesTests
{
    [Fact]
    public async Task A_claim_that_one_decision_would_repeat_and_give_up_is_not_published()
    {
        await using var story = await ChainStory.Begin(new ChainSetup { Seed = 102, PushSat = 100_000, BobsCoins = 200_000 });
        await story.Mine(10);
        await story.ForceClose("alice");
        await story.Mine(6);
        await story.Reorg(10, isEmpty: true);
        await story.Feerate(3622);
        await story.DeliverAll();
        await story.Chain("bob", false);
        await story.Mine(3);
        await story.Crash("bob");
        await story.Mine(11);
        await story.Finish();
    }

    [Fact]
    public async Task A_channel_that_one_decision_reopens_and_ends_again_ends()
    {
        await using var story = await ChainStory.Begin(new ChainSetup { Seed = 162, PushSat = 900_000, BobsCoins = 200_000 });
        await story.Mine(2);
        await story.ForceClose("alice");
        await story.Mine(1);
        await story.Withhold(2);
        await story.Mine(3);
        await story.AllowAll();
        await story.CrashAfterWrite("bob", 2);
        await story.Mine(1);
        await story.Mine(3);
        await story.Reorg(7, isEmpty: false);
        await story.Reorg(1, isEmpty: false);
        await story.Finish();
    }

    [Fact]
    public async Task What_paid_for_a_commitment_is_followed_again_after_a_reorganisation_that_was_taken_for_impossible()
    {
        await using var story = await ChainStory.Begin(new ChainSetup { Seed = 612, PushSat = 900_000, BobsCoins = 200_000 });
        await story.Mine(11);
        await story.Feerate(1896);
        await story.ForceClose("alice");
        await story.Mine(1);
        await story.Mine(1);
        await story.CrashBeforeWrite("alice", 1);
        await story.Mine(1);
        await story.Mine(1);
        await story.Mine(2);
        await story.Reorg(8, isEmpty: true);
        await story.Finish();
    }

    [Fact]
    public async Task A_channel_whose_closing_transaction_is_in_a_block_is_not_closed_by_its_commitment()
    {
        await using var story = await ChainStory.Begin(new ChainSetup { Seed = 21187, PushSat = 900000, BobsCoins = 200000 });
        await story.Close("bob");
        await story.DeliverAll();
        await story.Mine(1);
        await story.Deliver("bob", 3);
        await story.DeliverAll();
        await story.Start("alice");
        await story.Mine(2);
        await story.ForceClose("bob");
        await story.Finish();
    }

    [Fact]
    public async Task A_claim_of_little_leaves_no_dust_that_nobody_relays()
    {
        await using var story = await ChainStory.Begin(new ChainSetup { Seed = 20178, PushSat = 100_000, BobsCoins = 200_000 });
        await story.Pay(2, "alice", 529_286, hold: true);
        await story.DeliverAll();
        await story.Resolve(2, settle: true);
        await story.ForceClose("alice");
        await story.Finish();
    }

    [Fact]
    public async Task What_paid_for_a_commitment_is_followed_again_also_where_bitcoind_was_away_for_the_reorganisation()
    {
        await using var story = await ChainStory.Begin(new ChainSetup { Seed = 20319, PushSat = 900000, BobsCoins = 200000 });
        await story.Mine(2);
        await story.Mine(2);
        await story.CrashAfterWrite("bob", 0);
        await story.Feerate(3696);
        await story.Start("bob");
        await story.Mine(2);
        await story.Mine(2);
        await story.ForceClose("bob");
        await story.Mine(1);
        await story.Mine(3);
        await story.CrashBeforeWrite("bob", 3);
        await story.Mine(1);
        await story.Chain("bob", false);
        await story.Reorg(10, isEmpty: false);
        await story.Advance(55);
        await story.Chain("bob", true);
        await story.Finish();
    }

    [Fact]
    public async Task What_paid_for_a_commitment_is_followed_again_also_where_a_write_was_lost_before_the_reorganisation()
    {
        await using var story = await ChainStory.Begin(new ChainSetup { Seed = 20414, PushSat = 900000, BobsCoins = 200000 });
        await story.Mine(7);
        await story.Feerate(2763);
        await story.ForceClose("bob");
        await story.CrashAfterWrite("bob", 2);
        await story.Mine(2);
        await story.Mine(3);
        await story.Reorg(8, isEmpty: false);
        await story.Finish();
    }

    [Fact]
    public async Task What_paid_for_a_commitment_is_followed_again_when_it_is_mined_in_another_block_before_a_restart()
    {
        await using var story = await ChainStory.Begin(new ChainSetup { Seed = 21329, PushSat = 900000, BobsCoins = 30000 });
        await story.Mine(10);
        await story.Feerate(746);
        await story.ForceClose("bob");
        await story.Mine(1);
        await story.CrashBeforeWrite("bob", 0);
        await story.Reorg(3, isEmpty: false);
        await story.Mine(6);
        await story.Finish();
    }

    [Fact]
    public async Task What_paid_for_a_commitment_is_followed_again_after_two_reorganisations()
    {
        await using var story = await ChainStory.Begin(new ChainSetup { Seed = 22460, PushSat = 900000, BobsCoins = 200000 });
        await story.Mine(5);
        await story.Restart("alice");
        await story.Mempool(1683);
        await story.Mine(3);
        await story.ForceClose("alice");
        await story.Reorg(3, isEmpty: false);
        await story.Mine(3);
        await story.Crash("alice");
        await story.Reorg(8, isEmpty: false);
        await story.Finish();
    }

    [Fact]
    public async Task What_paid_for_the_peers_commitment_is_followed_again_after_a_reorganisation()
    {
        await using var story = await ChainStory.Begin(new ChainSetup { Seed = 22513, PushSat = 100000, BobsCoins = 200000 });
        await story.Mine(6);
        await story.Feerate(3023);
        await story.ForceClose("alice");
        await story.DeliverAll();
        await story.CrashAfterWrite("bob", 2);
        await story.Mine(1);
        await story.Reorg(3, isEmpty: false);
        await story.Mine(3);
        await story.Mine(1);
        await story.Finish();
    }

    [Fact]
    public async Task A_penalty_in_the_block_of_the_cheat_itself_is_seen()
    {
        await using var story = await ChainStory.Begin(new ChainSetup { Seed = 30073, PushSat = 900000, BobsCoins = 200000 });
        await story.Mine(1);
        await story.Pay(2, "bob", 41930302);
        await story.Keep("alice");
        await story.Mine(2);
        await story.Mine(2);
        await story.DeliverAll();
        await story.Cheat();
        await story.Mine(1);
        await story.Reorg(3, isEmpty: false);
        await story.Finish();
    }
}
