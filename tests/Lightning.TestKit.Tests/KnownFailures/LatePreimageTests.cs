using Lightning.Actors.Api;
using Lightning.Bitcoin.Transactions;
using Lightning.Protocol.Messages;
using Lightning.TestKit.Tests.Conformance;

namespace Lightning.TestKit.Tests.KnownFailures;

/// <summary>
/// Mallory pays eve over alice, whose commitment to eve no miner takes: before mallory's channel is lost over it, alice fails the HTLC there. Then eve takes hers after all, with the preimage.
/// </summary>
public sealed class LatePreimageTests
{
    [Fact]
    public async Task A_failure_that_was_not_sent_gives_way_to_the_preimage()
    {
        await using var way = await Way.Make();
        await way.Arrive();
        await way.Met.Mallory.Disconnect();
        var commitment = await FailEarly(way);
        await Take(way, commitment);
        await way.Met.Mallory.Connect("alice");
        await way.From.Run();
        Assert.Equal(way.Preimage, Assert.Single(way.From.Preimages));
        Assert.Empty(way.From.Failures);
        way.From.ShouldBeUsable();
        await way.Net.Mine(100);
        Assert.Equal(MilliSatoshi.Zero, Late(way));
    }

    // Mallory is away, and the HTLC near its expiry: alice takes it from her own commitment.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failure_that_was_not_sent_gives_way_to_it_on_chain(bool restarts)
    {
        await using var way = await Way.Make();
        await way.Arrive();
        await way.Met.Mallory.Disconnect();
        await Take(way, await FailEarly(way));
        if (restarts) await way.Alice.Restart();
        await way.Net.Mine(3);
        await ShouldHaveTaken(way, way.From.Published().HtlcOutput(0, isIncoming: false)!.Value);
    }

    // Mallory does not revoke the commitment that has the HTLC: it comes on chain, and alice takes it there.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failure_that_is_not_irrevocable_gives_way_to_it_on_chain(bool restarts)
    {
        await using var way = await Way.Make();
        await way.Arrive();
        var mine = way.From.Keep();
        var commitment = await FailEarly(way);
        await way.Met.Mallory.Expect<UpdateFailHtlc>();
        await Take(way, commitment);
        if (restarts) await way.Alice.Restart();
        await way.Net.Chain.MineHidden(mine.Transaction);
        await way.Net.Advance(TimeSpan.FromSeconds(10));
        await way.Net.Mine(3);
        await ShouldHaveTaken(way, mine.HtlcOutput(0, isIncoming: false)!.Value);
    }

    [Fact]
    public async Task An_incoming_HTLC_that_is_on_chain_is_taken_with_it()
    {
        await using var way = await Way.Make();
        await way.Arrive();
        await way.From.NodeCloses(force: true);
        var incoming = way.From.Published().HtlcOutput(0, isIncoming: false)!.Value;
        await way.Net.Mine();
        var commitment = await FailEarly(way);
        await Take(way, commitment);
        await way.Net.Mine(3);
        await ShouldHaveTaken(way, incoming);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_comes_when_the_incoming_HTLC_is_gone_is_lost_and_told(bool restarts)
    {
        await using var way = await Way.Make();
        await way.Arrive();
        var commitment = await FailEarly(way);
        await way.From.Run();
        Assert.Single(way.From.Failures);
        if (restarts) await way.Alice.Restart();
        await Take(way, commitment);
        Assert.Contains($"HTLC 0 was paid too late: {Way.Amount} lost", way.Net.Chart(), StringComparison.Ordinal);
        Assert.Empty(way.From.Preimages);
        await way.Net.Mine(100);
        Assert.Equal(Way.Amount, Late(way));
        if (!restarts) way.From.ShouldBeUsable();
    }

    private static async Task<ScriptedCommitment> FailEarly(Way way)
    {
        await way.Eve.Disconnect();
        var commitment = way.To.Keep();
        while (way.To.Spender() is null) await way.Net.Mine();
        way.Net.Chain.Withhold(way.To.Spender()!.TxId);
        while (!way.Net.Chart().Contains("is failed early", StringComparison.Ordinal))
        {
            Assert.True(way.Net.Chain.Height < way.IncomingExpiry, "The failure did not go up.");
            await way.Net.Mine();
        }

        return commitment;
    }

    private static async Task Take(Way way, ScriptedCommitment commitment)
    {
        await way.Net.Chain.MineHidden(commitment.Transaction);
        await way.Net.Chain.MineHidden(commitment.Take((0, way.Preimage)));
        await way.Net.Advance(TimeSpan.FromSeconds(10));
    }

    private static async Task ShouldHaveTaken(Way way, OutPoint incoming)
    {
        Assert.True(way.Alice.HasPublished(way.Net.Chain.FindConfirmedSpender(incoming)!.TxId));
        await way.Net.Mine(1_000);
        Assert.Equal("gone", way.From.StateAtNode);
        Assert.Equal(MilliSatoshi.Zero, Late(way));
    }

    private static MilliSatoshi Late(Way way) => way.Alice.Ledgers().Single(one => one.Funding == way.To.Funding).Ledger.SentLate;
}
