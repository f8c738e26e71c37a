using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Lightning.Actors.Api;
using Lightning.Node.Api.Rest;
using Lightning.Node.Macaroons;
using Lightning.Node.Tests.Fakes;

namespace Lightning.Node.Tests.Api;

public sealed class RestTests : IAsyncLifetime
{
    private readonly ApiFixture _api = new();

    public Task InitializeAsync() => _api.InitializeAsync();

    public Task DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Every_field_is_shown_under_its_proto_name_with_64_bit_numbers_as_texts()
    {
        var info = await Get("/v1/getinfo");
        Assert.Equal(_api.Node.Id.ToString(), info.GetProperty("identity_pubkey").GetString());
        Assert.Equal(144, info.GetProperty("block_height").GetInt32());
        Assert.Equal("1790000000", info.GetProperty("best_header_timestamp").GetString());
        Assert.True(info.GetProperty("synced_to_chain").GetBoolean());
        Assert.False(info.GetProperty("synced_to_graph").GetBoolean());
        Assert.Equal(0, info.GetProperty("num_peers").GetInt32());
        Assert.Equal("regtest", info.GetProperty("chains")[0].GetProperty("network").GetString());
        Assert.Equal($"{_api.Node.Id}@127.0.0.1:9735", info.GetProperty("uris")[0].GetString());
        Assert.True(info.GetProperty("features").GetProperty("14").GetProperty("is_known").GetBoolean() || info.GetProperty("features").GetProperty("15").GetProperty("is_known").GetBoolean());
        Assert.StartsWith("0.20.0-beta commit=", info.GetProperty("version").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Balances_are_texts()
    {
        var wallet = await Get("/v1/balance/blockchain");
        Assert.Equal("10000005", wallet.GetProperty("total_balance").GetString());
        Assert.Equal("10000000", wallet.GetProperty("account_balance").GetProperty("default").GetProperty("confirmed_balance").GetString());
        Assert.Equal("0", (await Get("/v1/balance/channels")).GetProperty("local_balance").GetProperty("msat").GetString());
    }

    [Fact]
    public async Task Call_without_macaroon_fails_with_code_message_and_details()
    {
        using var http = _api.Http(null);
        using var response = await http.GetAsync(new Uri("/v1/getinfo", UriKind.Relative));
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        var error = await Json(response);
        Assert.Equal(2, error.GetProperty("code").GetInt32());
        Assert.Equal("expected 1 macaroon, got 0", error.GetProperty("message").GetString());
        Assert.Equal(0, error.GetProperty("details").GetArrayLength());
    }

    [Fact]
    public async Task Body_above_the_limit_is_the_callers_mistake()
    {
        using var http = _api.Http(_api.Hex("admin"));
        using var body = new ByteArrayContent(new byte[(4 * 1024 * 1024) + 1]);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/invoices", UriKind.Relative)) { Content = body };
        // The server answers by the length alone, and does not read on.
        request.Headers.ExpectContinue = true;
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("too large", (await Json(response)).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Readonly_macaroon_does_not_write()
    {
        using var http = _api.Http(_api.Hex("readonly"));
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("/v1/getinfo", UriKind.Relative))).StatusCode);
        var error = await Json(await http.GetAsync(new Uri("/v1/newaddress", UriKind.Relative)));
        Assert.Equal("permission denied", error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task State_needs_no_macaroon()
    {
        using var http = _api.Http(null);
        Assert.Equal("SERVER_ACTIVE", (await Json(await http.GetAsync(new Uri("/v1/state", UriKind.Relative)))).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Unknown_path_is_404_with_an_error_body()
    {
        using var http = _api.Http(_api.Admin);
        using var response = await http.GetAsync(new Uri("/v1/nothing", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("Not Found", (await Json(response)).GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain")]
    public async Task Invoice_is_added_whatever_the_content_type(string type)
    {
        using var http = _api.Http(_api.Admin);
        using var content = new StringContent("""{"memo":"coffee","value_msat":"2500000","expiry":600,"private":true}""", Encoding.UTF8, type);
        var added = await Json(await http.PostAsync(new Uri("/v1/invoices", UriKind.Relative), content));
        Assert.Equal(32, added.GetProperty("r_hash").GetBytesFromBase64().Length);
        var request = Assert.IsType<AddInvoiceRequest>(_api.Node.LastRequest);
        Assert.Equal((new MilliSatoshi(2_500_000), "coffee", TimeSpan.FromMinutes(10), true), (request.Amount, request.Description, request.Expiry, request.IncludePrivateChannels));
        var hex = Convert.ToHexStringLower(added.GetProperty("r_hash").GetBytesFromBase64());
        var found = await Get($"/v1/invoice/{hex}");
        Assert.Equal("coffee", found.GetProperty("memo").GetString());
        Assert.Equal("OPEN", found.GetProperty("state").GetString());
        Assert.Equal("2500", found.GetProperty("value").GetString());
        Assert.Equal(0, found.GetProperty("htlcs").GetArrayLength());
        Assert.Equal("0", found.GetProperty("settle_index").GetString());
    }

    [Fact]
    public async Task Preimage_is_read_as_base64_and_as_base64url()
    {
        var preimage = Enumerable.Repeat((byte)0xFB, 31).Append((byte)0xFF).ToArray();
        foreach (var text in new[] { Convert.ToBase64String(preimage), Convert.ToBase64String(preimage).Replace('+', '-').Replace('/', '_').TrimEnd('=') })
        {
            using var fresh = _api.Http(_api.Admin);
            await fresh.PostAsync(new Uri("/v1/invoices", UriKind.Relative), new StringContent($$"""{"r_preimage":"{{text}}","value":"5"}"""));
            Assert.Equal(new Bytes32(preimage), Assert.IsType<AddInvoiceRequest>(_api.Node.LastRequest).Preimage!.Value.Value);
        }
    }

    [Fact]
    public async Task Unknown_invoice_is_404_with_the_text_that_clients_know()
    {
        using var http = _api.Http(_api.Admin);
        foreach (var path in new[] { "/v1/invoice/" + new string('0', 64), "/v1/invoice/?r_hash=" + new string('A', 43) + "%3D", "/v2/invoices/lookup?payment_hash=" + new string('A', 43) })
        {
            using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Equal("unable to locate invoice", (await Json(response)).GetProperty("message").GetString());
        }
    }

    [Theory]
    [InlineData("""{"value":"5","value_msat":"5000"}""", "sat and msat arguments are mutually exclusive")]
    [InlineData("""{"value":"-5"}""", "amount cannot be negative")]
    [InlineData("""{"expiry":"-5"}""", "expiry")]
    [InlineData("""{"r_preimage":"AAAA"}""", "r_preimage must have 32 bytes, it has 3")]
    [InlineData("""{"is_amp":true}""", "is_amp is not supported")]
    [InlineData("""{"no_such_field":1}""", "no_such_field")]
    [InlineData("""{"value":""", "")]
    [InlineData("""[1]""", "")]
    public async Task Senseless_invoice_is_refused_by_field(string body, string text)
    {
        using var http = _api.Http(_api.Admin);
        using var response = await http.PostAsync(new Uri("/v1/invoices", UriKind.Relative), new StringContent(body));
        Assert.True(response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotImplemented, response.StatusCode.ToString());
        Assert.Contains(text, (await Json(response)).GetProperty("message").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_parameters_reach_the_request()
    {
        await Get("/v1/invoices?reversed=true&num_max_invoices=7&index_offset=9&pending_only=true");
        var query = Assert.IsType<ListInvoicesQuery>(_api.Node.LastRequest);
        Assert.Equal((true, 7, 9UL, true), (query.Reversed, query.Limit, query.Offset, query.PendingOnly));
        await Get("/v1/newaddress?type=TAPROOT_PUBKEY");
        Assert.Equal(AddressType.Taproot, _api.Node.LastRequest);
        await Get("/v1/newaddress?type=1");
        Assert.Equal(AddressType.NestedWitnessPubKeyHash, _api.Node.LastRequest);
    }

    [Fact]
    public async Task Bad_query_parameter_is_named()
    {
        using var http = _api.Http(_api.Admin);
        using var response = await http.GetAsync(new Uri("/v1/invoices?index_offset=many", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("index_offset", (await Json(response)).GetProperty("message").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_is_one_result_a_line()
    {
        await OpenChannel();
        var invoice = await _api.Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = new MilliSatoshi(5000) });
        using var http = _api.Http(_api.Admin);
        using var response = await http.PostAsync(new Uri("/v2/router/send", UriKind.Relative), new StringContent($$"""{"payment_request":"{{invoice.PaymentRequest}}","fee_limit_sat":"10","timeout_seconds":5}"""));
        var lines = (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("result")).ToList();
        Assert.Equal(["IN_FLIGHT", "IN_FLIGHT", "SUCCEEDED"], lines.Select(l => l.GetProperty("status").GetString()));
        Assert.Equal(invoice.Preimage!.Value.Value.ToString(), lines[^1].GetProperty("payment_preimage").GetString());
        Assert.Equal("1001", lines[^1].GetProperty("fee_msat").GetString());
        Assert.Equal(new string('0', 64), lines[0].GetProperty("payment_preimage").GetString());
        // a message that is not there is null, not left out
        Assert.Equal(JsonValueKind.Null, lines[^1].GetProperty("htlcs")[0].GetProperty("failure").ValueKind);
        Assert.Equal(JsonValueKind.Null, lines[^1].GetProperty("htlcs")[0].GetProperty("route").GetProperty("hops")[0].GetProperty("mpp_record").ValueKind);

        // paying again is refused with the words that clients know, in the shape of a stream's error
        using var again = await http.PostAsync(new Uri("/v2/router/send", UriKind.Relative), new StringContent($$"""{"payment_request":"{{invoice.PaymentRequest}}","fee_limit_sat":"10"}"""));
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        var error = (await Json(again)).GetProperty("error");
        Assert.Equal((6, "invoice is already paid"), (error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task Subscription_delivers_each_invoice_as_it_comes()
    {
        using var http = _api.Http(_api.Admin);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/invoices/subscribe");
        var pending = http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        while (_api.Node.Subscribers == 0) await Task.Yield();
        var first = await _api.Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = new MilliSatoshi(1000) });
        using var response = await pending;
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("OPEN", State(await lines.ReadLineAsync()));
        _api.Node.Settle(first.PaymentHash);
        Assert.Equal("SETTLED", State(await lines.ReadLineAsync()));

        static string? State(string? line) => JsonDocument.Parse(line!).RootElement.GetProperty("result").GetProperty("state").GetString();
    }

    [Fact]
    public async Task Subscription_runs_over_a_web_socket_with_the_macaroon_as_subprotocol()
    {
        using var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, presented, _, _) => presented!.GetRawCertData().AsSpan().SequenceEqual(_api.Certificate.RawData);
        socket.Options.AddSubProtocol("Grpc-Metadata-Macaroon+" + _api.Admin);
        await socket.ConnectAsync(new Uri($"wss://{_api.Address.Authority}/v1/invoices/subscribe"), default);
        while (_api.Node.Subscribers == 0) await Task.Yield();
        await _api.Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = new MilliSatoshi(1000) });
        Assert.Equal("OPEN", (await Receive(socket)).GetProperty("result").GetProperty("state").GetString());
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
    }

    [Fact]
    public async Task Payment_runs_over_a_web_socket_with_the_request_as_first_message()
    {
        var invoice = await _api.Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = new MilliSatoshi(5000) });
        using var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, presented, _, _) => presented!.GetRawCertData().AsSpan().SequenceEqual(_api.Certificate.RawData);
        socket.Options.SetRequestHeader("Grpc-Metadata-macaroon", _api.Admin);
        await socket.ConnectAsync(new Uri($"wss://{_api.Address.Authority}/v2/router/send?method=POST"), default);
        await socket.SendAsync(Encoding.UTF8.GetBytes($$"""{"payment_request":"{{invoice.PaymentRequest}}","fee_limit_sat":5,"no_inflight_updates":true}"""), WebSocketMessageType.Text, true, default);
        Assert.Equal("SUCCEEDED", (await Receive(socket)).GetProperty("result").GetProperty("status").GetString());
        Assert.Equal(WebSocketMessageType.Close, (await socket.ReceiveAsync(new byte[10], default)).MessageType);
    }

    [Fact]
    public async Task Forwards_are_decided_about_over_a_web_socket()
    {
        using var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, presented, _, _) => presented!.GetRawCertData().AsSpan().SequenceEqual(_api.Certificate.RawData);
        socket.Options.SetRequestHeader("Grpc-Metadata-macaroon", _api.Admin);
        await socket.ConnectAsync(new Uri($"wss://{_api.Address.Authority}/v2/router/htlcinterceptor?method=POST"), default);
        var key = (await Receive(socket)).GetProperty("result").GetProperty("incoming_circuit_key");
        Assert.Equal("7", key.GetProperty("htlc_id").GetString());
        await socket.SendAsync(Encoding.UTF8.GetBytes($$"""{"incoming_circuit_key":{{key.GetRawText()}},"action":"FAIL"}"""), WebSocketMessageType.Text, true, default);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        Assert.Equal(7ul, Assert.IsType<ForwardResolution.Fail>(_api.Node.LastRequest).HtlcId);
    }

    [Fact]
    public async Task Web_socket_without_a_macaroon_gets_an_error_and_is_closed()
    {
        using var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, presented, _, _) => presented!.GetRawCertData().AsSpan().SequenceEqual(_api.Certificate.RawData);
        await socket.ConnectAsync(new Uri($"wss://{_api.Address.Authority}/v1/invoices/subscribe"), default);
        Assert.Equal("expected 1 macaroon, got 0", (await Receive(socket)).GetProperty("error").GetProperty("message").GetString());
        Assert.Equal(WebSocketMessageType.Close, (await socket.ReceiveAsync(new byte[10], default)).MessageType);
    }

    [Fact]
    public async Task Channel_is_opened_listed_and_closed()
    {
        var opened = await OpenChannel();
        Assert.Equal(1, opened.GetProperty("output_index").GetInt32());
        var txid = Convert.ToHexStringLower(opened.GetProperty("funding_txid_bytes").GetBytesFromBase64().Reverse().ToArray());
        var channel = (await Get("/v1/channels")).GetProperty("channels")[0];
        Assert.Equal($"{txid}:1", channel.GetProperty("channel_point").GetString());
        Assert.Equal("ANCHORS", channel.GetProperty("commitment_type").GetString());
        Assert.Equal("10000", channel.GetProperty("local_constraints").GetProperty("chan_reserve_sat").GetString());
        Assert.Equal(new ShortChannelId(140, 1, 1).Value.ToString(System.Globalization.CultureInfo.InvariantCulture), channel.GetProperty("chan_id").GetString());
        Assert.Equal(0, channel.GetProperty("pending_htlcs").GetArrayLength());

        using var http = _api.Http(_api.Admin);
        using var closed = await http.DeleteAsync(new Uri($"/v1/channels/{txid}/1?force=true", UriKind.Relative));
        var lines = (await closed.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains("close_pending", lines[0], StringComparison.Ordinal);
        Assert.Contains("chan_close", lines[1], StringComparison.Ordinal);
        Assert.True(Assert.IsType<CloseChannelRequest>(_api.Node.LastRequest).Force);
        Assert.Equal("LOCAL_FORCE_CLOSE", (await Get("/v1/channels/closed")).GetProperty("channels")[0].GetProperty("close_type").GetString());
    }

    [Fact]
    public async Task Channels_are_backed_up_verified_and_restored()
    {
        var all = (await Get("/v1/channels/backup")).GetProperty("multi_chan_backup").GetProperty("multi_chan_backup").GetString();
        Assert.Equal(FakeNode.Backup, new Bytes(Convert.FromBase64String(all!)));
        var funding = FakeNode.BackedUp[1].Funding;
        Assert.Equal("Ag==", (await Get($"/v1/channels/backup/{funding.TxId}/2")).GetProperty("chan_backup").GetString());
        using var http = _api.Http(_api.Admin);
        var verified = await Json(await http.PostAsync(new Uri("/v1/channels/backup/verify", UriKind.Relative), new StringContent($$$"""{"multi_chan_backup":{"multi_chan_backup":"{{{all}}}"}}""")));
        Assert.Equal(funding.ToString(), verified.GetProperty("chan_points")[1].GetString());
        var restored = await Json(await http.PostAsync(new Uri("/v1/channels/backup/restore", UriKind.Relative), new StringContent($$"""{"multi_chan_backup":"{{all}}"}""")));
        Assert.Equal(1, restored.GetProperty("num_restored").GetInt32());
        var refused = await Json(await http.PostAsync(new Uri("/v1/channels/backup/restore", UriKind.Relative), new StringContent("""{"multi_chan_backup":"AAAA"}""")));
        Assert.Contains("damaged", refused.GetProperty("message").GetString(), StringComparison.Ordinal);
        using var reader = _api.Http(_api.Hex("readonly"));
        Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync(new Uri("/v1/channels/backup", UriKind.Relative))).StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, (await reader.PostAsync(new Uri("/v1/channels/backup/restore", UriKind.Relative), new StringContent($$"""{"multi_chan_backup":"{{all}}"}"""))).StatusCode);
        var lines = (await (await reader.GetAsync(new Uri("/v1/channels/backup/subscribe", UriKind.Relative))).Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
    }

    [Fact]
    public async Task Pending_channels_stand_in_the_list_of_their_stage()
    {
        foreach (var stage in Enum.GetValues<PendingChannelStage>())
        {
            _api.Node.Pending.Add(new PendingChannel
            {
                Stage = stage, Funding = new OutPoint(default, 0), Peer = FakeNode.Peer, Capacity = new Satoshi(1000), LocalBalance = new MilliSatoshi(900_000), RemoteBalance = default,
                LimboBalance = new Satoshi(7), MaturityHeight = 150, ClosingTxId = FakeNode.ClosingTx,
            });
        }
        var pending = await Get("/v1/channels/pending");
        Assert.Equal("21", pending.GetProperty("total_limbo_balance").GetString());
        Assert.Equal(1, pending.GetProperty("pending_open_channels").GetArrayLength());
        Assert.Equal(1, pending.GetProperty("waiting_close_channels").GetArrayLength());
        var force = pending.GetProperty("pending_force_closing_channels")[0];
        Assert.Equal((150, 6), (force.GetProperty("maturity_height").GetInt32(), force.GetProperty("blocks_til_maturity").GetInt32()));
    }

    [Fact]
    public async Task Peer_is_disconnected_by_path()
    {
        await _api.Node.ConnectPeerAsync(new PeerAddress(FakeNode.Peer, "127.0.0.1", 9735));
        using var http = _api.Http(_api.Admin);
        Assert.Equal(HttpStatusCode.OK, (await http.DeleteAsync(new Uri($"/v1/peers/{FakeNode.Peer}", UriKind.Relative))).StatusCode);
        var error = await Json(await http.DeleteAsync(new Uri($"/v1/peers/{FakeNode.Peer}", UriKind.Relative)));
        Assert.StartsWith("peer is not connected", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unforeseen_error_shows_no_details()
    {
        _api.Node.FailWith = new InvalidOperationException("secret detail");
        using var http = _api.Http(_api.Admin);
        using var response = await http.GetAsync(new Uri("/v1/getinfo", UriKind.Relative));
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.DoesNotContain("secret", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_route_has_a_permission_and_every_method_a_route() =>
        Assert.Equal(MacaroonPermissions.ByMethod.Keys.Order(StringComparer.Ordinal), RestRoutes.All.Select(r => r.Method).Order(StringComparer.Ordinal));

    private async Task<JsonElement> OpenChannel()
    {
        await _api.Node.ConnectPeerAsync(new PeerAddress(FakeNode.Peer, "127.0.0.1", 9735));
        using var http = _api.Http(_api.Admin);
        return await Json(await http.PostAsync(new Uri("/v1/channels", UriKind.Relative), new StringContent($$"""{"node_pubkey_string":"{{FakeNode.Peer}}","local_funding_amount":"1000000","sat_per_vbyte":"3"}""")));
    }

    private static async Task<JsonElement> Receive(ClientWebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), default);
            Assert.Equal(WebSocketMessageType.Text, part.MessageType);
            length += part.Count;
            if (part.EndOfMessage) return JsonDocument.Parse(buffer.AsMemory(0, length)).RootElement;
        }
    }

    private async Task<JsonElement> Get(string path)
    {
        using var http = _api.Http(_api.Admin);
        return await Json(await http.GetAsync(new Uri(path, UriKind.Relative)));
    }

    private static async Task<JsonElement> Json(HttpResponseMessage response)
    {
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }
}
