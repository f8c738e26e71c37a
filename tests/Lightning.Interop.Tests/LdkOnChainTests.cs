using System.Text.Json;
using System.Text.Json.Nodes;
using Lightning.Interop.Tests.Peers;

namespace Lightning.Interop.Tests;

/// <summary>Force closes against LDK with HTLCs pending in both directions, followed to the last satoshi on a real bitcoind.</summary>
[Collection("processes")]
public sealed class LdkOnChainTests
{
    private const string Ours = "lightning";
    private const string Ldk = "ldk";
    private const long Capacity = 2_000_000;
    private const long Pushed = 1_000_000;

    [SkippableTheory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public async Task After_a_force_close_with_HTLCs_both_ways_every_satoshi_is_accounted_for(bool byUs, bool anchors)
    {
        await using var pair = await LdkPair.StartAsync(anchors);
        await pair.OpenFromUsAsync(Capacity, Pushed);

        // Two HTLCs each way: the receiver takes the first of them after the close, and never the second.
        var (claimed, lost) = (await pair.HoldToLdkAsync(100_000_000), await pair.HoldToLdkAsync(60_000_000));
        var taken = await pair.HoldToUsAsync(50_000_000);

        // Another expiry: LDK 0.1 takes back HTLCs of one expiry in one transaction, and does not make it anew where one of them was claimed before.
        await pair.Bitcoind.MineAsync(1);
        await pair.SyncedAsync();
        var left = await pair.HoldToUsAsync(40_000_000);
        await Until.TrueAsync("four HTLCs are pending", TimeSpan.FromSeconds(60), async () => (await pair.Ours.OnlyChannelAsync()).GetProperty("pending_htlcs").GetArrayLength() == 4);

        // LDK answers an error message by publishing its own commitment: disconnected first, so that only one commitment is in play.
        await pair.Ldk.CallAsync("disconnect", new JsonObject { ["id"] = pair.Ours.NodeId });
        if (byUs) await pair.Ours.CloseChannelAsync(pair.FundingTxid, pair.FundingIndex, force: true);
        else await pair.Ldk.CallAsync("closechannel", new JsonObject { ["channel_id"] = pair.ChannelId, ["force"] = true });
        await pair.FundingSpenderAsync();
        await pair.Bitcoind.MineAsync(1);
        await pair.SyncedAsync();

        await pair.Ldk.CallAsync("claim", new JsonObject { ["payment_hash"] = Convert.ToHexStringLower(claimed.Hash) });
        await pair.Ours.SettleAsync(taken);
        await pair.Bitcoind.MineUntilAsync("both sides are done", 1100, pair.SyncedAsync, pair.IsOverAsync, pair.StateAsync);

        Assert.Equal("SUCCEEDED", await claimed.StatusAsync());
        Assert.Equal("FAILED", await lost.StatusAsync());
        Assert.Equal("SETTLED", await pair.Ours.InvoiceStateAsync(taken.Hash));
        Assert.NotEqual("SETTLED", await pair.Ours.InvoiceStateAsync(left.Hash));
        var money = await ChannelMoney.FollowAsync(pair.Bitcoind, pair.FundingTxid, pair.FundingIndex, Ours, Ldk);
        var anchorsPaid = anchors ? 660 : 0;
        Assert.All(money.Left, value => Assert.Equal(330, value));
        Assert.InRange(money.Owed(Ours) - (Capacity - Pushed - 100_000 + 50_000 - money.ClosingFee - anchorsPaid), 0, anchorsPaid);
        Assert.InRange(money.Owed(Ldk) - (Pushed + 100_000 - 50_000), 0, anchorsPaid);
        Assert.Equal(Capacity - money.ClosingFee, money.Owed(Ours) + money.Owed(Ldk) + money.Left.Sum());
    }
}
