using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Lightning.Actors.Api;
using Lightning.Node.Macaroons;
using Lightning.Node.Tests.Fakes;

namespace Lightning.Node.Tests.Api;

public sealed class GrpcTests : IAsyncLifetime
{
    private readonly ApiFixture _api = new();
    private GrpcChannel _channel = null!;
    private Lnrpc.Lightning.LightningClient _lightning = null!;
    private Routerrpc.Router.RouterClient _router = null!;

    private Metadata Admin => ApiFixture.With(_api.Admin);

    public async Task InitializeAsync()
    {
        await _api.InitializeAsync();
        _channel = _api.Grpc();
        _lightning = new Lnrpc.Lightning.LightningClient(_channel);
        _router = new Routerrpc.Router.RouterClient(_channel);
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task Answers_over_tls_with_a_macaroon()
    {
        var info = await _lightning.GetInfoAsync(new Lnrpc.GetInfoRequest(), Admin);
        Assert.Equal("fake", info.Alias);
        Assert.NotEmpty(info.Color);
        Assert.NotEmpty(info.Features);
    }

    [Fact]
    public async Task Refuses_without_a_macaroon_in_the_words_that_clients_know() =>
        await Fails(StatusCode.Unknown, "expected 1 macaroon, got 0", _lightning.GetInfoAsync(new Lnrpc.GetInfoRequest()).ResponseAsync);

    [Fact]
    public async Task Refuses_a_call_beyond_the_macaroon() =>
        await Fails(StatusCode.Unknown, "permission denied", _lightning.NewAddressAsync(new Lnrpc.NewAddressRequest(), ApiFixture.With(_api.Hex("readonly"))).ResponseAsync);

    [Fact]
    public async Task Unknown_service_and_unknown_method_are_told_apart()
    {
        await Fails(StatusCode.Unimplemented, "unknown service walletrpc.WalletKit", Unary("walletrpc.WalletKit", "ListUnspent"));
        await Fails(StatusCode.Unimplemented, "unknown method SendCoins for service lnrpc.Lightning", Unary("lnrpc.Lightning", "SendCoins"));
    }

    [Fact]
    public async Task Unknown_invoice_is_not_found() => await Fails(
        StatusCode.NotFound, "unable to locate invoice", _lightning.LookupInvoiceAsync(new Lnrpc.PaymentHash { RHash = ByteString.CopyFrom(new byte[32]) }, Admin).ResponseAsync);

    [Fact]
    public async Task Second_invoice_with_one_hash_is_refused()
    {
        var invoice = new Lnrpc.Invoice { RPreimage = ByteString.CopyFrom(new byte[32]), ValueMsat = 1000 };
        await _lightning.AddInvoiceAsync(invoice, Admin);
        await Fails(StatusCode.Unknown, "invoice with payment hash already exists", _lightning.AddInvoiceAsync(invoice, Admin).ResponseAsync);
    }

    [Fact]
    public async Task Opening_without_the_peer_or_the_money_says_so()
    {
        var open = new Lnrpc.OpenChannelRequest { NodePubkey = ByteString.CopyFrom(FakeNode.Peer.Key.Span), LocalFundingAmount = 20_000_000 };
        Assert.StartsWith("peer is not connected", (await Assert.ThrowsAsync<RpcException>(() => _lightning.OpenChannelSyncAsync(open, Admin).ResponseAsync)).Status.Detail, StringComparison.Ordinal);
        await _api.Node.ConnectPeerAsync(new PeerAddress(FakeNode.Peer, "127.0.0.1", 9735));
        Assert.StartsWith("not enough witness outputs", (await Assert.ThrowsAsync<RpcException>(() => _lightning.OpenChannelSyncAsync(open, Admin).ResponseAsync)).Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terms_of_forwards_are_changed_for_one_channel_or_for_all()
    {
        var request = new Lnrpc.PolicyUpdateRequest { Global = true, BaseFeeMsat = 500, FeeRatePpm = 20, TimeLockDelta = 40 };
        Assert.Empty((await _lightning.UpdateChannelPolicyAsync(request, Admin)).FailedUpdates);
        Assert.Equal(new UpdateChannelPolicyRequest { FeeBase = 500L.Msat(), FeeProportionalMillionths = 20, CltvExpiryDelta = 40 }, _api.Node.LastRequest);

        var point = new Lnrpc.ChannelPoint { FundingTxidStr = new string('a', 64), OutputIndex = 7 };
        request = new Lnrpc.PolicyUpdateRequest { ChanPoint = point, FeeRate = 0.000025, TimeLockDelta = 18, MinHtlcMsat = 0, MinHtlcMsatSpecified = true, MaxHtlcMsat = 9_000 };
        var failed = Assert.Single((await _lightning.UpdateChannelPolicyAsync(request, Admin)).FailedUpdates);
        Assert.Equal((Lnrpc.UpdateFailure.Pending, "not open", point.FundingTxidStr, 7u), (failed.Reason, failed.UpdateError, failed.Outpoint.TxidStr, failed.Outpoint.OutputIndex));
        var asked = Assert.IsType<UpdateChannelPolicyRequest>(_api.Node.LastRequest);
        Assert.Equal((0L.Msat(), 25u, 0L.Msat(), 9_000L.Msat()), (asked.FeeBase, asked.FeeProportionalMillionths, asked.HtlcMinimum, asked.HtlcMaximum));
    }

    [Fact]
    public async Task Terms_of_forwards_that_make_no_sense_are_refused()
    {
        var request = new Lnrpc.PolicyUpdateRequest { Global = true, BaseFeeMsat = 500, FeeRatePpm = 20, TimeLockDelta = 40 };
        await Refused("scope", static one => one.ClearScope());
        await Refused("both FeeRate and FeeRatePpm", static one => one.FeeRate = 0.1);
        await Refused("time lock delta of 17 is too small", static one => one.TimeLockDelta = 17);
        await Refused("base_fee_msat", static one => one.BaseFeeMsat = -1);
        await Refused("inbound_fee", static one => one.InboundFee = new Lnrpc.InboundFee { FeeRatePpm = -10 });
        await Refused("max_htlc_msat", static one => one.MaxHtlcMsat = ulong.MaxValue);

        async Task Refused(string text, Action<Lnrpc.PolicyUpdateRequest> change)
        {
            var changed = request.Clone();
            change(changed);
            Assert.Contains(text, (await Assert.ThrowsAsync<RpcException>(() => _lightning.UpdateChannelPolicyAsync(changed, Admin).ResponseAsync)).Status.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Channels_are_backed_up_one_by_one_and_all_together()
    {
        var all = await _lightning.ExportAllChannelBackupsAsync(new Lnrpc.ChanBackupExportRequest(), Admin);
        Assert.Equal(FakeNode.Backup, new Bytes(all.MultiChanBackup.MultiChanBackup_.Span));
        Assert.Equal([1u, 2u], all.MultiChanBackup.ChanPoints.Select(static point => point.OutputIndex));
        Assert.Equal([1u, 2u], all.SingleChanBackups.ChanBackups.Select(static one => one.ChanPoint.OutputIndex));
        var second = all.SingleChanBackups.ChanBackups[1];
        Assert.Equal(second, await _lightning.ExportChannelBackupAsync(new Lnrpc.ExportChannelBackupRequest { ChanPoint = second.ChanPoint }, Admin));
        var unknown = new Lnrpc.ChannelPoint(second.ChanPoint) { OutputIndex = 9 };
        await Assert.ThrowsAsync<RpcException>(() => _lightning.ExportChannelBackupAsync(new Lnrpc.ExportChannelBackupRequest { ChanPoint = unknown }, Admin).ResponseAsync);
    }

    [Fact]
    public async Task Backup_is_verified_and_restored_whole_or_by_channel()
    {
        var all = await _lightning.ExportAllChannelBackupsAsync(new Lnrpc.ChanBackupExportRequest(), Admin);
        var names = FakeNode.BackedUp.Select(static channel => channel.Funding.ToString());
        Assert.Equal(names, (await _lightning.VerifyChanBackupAsync(new Lnrpc.ChanBackupSnapshot { MultiChanBackup = all.MultiChanBackup }, Admin)).ChanPoints);
        Assert.Equal(names, (await _lightning.VerifyChanBackupAsync(new Lnrpc.ChanBackupSnapshot { SingleChanBackups = all.SingleChanBackups }, Admin)).ChanPoints);
        Assert.Equal(1u, (await _lightning.RestoreChannelBackupsAsync(new Lnrpc.RestoreChanBackupRequest { MultiChanBackup = all.MultiChanBackup.MultiChanBackup_ }, Admin)).NumRestored);
        Assert.Equal(1u, (await _lightning.RestoreChannelBackupsAsync(new Lnrpc.RestoreChanBackupRequest { ChanBackups = all.SingleChanBackups }, Admin)).NumRestored);
        all.SingleChanBackups.ChanBackups[1].ChanBackup = ByteString.CopyFrom(9);
        var damaged = await Assert.ThrowsAsync<RpcException>(() => _lightning.RestoreChannelBackupsAsync(new Lnrpc.RestoreChanBackupRequest { ChanBackups = all.SingleChanBackups }, Admin).ResponseAsync);
        Assert.Contains("damaged", damaged.Status.Detail, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RpcException>(() => _lightning.RestoreChannelBackupsAsync(new Lnrpc.RestoreChanBackupRequest(), Admin).ResponseAsync);
        await Assert.ThrowsAsync<RpcException>(() => _lightning.VerifyChanBackupAsync(all, Admin).ResponseAsync);
    }

    [Fact]
    public async Task Backup_is_told_as_it_is_and_after_each_change()
    {
        using var call = _lightning.SubscribeChannelBackups(new Lnrpc.ChannelBackupSubscription(), Admin);
        var counts = new List<int>();
        await foreach (var snapshot in call.ResponseStream.ReadAllAsync()) counts.Add(snapshot.MultiChanBackup.ChanPoints.Count);
        Assert.Equal([0, 2], counts);
    }

    [Fact]
    public async Task Opening_streams_pending_then_open()
    {
        await _api.Node.ConnectPeerAsync(new PeerAddress(FakeNode.Peer, "127.0.0.1", 9735));
        using var call = _lightning.OpenChannel(new Lnrpc.OpenChannelRequest { NodePubkey = ByteString.CopyFrom(FakeNode.Peer.Key.Span), LocalFundingAmount = 100_000, PushSat = 5, Private = true, SatPerVbyte = 2 }, Admin);
        var updates = new List<Lnrpc.OpenStatusUpdate.UpdateOneofCase>();
        await foreach (var update in call.ResponseStream.ReadAllAsync()) updates.Add(update.UpdateCase);
        Assert.Equal([Lnrpc.OpenStatusUpdate.UpdateOneofCase.ChanPending, Lnrpc.OpenStatusUpdate.UpdateOneofCase.ChanOpen], updates);
        var request = Assert.IsType<OpenChannelRequest>(_api.Node.LastRequest);
        Assert.Equal((new Satoshi(100_000), new MilliSatoshi(5000), true, new FeeratePerKw(500)), (request.Capacity, request.Push, request.IsPrivate, request.FundingFeerate!.Value));
    }

    public static TheoryData<string, Lnrpc.OpenChannelRequest> Unsupported() => new()
    {
        { "funding_shim", new Lnrpc.OpenChannelRequest { FundingShim = new Lnrpc.FundingShim() } },
        { "fund_max", new Lnrpc.OpenChannelRequest { FundMax = true } },
        { "outpoints", new Lnrpc.OpenChannelRequest { Outpoints = { new Lnrpc.OutPoint() } } },
        { "zero_conf", new Lnrpc.OpenChannelRequest { ZeroConf = true } },
        { "commitment_type SimpleTaproot", new Lnrpc.OpenChannelRequest { CommitmentType = Lnrpc.CommitmentType.SimpleTaproot } },
        { "remote_chan_reserve_sat", new Lnrpc.OpenChannelRequest { RemoteChanReserveSat = 1 } },
    };

    [Theory]
    [MemberData(nameof(Unsupported))]
    public async Task Opening_on_terms_that_are_not_supported_is_refused_by_name(string field, Lnrpc.OpenChannelRequest request)
    {
        request.NodePubkey = ByteString.CopyFrom(FakeNode.Peer.Key.Span);
        request.LocalFundingAmount = 100_000;
        await Fails(StatusCode.Unimplemented, $"{field} is not supported", _lightning.OpenChannelSyncAsync(request, Admin).ResponseAsync);
    }

    [Fact]
    public async Task Payment_without_a_fee_limit_pays_no_fee()
    {
        var invoice = await _api.Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = new MilliSatoshi(5000) });
        var updates = await Pay(new Routerrpc.SendPaymentRequest { PaymentRequest = invoice.PaymentRequest });
        Assert.Equal(MilliSatoshi.Zero, Assert.IsType<PayInvoiceRequest>(_api.Node.LastRequest).FeeLimit);
        Assert.Equal(Lnrpc.PaymentFailureReason.FailureReasonNoRoute, updates[^1].FailureReason);
    }

    [Fact]
    public async Task Payment_carries_all_limits()
    {
        var invoice = await _api.Node.AddInvoiceAsync(new AddInvoiceRequest());
        await Pay(new Routerrpc.SendPaymentRequest
        {
            PaymentRequest = invoice.PaymentRequest, AmtMsat = 7000, FeeLimitMsat = 2000, TimeoutSeconds = 9, MaxParts = 3, MaxShardSizeMsat = 5000, CltvLimit = 500,
            OutgoingChanIds = { 77 }, LastHopPubkey = ByteString.CopyFrom(FakeNode.Peer.Key.Span), AllowSelfPayment = true, NoInflightUpdates = true,
        });
        var pay = Assert.IsType<PayInvoiceRequest>(_api.Node.LastRequest);
        Assert.Equal(
            (new MilliSatoshi(7000), new MilliSatoshi(2000), TimeSpan.FromSeconds(9), 3, new MilliSatoshi(5000), 500u, 77UL, FakeNode.Peer, true),
            (pay.Amount!.Value, pay.FeeLimit!.Value, pay.Timeout!.Value, pay.MaxParts!.Value, pay.MaxPartSize!.Value, pay.CltvLimit!.Value, pay.OutgoingChannels.Single().Value, pay.LastHop!, pay.AllowSelfPayment));
    }

    [Fact]
    public async Task Without_inflight_updates_only_the_end_is_sent()
    {
        var invoice = await _api.Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = new MilliSatoshi(5000) });
        var updates = await Pay(new Routerrpc.SendPaymentRequest { PaymentRequest = invoice.PaymentRequest, FeeLimitSat = 5, NoInflightUpdates = true });
        Assert.Equal(Lnrpc.Payment.Types.PaymentStatus.Succeeded, Assert.Single(updates).Status);
    }

    [Fact]
    public async Task Paying_twice_is_refused()
    {
        var invoice = await _api.Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = new MilliSatoshi(5000) });
        var request = new Routerrpc.SendPaymentRequest { PaymentRequest = invoice.PaymentRequest, FeeLimitSat = 5 };
        await Pay(request);
        await Fails(StatusCode.AlreadyExists, "invoice is already paid", Pay(request));
    }

    [Theory]
    [InlineData(Routerrpc.ResolveHoldForwardAction.Resume, typeof(ForwardResolution.Resume))]
    [InlineData(Routerrpc.ResolveHoldForwardAction.Fail, typeof(ForwardResolution.Fail))]
    [InlineData(Routerrpc.ResolveHoldForwardAction.Settle, typeof(ForwardResolution.Settle))]
    public async Task A_client_decides_about_what_would_be_forwarded(Routerrpc.ResolveHoldForwardAction action, Type expected)
    {
        using var call = _router.HtlcInterceptor(Admin);
        Assert.True(await call.ResponseStream.MoveNext());
        var forward = call.ResponseStream.Current;
        Assert.Equal((FakeNode.Forward.IncomingChannel.Value, 7ul), (forward.IncomingCircuitKey.ChanId, forward.IncomingCircuitKey.HtlcId));
        Assert.Equal((10_100ul, 500u, 10_000ul, 420u, 476), (forward.IncomingAmountMsat, forward.IncomingExpiry, forward.OutgoingAmountMsat, forward.OutgoingExpiry, forward.AutoFailHeight));
        Assert.Equal((FakeNode.Forward.OutgoingChannel!.Value.Value, 1366), (forward.OutgoingRequestedChanId, forward.OnionBlob.Length));

        await call.RequestStream.WriteAsync(new Routerrpc.ForwardHtlcInterceptResponse
        {
            IncomingCircuitKey = forward.IncomingCircuitKey, Action = action, Preimage = action == Routerrpc.ResolveHoldForwardAction.Settle ? ByteString.CopyFrom(new byte[32]) : ByteString.Empty,
        });
        await call.RequestStream.CompleteAsync();

        Assert.False(await call.ResponseStream.MoveNext());
        Assert.IsType(expected, _api.Node.LastRequest);
    }

    [Fact]
    public async Task Nobody_decides_about_forwards_without_a_macaroon_that_allows_it()
    {
        using var call = _router.HtlcInterceptor();
        Assert.Equal(StatusCode.Unknown, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext())).StatusCode);
        using var reader = _router.HtlcInterceptor(ApiFixture.With(_api.Hex("readonly")));
        Assert.Equal("permission denied", (await Assert.ThrowsAsync<RpcException>(() => reader.ResponseStream.MoveNext())).Status.Detail);
    }

    [Fact]
    public async Task A_decision_that_cannot_be_carried_out_ends_the_stream_of_decisions()
    {
        using var call = _router.HtlcInterceptor(Admin);
        await call.RequestStream.WriteAsync(new Routerrpc.ForwardHtlcInterceptResponse { IncomingCircuitKey = new Routerrpc.CircuitKey(), Action = Routerrpc.ResolveHoldForwardAction.ResumeModified });
        Assert.Equal(StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await call.ResponseStream.MoveNext()) Assert.NotNull(call.ResponseStream.Current);
        })).StatusCode);
    }

    [Fact]
    public async Task Keysend_is_refused_rather_than_misread() => Assert.Equal(StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(() => Pay(new Routerrpc.SendPaymentRequest
    {
        Dest = ByteString.CopyFrom(FakeNode.Peer.Key.Span), AmtMsat = 5, PaymentHash = ByteString.CopyFrom(new byte[32]),
    }))).StatusCode);

    [Fact]
    public async Task Failed_payment_names_its_reason_and_where_it_failed()
    {
        var hold = await _api.Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = new MilliSatoshi(5000), HoldFor = new PaymentHash(Bytes32.FromHex(new string('5', 64))) });
        var failed = (await Pay(new Routerrpc.SendPaymentRequest { PaymentRequest = hold.PaymentRequest, FeeLimitSat = 5 }))[^1];
        Assert.Equal(Lnrpc.PaymentFailureReason.FailureReasonIncorrectPaymentDetails, failed.FailureReason);
        Assert.Equal(Lnrpc.Failure.Types.FailureCode.IncorrectOrUnknownPaymentDetails, failed.Htlcs[0].Failure.Code);
        Assert.Equal(2u, failed.Htlcs[0].Failure.FailureSourceIndex);
        var listed = await _lightning.ListPaymentsAsync(new Lnrpc.ListPaymentsRequest { IncludeIncomplete = true, CountTotalPayments = true }, Admin);
        Assert.Equal((1, 1UL, 1UL), (listed.Payments.Count, listed.TotalNumPayments, listed.LastIndexOffset));
        Assert.Empty((await _lightning.ListPaymentsAsync(new Lnrpc.ListPaymentsRequest(), Admin)).Payments);
    }

    [Fact]
    public async Task Tracking_an_unknown_payment_is_not_found()
    {
        using var call = _router.TrackPaymentV2(new Routerrpc.TrackPaymentRequest { PaymentHash = ByteString.CopyFrom(new byte[32]) }, Admin);
        await Fails(StatusCode.NotFound, "payment isn't initiated", call.ResponseStream.MoveNext(default));
    }

    [Fact]
    public async Task Single_invoice_is_followed_to_its_end()
    {
        var invoice = await _api.Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = new MilliSatoshi(5000) });
        var invoices = new Invoicesrpc.Invoices.InvoicesClient(_channel);
        using var call = invoices.SubscribeSingleInvoice(new Invoicesrpc.SubscribeSingleInvoiceRequest { RHash = ByteString.CopyFrom(invoice.PaymentHash.Value.Span) }, Admin);
        Assert.True(await call.ResponseStream.MoveNext(default));
        Assert.Equal(Lnrpc.Invoice.Types.InvoiceState.Open, call.ResponseStream.Current.State);
        _api.Node.Settle(invoice.PaymentHash);
        Assert.True(await call.ResponseStream.MoveNext(default));
        Assert.Equal((Lnrpc.Invoice.Types.InvoiceState.Settled, 5000L, 1), (call.ResponseStream.Current.State, call.ResponseStream.Current.AmtPaidMsat, call.ResponseStream.Current.Htlcs.Count));
        Assert.False(await call.ResponseStream.MoveNext(default));
    }

    [Fact]
    public async Task Invoice_is_decoded()
    {
        var invoice = await _api.Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = new MilliSatoshi(5001), Description = "tea" });
        var decoded = await _lightning.DecodePayReqAsync(new Lnrpc.PayReqString { PayReq = invoice.PaymentRequest }, Admin);
        Assert.Equal((_api.Node.Id.ToString(), 5L, 5001L, "tea", 86400L), (decoded.Destination, decoded.NumSatoshis, decoded.NumMsat, decoded.Description, decoded.Expiry));
        await Fails(StatusCode.InvalidArgument, null, _lightning.DecodePayReqAsync(new Lnrpc.PayReqString { PayReq = "lnbc1nonsense" }, Admin).ResponseAsync);
    }

    [Fact]
    public async Task Version_is_one_that_clients_compare()
    {
        var version = await new Verrpc.Versioner.VersionerClient(_channel).GetVersionAsync(new Verrpc.VersionRequest(), Admin);
        Assert.Equal((0u, 20u, 40), (version.AppMajor, version.AppMinor, version.CommitHash.Length));
    }

    [Fact]
    public void Every_method_of_every_service_has_a_permission()
    {
        var methods = new[] { Lnrpc.LightningReflection.Descriptor, Lnrpc.StateReflection.Descriptor, Routerrpc.RouterReflection.Descriptor, Invoicesrpc.InvoicesReflection.Descriptor, Verrpc.VerrpcReflection.Descriptor }
            .SelectMany(f => f.Services).SelectMany(s => s.Methods).Select(m => $"/{m.Service.FullName}/{m.Name}");
        Assert.Equal(MacaroonPermissions.ByMethod.Keys.Order(StringComparer.Ordinal), methods.Order(StringComparer.Ordinal));
    }

    private async Task<List<Lnrpc.Payment>> Pay(Routerrpc.SendPaymentRequest request)
    {
        using var call = _router.SendPaymentV2(request, Admin);
        var updates = new List<Lnrpc.Payment>();
        await foreach (var update in call.ResponseStream.ReadAllAsync()) updates.Add(update);
        return updates;
    }

    private async Task<byte[]> Unary(string service, string method)
    {
        var bytes = Marshallers.Create<byte[]>(b => b, b => b);
        var call = _channel.CreateCallInvoker().AsyncUnaryCall(new Method<byte[], byte[]>(MethodType.Unary, service, method, bytes, bytes), null, new CallOptions(), []);
        return await call.ResponseAsync;
    }

    private static async Task Fails(StatusCode code, string? detail, Task call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(code, error.StatusCode);
        if (detail is not null) Assert.Equal(detail, error.Status.Detail);
    }
}
