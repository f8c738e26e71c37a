using System.Globalization;
using System.Text.Json;
using Lightning.Actors.Api;
using Lightning.Node.Commands;
using Lightning.Node.Tests.Fakes;

namespace Lightning.Node.Tests.Commands;

public sealed class CommandTests : IAsyncLifetime
{
    private readonly ApiFixture _api = new();
    private readonly StringWriter _output = new(CultureInfo.InvariantCulture), _error = new(CultureInfo.InvariantCulture);

    public Task InitializeAsync() => _api.InitializeAsync();

    public Task DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Getinfo_shows_the_node_to_people_and_to_programs()
    {
        Assert.Equal(0, await Run("getinfo"));
        Assert.Contains(_api.Node.Id.ToString(), _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("regtest", _output.ToString(), StringComparison.Ordinal);
        var json = await Json("getinfo");
        Assert.Equal("fake", json.GetProperty("alias").GetString());
        Assert.Equal(0, json.GetProperty("num_pending_channels").GetInt32());
    }

    [Fact]
    public async Task Channel_is_opened_listed_and_closed()
    {
        Assert.Equal(0, await Run("openchannel", $"{FakeNode.Peer}@127.0.0.1:9735", "--sat", "500000", "--push-sat", "1000", "--private", "--sat-per-vbyte", "3", "--wait"));
        var request = Assert.IsType<OpenChannelRequest>(_api.Node.LastRequest);
        Assert.Equal((new Satoshi(500_000), new MilliSatoshi(1_000_000), true), (request.Capacity, request.Push, request.IsPrivate));
        var funding = _output.ToString().Split('\n')[0].Trim();
        Assert.Contains("can be used", _output.ToString(), StringComparison.Ordinal);
        Clear();
        Assert.Equal(0, await Run("listchannels"));
        Assert.Contains(funding, _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("500,000", _output.ToString(), StringComparison.Ordinal);
        Clear();
        Assert.Equal(0, await Run("closechannel", funding, "--wait"));
        Assert.StartsWith(FakeNode.ClosingTx.ToString(), _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await Run("listchannels"));
        Assert.Contains("No channels are open.", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await Run("closedchannels"));
        Assert.Equal(0, await Run("pendingchannels"));
    }

    [Fact]
    public async Task Terms_of_forwards_are_changed()
    {
        Assert.Equal(0, await Run("updatechanpolicy", "--base-fee-msat", "500", "--fee-rate-ppm", "20", "--time-lock-delta", "40"));
        Assert.Equal(new UpdateChannelPolicyRequest { FeeBase = 500L.Msat(), FeeProportionalMillionths = 20, CltvExpiryDelta = 40 }, _api.Node.LastRequest);
        var pending = $"{new string('a', 64)}:7";
        Assert.Equal(1, await Run("updatechanpolicy", pending, "--base-fee-msat", "0", "--fee-rate-ppm", "0", "--time-lock-delta", "18", "--max-htlc-msat", "5000", "--min-htlc-msat", "1"));
        Assert.Contains($"{pending} was not changed: not open", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal((5_000L.Msat(), 1L.Msat()), Assert.IsType<UpdateChannelPolicyRequest>(_api.Node.LastRequest) is { } asked ? (asked.HtlcMaximum!.Value, asked.HtlcMinimum!.Value) : default);
    }

    [Fact]
    public async Task Forwards_are_listed_by_time_and_what_they_earned_is_reported()
    {
        Assert.Equal(0, await Run("fwdinghistory", "--start-time", "-7d", "--max", "5"));
        var query = Assert.IsType<ListForwardsQuery>(_api.Node.LastRequest);
        Assert.Equal(5, query.Limit);
        Assert.InRange((DateTimeOffset.UtcNow - query.From!.Value).TotalDays, 6.9, 7.1);
        Assert.Contains("140x1x1", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("1.5", _output.ToString(), StringComparison.Ordinal);
        Clear();
        Assert.Equal(0, await Run("feereport"));
        Assert.Contains("250", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("300", _output.ToString(), StringComparison.Ordinal);
        Assert.NotEqual(0, await Run("fwdinghistory", "--start-time", "yesterday"));
        Assert.Contains("-12h", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Channel_backup_is_exported_verified_and_restored()
    {
        var file = _api.Folder.File("my.backup");
        Assert.Equal(0, await Run("exportchanbackup"));
        Assert.Equal(FakeNode.Backup.ToString(), _output.ToString().Trim());
        Clear();
        Assert.Equal(0, await Run("exportchanbackup", "--file", file));
        Assert.Contains(file, _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(FakeNode.Backup, new Bytes(await File.ReadAllBytesAsync(file)));
        Assert.Equal(0, await Run("verifychanbackup", file));
        Assert.Contains(FakeNode.BackedUp[1].Funding.ToString(), _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("The backup is good. Channels in it: 2.", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await Run("restorechanbackup", file));
        Assert.Contains("Channels restored: 1. Known already and left alone: 1.", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, (await Json("restorechanbackup", file)).GetProperty("num_restored").GetInt32());
        Clear();
        Assert.Equal(0, await Run("exportchanbackup", FakeNode.BackedUp[1].Funding.ToString(), "--file", file));
        Assert.Equal(FakeNode.BackedUp[1].Backup, new Bytes(await File.ReadAllBytesAsync(file)));
        await File.WriteAllTextAsync(file, "something else");
        Assert.Equal(1, await Run("restorechanbackup", file));
        Assert.Contains("damaged", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoice_is_made_decoded_paid_and_found()
    {
        Assert.Equal(0, await Run("addinvoice", "--sat", "1500", "--memo", "two coffees"));
        var invoice = _output.ToString().Split('\n')[0].Trim();
        Assert.StartsWith("lnbcrt", invoice, StringComparison.Ordinal);
        Clear();
        Assert.Equal(0, await Run("decodepayreq", invoice));
        Assert.Contains("1,500 sat", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("two coffees", _output.ToString(), StringComparison.Ordinal);
        Clear();
        Assert.Equal(0, await Run("payinvoice", invoice));
        Assert.Contains("paid", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("1.001 sat", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(new MilliSatoshi(75_000), Assert.IsType<PayInvoiceRequest>(_api.Node.LastRequest).FeeLimit);
        Clear();
        var payment = (await Json("listpayments")).GetProperty("payments")[0];
        Assert.Equal("SUCCEEDED", payment.GetProperty("status").GetString());
        Assert.Equal(0, await Run("lookupinvoice", payment.GetProperty("payment_hash").GetString()!));
        Assert.Contains("Settled", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await Run("listinvoices"));
        Assert.Equal(0, await Run("listpayments"));
    }

    [Fact]
    public async Task Second_payment_of_an_invoice_fails_with_the_nodes_words()
    {
        var invoice = await _api.Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = new MilliSatoshi(5000) });
        Assert.Equal(0, await Run("payinvoice", invoice.PaymentRequest));
        Assert.Equal(1, await Run("payinvoice", invoice.PaymentRequest));
        Assert.Equal("lightning: invoice is already paid", _error.ToString().Trim());
    }

    [Fact]
    public async Task Failed_payment_ends_with_1_and_says_why()
    {
        var invoice = await _api.Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = new MilliSatoshi(5000) });
        Assert.Equal(1, await Run("payinvoice", invoice.PaymentRequest, "--fee-limit-sat", "0"));
        Assert.Contains("no route within the limits", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("y", 0)]
    [InlineData("n", 1)]
    [InlineData("", 1)]
    public async Task Person_is_asked_before_paying(string answer, int exitCode)
    {
        var invoice = await _api.Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = new MilliSatoshi(5000) });
        var context = Context with { IsInteractive = true, Input = new StringReader(answer + "\n") };
        Assert.Equal(exitCode, await CommandLine.RunAsync(["payinvoice", invoice.PaymentRequest, .. Connection], context));
        Assert.Contains("Pay? [y/N]", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(exitCode == 0, _api.Node.LastRequest is PayInvoiceRequest);
    }

    [Fact]
    public async Task Amount_of_an_open_invoice_must_be_given_and_of_another_must_not()
    {
        var open = await _api.Node.AddInvoiceAsync(new AddInvoiceRequest());
        Assert.Equal(2, await Run("payinvoice", open.PaymentRequest));
        Assert.Contains("give --sat or --msat", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await Run("payinvoice", open.PaymentRequest, "--msat", "1234"));
        Assert.Equal(new MilliSatoshi(1234), Assert.IsType<PayInvoiceRequest>(_api.Node.LastRequest).Amount);
        var fixedAmount = await _api.Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = new MilliSatoshi(5000) });
        Assert.Equal(2, await Run("payinvoice", fixedAmount.PaymentRequest, "--sat", "5"));
    }

    [Theory]
    [InlineData("openchannel PEER", "Give --sat or --msat")]
    [InlineData("openchannel PEER --sat 5 --msat 5", "one of them, not both")]
    [InlineData("openchannel PEER --sat many", "many")]
    [InlineData("openchannel PEER --sat -5", "cannot be negative")]
    [InlineData("openchannel PEER --msat 1500", "whole satoshi")]
    [InlineData("openchannel PEER --sat 99999999999999999", "more than all bitcoin")]
    [InlineData("openchannel PEER 500", "500")]
    [InlineData("closechannel nonsense", "not an outpoint")]
    [InlineData("connect nonsense", "NODEID@HOST")]
    [InlineData("connect 02aa@host", "02aa")]
    [InlineData("newaddress --type p2pkh", "p2pkh")]
    [InlineData("addinvoice --sat 5 --preimage 00", "--preimage")]
    [InlineData("exportchanbackup nonsense", "not an outpoint")]
    [InlineData("restorechanbackup /nowhere/channel.backup", "There is no file")]
    [InlineData("nonsense", "nonsense")]
    public async Task Wrong_arguments_end_with_2_and_are_named(string arguments, string text)
    {
        Assert.Equal(2, await Run(arguments.Replace("PEER", FakeNode.Peer.ToString(), StringComparison.Ordinal).Split(' ')));
        Assert.Contains(text, _error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task Missing_macaroon_is_named_with_its_path()
    {
        Assert.Equal(2, await CommandLine.RunAsync(["getinfo", "--rpcserver", "127.0.0.1:1", "--data-dir", _api.Folder.Path, "--network", "regtest"], Context));
        Assert.Contains(Path.Combine(_api.Folder.Path, "data", "chain", "bitcoin", "regtest", "admin.macaroon"), _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Node_that_does_not_run_ends_with_3()
    {
        var args = Connection;
        args[1] = "127.0.0.1:1";
        Assert.Equal(3, await CommandLine.RunAsync(["getinfo", .. args], Context));
        Assert.Contains("no answer from a node at 127.0.0.1:1: Connection refused", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Node_with_another_certificate_is_not_trusted()
    {
        using var other = new TempFolder();
        using var certificate = Node.Tls.TlsFiles.Open(other.Path, [], TimeProvider.System);
        var args = Connection;
        args[3] = other.File("tls.cert");
        Assert.Equal(3, await CommandLine.RunAsync(["getinfo", .. args], Context));
        Assert.Contains($"another certificate is shown there than {args[3]}", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("localhost:10009/path")]
    public async Task Address_of_the_node_needs_its_port_and_nothing_else(string server)
    {
        var args = Connection;
        args[1] = server;
        Assert.Equal(2, await CommandLine.RunAsync(["getinfo", .. args], Context));
        Assert.Contains($"--rpcserver: '{server}' is not HOST:PORT", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_command_the_commands_are_shown()
    {
        Assert.Equal(2, await CommandLine.RunAsync([], Context));
        Assert.Contains("payinvoice <INVOICE>", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("getinf", "There is no command 'getinf'; perhaps you mean getinfo.")]
    [InlineData("payinvoices", "There is no command 'payinvoices'; perhaps you mean payinvoice.")]
    [InlineData("nonsense", "There is no command 'nonsense'.")]
    [InlineData("--jsn", "There is no option --jsn before a command.")]
    public async Task Unknown_command_is_named_with_those_that_are_near(string command, string text)
    {
        Assert.Equal(2, await CommandLine.RunAsync([command], Context));
        Assert.Equal($"lightning: {text}", _error.ToString().Split('\n')[0].Trim());
    }

    [Fact]
    public async Task Where_the_node_is_comes_from_the_environment_too()
    {
        var folder = Path.Combine(_api.Folder.Path, "data", "chain", "bitcoin", "regtest");
        Directory.CreateDirectory(folder);
        File.Copy(_api.Folder.File("admin.macaroon"), Path.Combine(folder, "admin.macaroon"));
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["LN__DATA_DIR"] = _api.Folder.Path, ["LN__Network"] = "regtest", ["LN__GRPC_LISTEN"] = $"0.0.0.0:{_api.Address.Port}",
        };
        Assert.Equal(0, await CommandLine.RunAsync(["getinfo"], Context with { Environment = environment }));
    }

    [Fact]
    public async Task Peers_are_connected_listed_and_disconnected()
    {
        Assert.Equal(0, await Run("connect", $"{FakeNode.Peer}@[::1]:9999"));
        Assert.Equal(new PeerAddress(FakeNode.Peer, "::1", 9999), _api.Node.LastRequest);
        Assert.Equal(0, await Run("listpeers"));
        Assert.Contains(FakeNode.Peer.ToString(), _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await Run("disconnect", FakeNode.Peer.ToString()));
        Assert.Equal(1, await Run("disconnect", FakeNode.Peer.ToString()));
        Assert.Contains("peer is not connected", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Balances_and_addresses_are_shown()
    {
        Assert.Equal(0, await Run("walletbalance"));
        Assert.Contains("10,000,005 sat", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await Run("channelbalance"));
        Clear();
        Assert.Equal(0, await Run("newaddress", "--type", "p2tr"));
        Assert.StartsWith("bcrt1", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(AddressType.Taproot, _api.Node.LastRequest);
    }

    private string[] Connection =>
        ["--rpcserver", _api.Address.Authority, "--tls-cert", _api.Folder.File("tls.cert"), "--macaroon", _api.Folder.File("admin.macaroon")];

    private CommandContext Context => new(_output, _error, new Dictionary<string, string>(StringComparer.Ordinal) { ["LN__DATA_DIR"] = _api.Folder.Path });

    private Task<int> Run(params string[] args) => CommandLine.RunAsync([.. args, .. Connection], Context);

    private async Task<JsonElement> Json(params string[] args)
    {
        Clear();
        Assert.Equal(0, await Run([.. args, "--json"]));
        var result = JsonDocument.Parse(_output.ToString()).RootElement;
        Clear();
        return result;
    }

    private void Clear() => _output.GetStringBuilder().Clear();
}
