using System.Globalization;
using Lightning.Actors.Api;
using Lightning.Chain.Simulated;
using Lightning.Node.Commands;
using Lightning.Node.Configuration;
using Lightning.Node.Tls;

namespace Lightning.Node.Sandbox;

/// <summary>
/// Three nodes on a simulated chain, in one process but with nothing in common than the chain: each has its actor system, database, ports and
/// API, and they speak Lightning over real sockets. Channels alice-bob and bob-carol, payments both ways, one of them through bob.
/// </summary>
internal sealed class ThreeNodes : IAsyncDisposable
{
    private static readonly Satoshi Funds = new(100_000_000), Capacity = new(5_000_000), Push = new(2_000_000);
    private static readonly TimeSpan BlockPace = TimeSpan.FromMilliseconds(200), LookPace = TimeSpan.FromMilliseconds(50), Patience = TimeSpan.FromSeconds(60);

    private static readonly (string From, string To, long Sat)[] Plan =
    [
        ("alice", "bob", 10_000), ("bob", "alice", 5_000), ("bob", "carol", 8_000), ("alice", "carol", 50_000), ("carol", "alice", 20_000),
        ("alice", "carol", 1), ("carol", "bob", 7_000), ("alice", "carol", 123_456), ("carol", "alice", 65_432),
    ];

    private readonly string _root = Directory.CreateTempSubdirectory("lightning-sandbox-").FullName;
    private readonly TimeProvider _time;
    private readonly SimulatedChain _chain;
    private readonly TextWriter _output;
    private readonly LogLevel _logLevel;
    private readonly Dictionary<string, SandboxNode> _nodes = new(StringComparer.Ordinal);
    private SandboxMiner? _miner;

    public ThreeNodes(TextWriter output, LogLevel logLevel, TimeProvider time)
    {
        (_output, _logLevel, _time) = (output, logLevel, time);
        _chain = new SimulatedChain(time);
    }

    public IReadOnlyCollection<SandboxNode> Nodes => _nodes.Values;

    /// <summary>Starts the nodes, opens the channels, pays. Returns the payments, in the order they were made.</summary>
    public async Task<IReadOnlyList<SandboxPayment>> PlayAsync(CancellationToken cancellation)
    {
        foreach (var name in (string[])["alice", "bob", "carol"])
        {
            await Step($"{name} starts", async () =>
            {
                var node = await SandboxNode.StartAsync(name, _root, _chain, _logLevel, cancellation);
                _nodes.Add(name, node);
                return $"at {await node.AddressAsync(cancellation)}";
            });
        }
        await Step("alice and bob receive coins", async () =>
        {
            foreach (var name in (string[])["alice", "bob"])
            {
                var address = await _nodes[name].Wallet.NewAddressAsync(cancellation);
                _chain.Fund(address.ScriptPubKey, Funds);
            }
            _chain.Mine();
            foreach (var name in (string[])["alice", "bob"])
                await Until($"{name}'s coins", async () => (await _nodes[name].Node.GetWalletBalanceAsync(cancellation)).Confirmed >= Funds, cancellation);
            return $"{Printer.Number(Funds.Value)} sat each";
        });
        _miner = new SandboxMiner(_chain, BlockPace, _time);
        await Open("alice", "bob", cancellation);
        await Open("bob", "carol", cancellation);
        var payments = new List<SandboxPayment>();
        foreach (var (from, to, sat) in Plan) payments.Add(await Pay(from, to, new Satoshi(sat).ToMilliSatoshi(), cancellation));
        return payments;
    }

    /// <summary>Tables of the payments and of what everybody has now.</summary>
    public async Task ReportAsync(IReadOnlyList<SandboxPayment> payments, Printer printer, CancellationToken cancellation)
    {
        printer.Line("");
        printer.Table(
            ["payment", "amount (sat)", "fee (sat)", "hops", "time", "result"],
            payments.Select(p => (IReadOnlyList<string>)
            [
                $"{p.From} -> {p.To}", Printer.Amount(p.Amount.Value)[..^4], Printer.Amount(p.Result.Fee.Value)[..^4], p.Hops.ToString(CultureInfo.InvariantCulture),
                Milliseconds(p.Time), p.Succeeded ? "paid" : $"failed: {p.Result.FailureReason}",
            ]), "");
        var rows = new List<IReadOnlyList<string>>();
        foreach (var node in _nodes.Values)
        {
            var (wallet, channels) = (await node.Node.GetWalletBalanceAsync(cancellation), await node.Node.GetChannelBalanceAsync(cancellation));
            rows.Add([node.Name, Printer.Number(wallet.Total.Value), Printer.Amount(channels.Local.Value)[..^4], Printer.Amount(channels.Remote.Value)[..^4], (await node.Node.ListChannelsAsync(cancellation)).Count.ToString(CultureInfo.InvariantCulture)]);
        }
        printer.Table(["node", "on chain (sat)", "in channels, ours (sat)", "in channels, theirs (sat)", "channels"], rows, "");
    }

