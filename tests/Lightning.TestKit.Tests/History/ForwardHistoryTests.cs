using Lightning.Actors.Api;
using Lightning.TestKit.Tests.Faults;

namespace Lightning.TestKit.Tests.History;

/// <summary>What a node in the middle tells of the payments that went through it.</summary>
public sealed class ForwardHistoryTests
{
    [Theory]
    [InlineData(ScenarioJournals.InMemory)]
    [InlineData(ScenarioJournals.Sqlite)]
    public async Task Payments_through_a_node_are_listed_by_the_time_of_their_settlement_and_earn_what_is_reported(ScenarioJournals journals)
    {
        await using var net = await Line.Create(new ScenarioOptions { Journals = journals });
        var (alice, bob, carol) = (net["alice"], net["bob"], net["carol"]);
        var events = await bob.Do(static api => api.SubscribeHtlcEventsAsync());
        var fees = MilliSatoshi.Zero;
        var times = new List<DateTimeOffset>();
        for (var n = 1; n <= 3; n++)
        {
            fees += (await alice.Pay(await carol.Invoice((n * 10_000).Sat()))).Info.Fee;
            times.Add((await net.ForwardsOf("bob"))[^1].SettledAt);
            await net.Advance(TimeSpan.FromHours(9));
        }

        var failed = await carol.Invoice(40_000.Sat());
        await carol.Cancel(failed);
        Assert.Equal(PaymentStatus.Failed, (await alice.Pay(failed)).Info.Status);
        var forwards = await net.ForwardsOf("bob");
        Assert.Equal([10_000_000L, 20_000_000, 30_000_000], forwards.Select(static forward => forward.AmountOut.Value));
        Assert.Equal(fees.Value, forwards.Sum(static forward => forward.Fee.Value));
        Assert.Equal(times, forwards.Select(static forward => forward.SettledAt));
        var channels = await bob.Do(static api => api.ListChannelsAsync());
        Assert.All(forwards, forward => Assert.Equal((alice.Id, carol.Id), (PeerOf(forward.IncomingChannel), PeerOf(forward.OutgoingChannel))));

        // The first one is more than a day ago.
        var report = await bob.Do(static api => api.GetFeeReportAsync());
        Assert.Equal((fees - forwards[0].Fee, fees, fees), (report.Day, report.Week, report.Month));
        Assert.Equal(channels.Select(static channel => channel.Funding), report.Channels.Select(static channel => channel.Funding));
        Assert.All(report.Channels, static channel => Assert.Equal((1_000L.Msat(), 1U), (channel.Base, channel.ProportionalMillionths)));
        var dearer = new UpdateChannelPolicyRequest { Channel = channels[0].Funding, FeeBase = 7L.Msat(), FeeProportionalMillionths = 800, CltvExpiryDelta = 40 };
        Assert.Empty(await bob.Do(api => api.UpdateChannelPolicyAsync(dearer)));
        report = await bob.Do(static api => api.GetFeeReportAsync());
        Assert.Equal([(7L.Msat(), 800U), (1_000L.Msat(), 1U)], report.Channels.Select(static channel => (channel.Base, channel.ProportionalMillionths)));
        Assert.Equal(
            [20_000_000L],
            (await bob.Do(api => api.ListForwardsAsync(new ListForwardsQuery { From = times[1] - TimeSpan.FromHours(1), To = times[2] - TimeSpan.FromHours(1) }))).Forwards.Select(static forward => forward.AmountOut.Value));

        var told = await bob.Do(async _ =>
        {
            var heard = new List<HtlcEvent>();
            await foreach (var happened in events)
            {
                heard.Add(happened);
                if (heard.Count == 8) break;
            }

            return heard;
        });
        Assert.Equal(
            [
                HtlcEventKind.Forwarded, HtlcEventKind.Settled, HtlcEventKind.Forwarded, HtlcEventKind.Settled, HtlcEventKind.Forwarded, HtlcEventKind.Settled, HtlcEventKind.Forwarded,
                HtlcEventKind.Failed,
            ],
            told.Select(static one => one.Kind));
        await bob.Restart();
        Assert.Equal(forwards, await net.ForwardsOf("bob"));
        await net.AllIsWell();

        NodeId PeerOf(ShortChannelId? channel) => channels.Single(one => one.ShortChannelId == channel).Peer;
    }
}
