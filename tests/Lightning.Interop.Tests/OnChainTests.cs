using System.Text.Json;
using System.Text.Json.Nodes;
using Lightning.Interop.Tests.Peers;

namespace Lightning.Interop.Tests;

/// <summary>Channels that end on the chain of a real bitcoind: two nodes of ours, and what bitcoind's blocks say of every satoshi.</summary>
[Collection("processes")]
public sealed class OnChainTests
{
    private const long Capacity = 2_000_000;
    private const long Pushed = 1_000_000;

    /// <summary>Two anchors of 330 sat, which the opener pays for.</summary>
    private const long Anchors = 660;

    [SkippableTheory]
    [InlineData(OurPair.Alice)]
    [InlineData(OurPair.Bob)]
    public async Task An_HTLC_is_claimed_with_its_preimage_after_a_force_close(string closer)
    {
        await using var pair = await OurPair.StartAsync();
        await pair.OpenAsync(Capacity, Pushed);
        var toBob = await OurPair.HoldAsync(pair.A, pair.B, 100_000_000);
        var toAlice = await OurPair.HoldAsync(pair.B, pair.A, 50_000_000);
        await pair.HtlcsAsync(2);

        await pair.ForceCloseAsync(closer == OurPair.Alice ? pair.A : pair.B);
        await pair.CommitmentAsync();
        await pair.MineAsync(1);

        // Only now do the receivers learn what they may take.
        await pair.B.SettleAsync(toBob);
        await pair.A.SettleAsync(toAlice);
        await ClosedAsync(pair);

        Assert.Equal("SUCCEEDED", await toBob.StatusAsync());
        Assert.Equal("SUCCEEDED", await toAlice.StatusAsync());
        var money = await pair.MoneyAsync();
        AddsUp(money, alice: Capacity - Pushed - 100_000 + 50_000, bob: Pushed + 100_000 - 50_000);
    }