    /// <summary>How to drive each node from another terminal.</summary>
    public void ShowCommands(Printer printer)
    {
        var program = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) != "dotnet" ? path : $"dotnet {typeof(ThreeNodes).Assembly.Location}";
        foreach (var node in _nodes.Values)
        {
            var (grpc, rest) = (node.Host.ApiEndpoints[0], node.Host.ApiEndpoints[1]);
            var macaroon = Path.Combine(NodeSettings.NetworkFolderOf(node.Folder, _chain.Network), "admin.macaroon");
            printer.Line($"{node.Name}:");
            printer.Line($"  {program} getinfo --data-dir {node.Folder} --network {_chain.Network} --rpcserver {grpc}");
            printer.Line($"  curl --cacert {Path.Combine(node.Folder, TlsFiles.CertificateFile)} -H \"Grpc-Metadata-macaroon: $(od -An -tx1 -v {macaroon} | tr -d ' \\n')\" https://{rest}/v1/getinfo");
        }
        printer.Line("");
        printer.Line("In place of getinfo: listchannels, addinvoice --sat 1000 --private, payinvoice INVOICE, --help for more. The channels are unannounced:");
        printer.Line("--private puts into the invoice how to reach its maker over two hops. A block is mined whenever a transaction waits.");
    }

    public async ValueTask DisposeAsync()
    {
        if (_miner is not null) await _miner.DisposeAsync();
        foreach (var node in _nodes.Values) await node.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    private async Task Open(string from, string to, CancellationToken cancellation)
    {
        await Step($"{from} connects to {to}", async () =>
        {
            await _nodes[from].Node.ConnectPeerAsync(await _nodes[to].AddressAsync(cancellation), cancellation: cancellation);
            return "";
        });
        await Step($"{from} opens a channel with {to}", async () =>
        {
            // Unannounced: payments find their way by the hints in the invoices.
            var funding = await _nodes[from].Node.OpenChannelAsync(new OpenChannelRequest
            {
                Peer = _nodes[to].Keys.NodeId, Capacity = Capacity, Push = Push.ToMilliSatoshi(), IsPrivate = true, FundingFeerate = FeeratePerKw.FromSatPerVByte(2),
            }, cancellation);
            await Limited("the channel", Task.WhenAll(
                _nodes[from].Node.WaitForChannelReadyAsync(funding, cancellation), _nodes[to].Node.WaitForChannelReadyAsync(funding, cancellation)));
            return $"{Printer.Number(Capacity.Value)} sat, {Printer.Number(Push.Value)} sat of them {to}'s";
        });
    }

    private async Task<SandboxPayment> Pay(string from, string to, MilliSatoshi amount, CancellationToken cancellation)
    {
        var invoice = await _nodes[to].Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = amount, Description = $"from {from}", IncludePrivateChannels = true }, cancellation);
        var start = _time.GetTimestamp();
        PaymentInfo? last = null;
        await foreach (var update in _nodes[from].Node.PayInvoiceAsync(new PayInvoiceRequest(invoice.PaymentRequest) { FeeLimit = new MilliSatoshi(100_000) }, cancellation)) last = update;
        var time = _time.GetElapsedTime(start);
        var payment = new SandboxPayment(from, to, amount, last ?? throw new InvalidOperationException("The payment ended without a word."), time);
        _output.WriteLine($"  {from} pays {to} {Printer.Amount(amount.Value)}: {(payment.Succeeded ? "paid" : $"failed, {last.FailureReason}")} in {Milliseconds(time)}");
        return payment;
    }

    private async Task Step(string what, Func<Task<string>> run)
    {
        var start = _time.GetTimestamp();
        var result = await run();
        _output.WriteLine($"  {what} ({Milliseconds(_time.GetElapsedTime(start))}){(result.Length > 0 ? $": {result}" : "")}");
    }

    private async Task Until(string what, Func<Task<bool>> condition, CancellationToken cancellation)
    {
        var start = _time.GetTimestamp();
        while (!await condition())
        {
            if (_time.GetElapsedTime(start) > Patience) throw new InvalidOperationException($"Waited {Patience.TotalSeconds:N0} s for {what} in vain.");
            await Task.Delay(LookPace, _time, cancellation);
        }
    }

    private async Task Limited(string what, Task task)
    {
        try
        {
            await task.WaitAsync(Patience, _time);
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"Waited {Patience.TotalSeconds:N0} s for {what} in vain.", e);
        }
    }

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:N0} ms");
}
