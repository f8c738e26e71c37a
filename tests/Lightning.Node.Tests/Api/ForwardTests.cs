using System.Text.Json;
using Grpc.Core;
using Grpc.Net.Client;
using Lightning.Actors.Api;
using Lightning.Node.Tests.Fakes;
using Code = Lightning.Node.Api.Lnrpc.Failure.Types.FailureCode;

namespace Lightning.Node.Tests.Api;

public sealed class ForwardTests : IAsyncLifetime
{
    private readonly ApiFixture _api = new();
    private GrpcChannel _channel = null!;

    private Metadata ReadOnly => ApiFixture.With(_api.Hex("readonly"));

    public async Task InitializeAsync()
    {
        await _api.InitializeAsync();
        _channel = _api.Grpc();
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task A_forward_is_shown_with_its_fee_its_channels_and_its_time()
    {
        var lightning = new Lnrpc.Lightning.LightningClient(_channel);
        var history = await lightning.ForwardingHistoryAsync(
            new Lnrpc.ForwardingHistoryRequest { StartTime = 100, EndTime = 200, IndexOffset = 7, NumMaxEvents = 3, OutgoingChanIds = { 9 }, PeerAliasLookup = true }, ReadOnly);
        var query = Assert.IsType<ListForwardsQuery>(_api.Node.LastRequest);
        Assert.Equal((7UL, 3), (query.Offset, query.Limit));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(100), query.From);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(201) - TimeSpan.FromTicks(1), query.To);
        Assert.Equal([new ShortChannelId(9)], query.OutgoingChannels);
        Assert.Equal(8u, history.LastOffsetIndex);
        var forward = Assert.Single(history.ForwardingEvents);
        Assert.Equal((1UL, 1500UL, 501UL, 501_500UL, 500UL, 500_000UL), (forward.Fee, forward.FeeMsat, forward.AmtIn, forward.AmtInMsat, forward.AmtOut, forward.AmtOutMsat));
        Assert.Equal((FakeNode.Passed.IncomingChannel!.Value.Value, FakeNode.Passed.OutgoingChannel!.Value.Value), (forward.ChanIdIn, forward.ChanIdOut));
        Assert.Equal((5UL, 6UL), (forward.IncomingHtlcId, forward.OutgoingHtlcId));
        Assert.Equal((ulong)FakeNode.Now.ToUnixTimeSeconds(), forward.Timestamp);
        Assert.Equal(forward.Timestamp * 1_000_000_000, forward.TimestampNs);
        Assert.Equal("unable to lookup peer alias", forward.PeerAliasIn);
        await lightning.ForwardingHistoryAsync(new Lnrpc.ForwardingHistoryRequest(), ReadOnly);
        Assert.Equal(100, Assert.IsType<ListForwardsQuery>(_api.Node.LastRequest).Limit);
    }

    [Fact]
    public async Task The_fee_report_is_in_whole_satoshi()
    {
        var report = await new Lnrpc.Lightning.LightningClient(_channel).FeeReportAsync(new Lnrpc.FeeReportRequest(), ReadOnly);
        Assert.Equal((1UL, 20UL, 300UL), (report.DayFeeSum, report.WeekFeeSum, report.MonthFeeSum));
        var channel = Assert.Single(report.ChannelFees);
        Assert.Equal((1000L, 250L, 0.00025), (channel.BaseFeeMsat, channel.FeePerMil, channel.FeeRate));
    }

    [Fact]
    public async Task What_happens_to_HTLCs_is_told_after_a_word_that_the_listening_has_begun()
    {
        using var call = new Routerrpc.Router.RouterClient(_channel).SubscribeHtlcEvents(new Routerrpc.SubscribeHtlcEventsRequest(), ReadOnly);
        var events = new List<Routerrpc.HtlcEvent>();
        await foreach (var happened in call.ResponseStream.ReadAllAsync()) events.Add(happened);
        Assert.Equal(
            [
                Routerrpc.HtlcEvent.EventOneofCase.SubscribedEvent, Routerrpc.HtlcEvent.EventOneofCase.ForwardEvent, Routerrpc.HtlcEvent.EventOneofCase.SettleEvent,
                Routerrpc.HtlcEvent.EventOneofCase.ForwardFailEvent, Routerrpc.HtlcEvent.EventOneofCase.LinkFailEvent,
            ],
            events.Select(static one => one.EventCase));
        Assert.All(events.Skip(1), static one => Assert.Equal(Routerrpc.HtlcEvent.Types.EventType.Forward, one.EventType));
        Assert.Equal((300u, 220u, 501_500UL, 500_000UL), (events[1].ForwardEvent.Info.IncomingTimelock, events[1].ForwardEvent.Info.OutgoingTimelock, events[1].ForwardEvent.Info.IncomingAmtMsat, events[1].ForwardEvent.Info.OutgoingAmtMsat));
        Assert.Equal(32, events[2].SettleEvent.Preimage.Length);
        Assert.Equal((Code.TemporaryChannelFailure, Routerrpc.FailureDetail.InsufficientBalance), (events[4].LinkFailEvent.WireFailure, events[4].LinkFailEvent.FailureDetail));
        Assert.Equal(0UL, events[4].OutgoingHtlcId);
    }

    [Fact]
    public async Task Forwards_and_fees_are_served_over_REST()
    {
        using var http = _api.Http(_api.Hex("readonly"));
        using var content = new StringContent("""{"start_time":"100","num_max_events":5}""");
        using var response = await http.PostAsync(new Uri("/v1/switch", UriKind.Relative), content);
        using var history = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var forward = history.RootElement.GetProperty("forwarding_events")[0];
        Assert.Equal("1500", forward.GetProperty("fee_msat").GetString());
        Assert.Equal("5", forward.GetProperty("incoming_htlc_id").GetString());
        Assert.Equal(1, history.RootElement.GetProperty("last_offset_index").GetInt32());
        using var fees = JsonDocument.Parse(await http.GetStringAsync(new Uri("/v1/fees", UriKind.Relative)));
        Assert.Equal("20", fees.RootElement.GetProperty("week_fee_sum").GetString());
        var lines = (await http.GetStringAsync(new Uri("/v2/router/htlcevents", UriKind.Relative))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("subscribed_event", lines[0], StringComparison.Ordinal);
        Assert.Contains("settle_event", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_creation_date_includes_the_whole_of_its_last_second()
    {
        var lightning = new Lnrpc.Lightning.LightningClient(_channel);
        await lightning.ListInvoicesAsync(new Lnrpc.ListInvoiceRequest { CreationDateStart = 10, CreationDateEnd = 20, Reversed = true, IndexOffset = 4 }, ReadOnly);
        var invoices = Assert.IsType<ListInvoicesQuery>(_api.Node.LastRequest);
        Assert.Equal((DateTimeOffset.FromUnixTimeSeconds(10), DateTimeOffset.FromUnixTimeSeconds(21) - TimeSpan.FromTicks(1)), (invoices.CreatedFrom, invoices.CreatedTo));
        await lightning.ListPaymentsAsync(new Lnrpc.ListPaymentsRequest { CreationDateStart = 10, CreationDateEnd = 20, CountTotalPayments = true }, ReadOnly);
        var payments = Assert.IsType<ListPaymentsQuery>(_api.Node.LastRequest);
        Assert.Equal((DateTimeOffset.FromUnixTimeSeconds(10), DateTimeOffset.FromUnixTimeSeconds(21) - TimeSpan.FromTicks(1)), (payments.CreatedFrom, payments.CreatedTo));
        Assert.True(payments.CountTotal);
    }
}