    [SkippableFact]
    public async Task What_nobody_claims_comes_back_after_its_expiry()
    {
        await using var pair = await OurPair.StartAsync();
        await pair.OpenAsync(Capacity, Pushed);
        var toBob = await OurPair.HoldAsync(pair.A, pair.B, 100_000_000);
        var toAlice = await OurPair.HoldAsync(pair.B, pair.A, 50_000_000);
        await pair.HtlcsAsync(2);

        await pair.ForceCloseAsync(pair.A);
        await pair.CommitmentAsync();
        await ClosedAsync(pair);

        Assert.Equal("FAILED", await toBob.StatusAsync());
        Assert.Equal("FAILED", await toAlice.StatusAsync());
        AddsUp(await pair.MoneyAsync(), alice: Capacity - Pushed, bob: Pushed);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_revoked_commitment_with_HTLCs_in_flight_is_punished_whole(bool takesAnHtlcFirst)
    {
        await using var pair = await OurPair.StartAsync();
        await pair.OpenAsync(Capacity, Pushed);
        var toBob = await OurPair.HoldAsync(pair.A, pair.B, 100_000_000);
        var toAlice = await OurPair.HoldAsync(pair.B, pair.A, 50_000_000);
        await pair.HtlcsAsync(2);

        // alice keeps this state, and all that comes after revokes it.
        await pair.A.StopAsync();
        var old = pair.A.CopyFolder();
        await pair.A.StartAgainAsync();
        await pair.A.ActiveAsync(pair.FundingTxid);
        await pair.B.SettleAsync(toBob);
        await pair.A.SettleAsync(toAlice);
        await pair.HtlcsAsync(0);
        Assert.Equal("SUCCEEDED", (await pair.A.PayAsync(await pair.B.InvoiceAsync(300_000_000))).GetProperty("status").GetString());
        await pair.HtlcsAsync(0);

        await pair.A.StopAsync();
        await pair.B.StopAsync();
        pair.A.RestoreFolder(old);
        await pair.A.StartAgainAsync();
        await Until.TrueAsync("alice has her channel", TimeSpan.FromSeconds(30), async () => (await pair.A.ChannelsAsync()).Length == 1);
        await pair.ForceCloseAsync(pair.A);
        var commitment = await pair.CommitmentAsync();
        Assert.Equal(6, commitment.GetProperty("vout").GetArrayLength());
        await pair.MineAsync(1);
        if (takesAnHtlcFirst)
        {
            // With the preimage that it has by now, the cheater's second stage is in a block before the other wakes up.
            await pair.A.SettleAsync(toAlice);
            var taken = commitment.GetProperty("vout").EnumerateArray().Single(o => o.GetProperty("value").GetDecimal() == 0.0005m).GetProperty("n").GetInt32();
            await pair.MineUntilAsync("the cheater's HTLC transaction confirms", 80, async () =>
                (await pair.Bitcoind.CallAsync("gettxout", commitment.GetProperty("txid").GetString(), taken, false)).ValueKind is JsonValueKind.Null);
        }

        // It has much to catch up with: no block comes before it has answered.
        var waiting = await pair.Bitcoind.MempoolAsync();
        await pair.B.StartAgainAsync();
        await Until.TrueAsync("bob's penalties are published", TimeSpan.FromSeconds(60), async () => (await pair.Bitcoind.MempoolAsync()).Except(waiting, StringComparer.Ordinal).Any());
        await pair.MineUntilAsync("bob counts the channel as closed", 40, () => OurPair.IsClosedAsync(pair.B, "BREACH_CLOSE"));

        // Everything is bob's: the whole capacity less what the commitment paid, and alice is left with what her own fees cost her.
        var money = await pair.MoneyAsync();
        Assert.Equal(Capacity - money.ClosingFee - money.Left.Sum(), money.Gained(OurPair.Bob) + money.FeesOf(OurPair.Bob) + money.Gained(OurPair.Alice) + money.FeesOf(OurPair.Alice));
        Assert.All(money.Left, left => Assert.Equal(330, left));
        Assert.InRange(money.Owed(OurPair.Alice), 0, 330);
        Assert.True(money.FeesOf(OurPair.Bob) < Capacity / 20, $"bob paid {money.FeesOf(OurPair.Bob)} sat in fees");
    }

    [SkippableFact]
    public async Task A_reorganisation_of_twenty_blocks_takes_nothing()
    {
        await using var pair = await OurPair.StartAsync();
        await pair.OpenAsync(Capacity, Pushed);
        await pair.MineAsync(20);
        var toBob = await OurPair.HoldAsync(pair.A, pair.B, 100_000_000);
        var toAlice = await OurPair.HoldAsync(pair.B, pair.A, 50_000_000);
        await pair.HtlcsAsync(2);
        await pair.ForceCloseAsync(pair.A);
        await pair.CommitmentAsync();
        var before = await pair.Bitcoind.HeightAsync();
        await pair.MineAsync(1);
        await pair.B.SettleAsync(toBob);
        await pair.MineUntilAsync("nineteen blocks on top", 19, async () => await pair.Bitcoind.HeightAsync() >= before + 20);

        // The new chain has neither the commitment nor any claim, and is longer.
        await pair.Bitcoind.CallAsync("invalidateblock", (await pair.Bitcoind.CallAsync("getblockhash", before + 1)).GetString());
        var elsewhere = (await pair.Bitcoind.WalletCallAsync("getnewaddress")).GetString();
        for (var i = 0; i < 21; i++) await pair.Bitcoind.CallAsync("generateblock", elsewhere, new JsonArray());
        await pair.SyncedAsync();
        Assert.Empty((await pair.A.GetAsync("/v1/channels/closed")).GetProperty("channels").EnumerateArray());

        await pair.CommitmentAsync();
        await ClosedAsync(pair);
        Assert.Equal("SUCCEEDED", await toBob.StatusAsync());
        Assert.Equal("FAILED", await toAlice.StatusAsync());
        AddsUp(await pair.MoneyAsync(), alice: Capacity - Pushed - 100_000, bob: Pushed + 100_000);
    }

    [SkippableFact]
    public async Task In_a_fee_spike_the_commitment_gets_in_by_its_anchor_as_a_package()
    {
        await using var pair = await OurPair.StartAsync("-maxmempool=5");
        await pair.Bitcoind.MineAsync(60);
        await pair.OpenAsync(Capacity, Pushed);
        var toBob = await OurPair.HoldAsync(pair.A, pair.B, 100_000_000);
        await pair.HtlcsAsync(1);
        await pair.Bitcoind.FillMempoolAsync();

        // What the mempool asks for is known with the next block at the latest, and stays for hours.
        await pair.ForceCloseAsync(pair.B);
        await pair.MineUntilAsync("the commitment is in the mempool", 3, async () => await pair.FindCommitmentAsync() is not null);
        var floor = (await pair.Bitcoind.CallAsync("getmempoolinfo")).GetProperty("mempoolminfee").GetDecimal() * 100_000_000m / 1000;
        var commitment = await pair.CommitmentAsync();
        var entry = await pair.Bitcoind.CallAsync("getmempoolentry", commitment.GetProperty("txid").GetString());
        var alone = entry.GetProperty("fees").GetProperty("base").GetDecimal() * 100_000_000m / entry.GetProperty("vsize").GetInt32();
        Assert.True(alone < floor, $"the commitment pays {alone} sat/vB by itself, the mempool wants {floor}");
        Assert.True(entry.GetProperty("descendantcount").GetInt32() > 1);

        await pair.MineAsync(1);
        await pair.B.SettleAsync(toBob);
        await ClosedAsync(pair);
        Assert.Equal("SUCCEEDED", await toBob.StatusAsync());
        AddsUp(await pair.MoneyAsync(), alice: Capacity - Pushed - 100_000, bob: Pushed + 100_000);
    }

    private static Task ClosedAsync(OurPair pair) => pair.MineUntilAsync("both count the channel as closed", 1100, async () =>
        await IsForcedAsync(pair.A) && await IsForcedAsync(pair.B));

    private static async Task<bool> IsForcedAsync(LightningNode node)
    {
        foreach (var channel in (await node.GetAsync("/v1/channels/closed")).GetProperty("channels").EnumerateArray())
        {
            Assert.Contains(channel.GetProperty("close_type").GetString(), (string[])["LOCAL_FORCE_CLOSE", "REMOTE_FORCE_CLOSE"]);
            return true;
        }

        return false;
    }

    /// <summary>Each got what the channel owed it (in sat), less its own claims' fees; alice, the opener, pays for the commitment and both anchors, and who spends an anchor has it.</summary>
    private static void AddsUp(ChannelMoney money, long alice, long bob)
    {
        Assert.All(money.Left, left => Assert.Equal(330, left));
        var anchorsTaken = Anchors - money.Left.Sum();
        Assert.Equal(alice + bob - money.ClosingFee - Anchors + anchorsTaken, money.Owed(OurPair.Alice) + money.Owed(OurPair.Bob));
        Assert.InRange(money.Owed(OurPair.Alice) - (alice - money.ClosingFee - Anchors), 0, Anchors);
        Assert.InRange(money.Owed(OurPair.Bob) - bob, 0, 330);
        Assert.InRange(money.FeesOf(OurPair.Alice) + money.FeesOf(OurPair.Bob), 1, (alice + bob) / 20);
    }
}
