using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Lightning.Actors.Api;
using Lightning.Actors.Metrics;
using Lightning.Channels.OnChain;
using Lightning.TestKit;

namespace Lightning.Actors.Tests.Nodes;

/// <summary>What a node shows of its channels on their way through the chain.</summary>
public sealed class ClosingViewTests
{
    [Fact]
    public async Task A_channel_that_is_closed_by_force_shows_every_output_until_it_is_back_and_a_ledger_at_the_end()
    {
        // Other tests of the process add to the same meter.
        var metrics = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener { InstrumentPublished = static (instrument, listener) => { if (instrument.Meter.Name == NodeMetrics.MeterName) listener.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => metrics.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => metrics[$"{instrument.Name} {(tags.IsEmpty ? "" : tags[0].Value)}".TrimEnd()] = value);
        listener.Start();

        await using var net = await Scenario.Network("alice", "bob");
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat(), push: 200_000_000.Msat());
        var scid = channel.ShortChannelId;
        (await net["alice"].Pay(await net["bob"].Invoice(30_000_123.Msat()))).ShouldSettle();
        var held = await net["bob"].HoldInvoice(50_000.Sat());
        await net["alice"].StartPayment(held);
        await net.Rest();
        Assert.Equal(30_000_123, Assert.Single(await net["alice"].Do(api => api.ListChannelsAsync())).TotalSent.Value);

        await net["alice"].Close(channel, force: true);
        var waiting = await Pending(net, "alice");
        Assert.Equal(PendingChannelStage.WaitingForClose, waiting.Stage);
        Assert.Null(waiting.MaturityHeight);
        Assert.All(waiting.OnChain!.Outputs.Where(static one => one.Stage != OutputStage.NotOurs), static one => Assert.Equal(OutputStage.Unconfirmed, one.Stage));

        await net.Mine();
        var closedAt = net.Chain.Height;
        var force = await Pending(net, "alice");
        Assert.Equal((PendingChannelStage.ForceClosing, Satoshi.Zero, AnchorState.Limbo), (force.Stage, force.RecoveredBalance, force.OnChain!.Anchor));
        Assert.True(force.MaturityHeight > closedAt);
        var htlc = Assert.Single(force.OnChain.Outputs, static one => one.HtlcStage == 1);
        Assert.Equal((false, 50_000.Sat(), OutputStage.Locked), (htlc.IsIncoming, htlc.Amount, htlc.Stage));
        Assert.Equal(channel.Spender()!.TxId, htlc.Output.OutPoint.TxId);
        Assert.Equal(force.LimboBalance, htlc.Amount + force.OnChain.Outputs.Single(static one => one.Output.Kind == ChainOutputKind.OurDelayed).Amount);

        listener.RecordObservableInstruments();
        Assert.True(metrics["channels force_closing"] >= 2);
        Assert.True(metrics["limbo_sat"] >= force.LimboBalance.Value);

        // Nothing of it is lost by a restart, its place on the chain included.
        await net["alice"].Restart();
        await net.Rest();
        var again = await Pending(net, "alice");
        Assert.Equal(force.PendingHtlcs, again.PendingHtlcs);
        Assert.Equal(force with { PendingHtlcs = [] }, again with { PendingHtlcs = [] });
        Assert.Equal(scid, channel.EntryAt("alice")!.ShortChannelId);

        // Bob takes the HTLC with its preimage: it is not alice's any more.
        await net["bob"].Settle(held);
        for (var i = 0; i < 10 && (await Pending(net, "alice")).OnChain!.Outputs.Single(static one => one.HtlcStage == 1).Output.Spend is null; i++) await net.Mine();
        var taken = await Pending(net, "alice");
        Assert.True(taken.OnChain!.Outputs.Single(static one => one.HtlcStage == 1).ShowsPreimage);
        Assert.Equal(force.LimboBalance - htlc.Amount, taken.LimboBalance);
        (await net["alice"].TrackPayment(held.PaymentHash)).ShouldSettle();

        for (var i = 0; i < 800 && (channel.StateAt("alice") != "gone" || channel.StateAt("bob") != "gone"); i++) await net.Mine();
        await net["alice"].Restart();
        await net.Rest();
        foreach (var (node, received, sent) in ((string, long, long)[])[("alice", 0, 80_000_123), ("bob", 80_000_123, 0)])
        {
            var closed = Assert.Single(await net[node].Do(api => api.ListClosedChannelsAsync()));
            var ledger = closed.Ledger!;
            Assert.Equal((closedAt, scid, channel.Spender()!.TxId), (closed.CloseHeight, closed.ShortChannelId, closed.ClosingTxId!.Value));
            Assert.True(ledger.AddsUp, ledger.ToString());
            Assert.Equal((received, sent, MilliSatoshi.Zero), (ledger.Received.Value, ledger.Sent.Value, ledger.Open));
            Assert.Equal(closed.SettledBalance, ledger.OnChain);
        }

        var ofAlice = Assert.Single(await net["alice"].Do(api => api.ListClosedChannelsAsync()));
        var ofBob = Assert.Single(await net["bob"].Do(api => api.ListClosedChannelsAsync()));
        Assert.Equal(ofAlice.SettledBalance, ofAlice.TimeLockedBalance);
        Assert.Equal(Satoshi.Zero, ofBob.TimeLockedBalance);
        Assert.Equal(
            [(ResolutionKind.Anchor, ResolutionOutcome.Abandoned), (ResolutionKind.OutgoingHtlc, ResolutionOutcome.Claimed), (ResolutionKind.Commitment, ResolutionOutcome.Claimed)],
            ofAlice.Resolutions.Select(static one => (one.Kind, one.Outcome)).OrderBy(static one => one.Kind));
        Assert.Contains(ofBob.Resolutions, static one => (one.Kind, one.Outcome) == (ResolutionKind.IncomingHtlc, ResolutionOutcome.Claimed) && one.SpentBy is not null);
        foreach (var name in (string[])["channels_closing", "claims_published", "claim_fees_sat", "closed_returned_sat", "closed_lost_sat"]) Assert.True(metrics[name] > 0, name);
        var wallet = await net["bob"].WalletBalance();
        Assert.Equal(ofBob.SettledBalance, wallet.Confirmed);
    }

    private static async Task<PendingChannel> Pending(ScenarioNetwork net, string node) => Assert.Single(await net[node].Do(api => api.ListPendingChannelsAsync()));
}
