using System.Globalization;
using Lightning.Actors.Api;
using Lightning.Chain.Simulated;
using Lightning.Node.Commands;
using Lightning.Node.Configuration;
using Lightning.Node.Sandbox;
using Lightning.Node.Tests.Fakes;
using Microsoft.Extensions.Logging;

namespace Lightning.Node.Tests.Commands;

/// <summary>Two real nodes with a channel and a payment over it: alice still runs, bob is stopped.</summary>
/// <remarks>
/// Hosted, and no scenario: the commands work on an operator's data folder, with its settings, its lock and its database, and alice writes to hers meanwhile.
/// </remarks>
public sealed class JournalFixture : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly TempFolder _folder = new();
    private readonly SimulatedChain _chain = new(TimeProvider.System);
    private SandboxNode? _alice, _bob;

    public OutPoint Funding { get; private set; }

    public ShortChannelId ShortChannelId { get; private set; }

    public NodeId Alice => _alice!.Keys.NodeId;

    public NodeId Bob { get; private set; } = null!;

    /// <summary>A node's data folder.</summary>
    public string DataDir(string node) => _folder.File(node);

    /// <summary>The folder with a node's database.</summary>
    public string DatabaseFolder(string node) => NodeSettings.NetworkFolderOf(DataDir(node), Network.Regtest);

    public async Task InitializeAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        _alice = await SandboxNode.StartAsync("alice", _folder.Path, _chain, LogLevel.None, limit.Token);
        _bob = await SandboxNode.StartAsync("bob", _folder.Path, _chain, LogLevel.None, limit.Token);
        Bob = _bob.Keys.NodeId;
        _chain.Fund((await _alice.Wallet.NewAddressAsync(limit.Token)).ScriptPubKey, new Satoshi(10_000_000));
        _chain.Mine();
        // Hosted nodes run by themselves on real time: looked at again until it is so, within the limit.
        while ((await _alice.Node.GetWalletBalanceAsync(limit.Token)).Confirmed == Satoshi.Zero) await Task.Delay(5, limit.Token);
        await using (new SandboxMiner(_chain, TimeSpan.FromMilliseconds(50), TimeProvider.System))
        {
            await _alice.Node.ConnectPeerAsync(await _bob.AddressAsync(limit.Token), cancellation: limit.Token);
            Funding = await _alice.Node.OpenChannelAsync(
                new OpenChannelRequest { Peer = Bob, Capacity = new Satoshi(1_000_000), Push = new MilliSatoshi(200_000_000), IsPrivate = true, FundingFeerate = FeeratePerKw.FromSatPerVByte(2) }, limit.Token);
            await Task.WhenAll(_alice.Node.WaitForChannelReadyAsync(Funding, limit.Token), _bob.Node.WaitForChannelReadyAsync(Funding, limit.Token));
        }

        var invoice = await _bob.Node.AddInvoiceAsync(new AddInvoiceRequest { Amount = new MilliSatoshi(50_000_000) }, limit.Token);
        await foreach (var update in _alice.Node.PayInvoiceAsync(new PayInvoiceRequest(invoice.PaymentRequest), limit.Token)) Assert.NotEqual(PaymentStatus.Failed, update.Status);
        foreach (var (node, paid) in new[] { (_alice, 750_000_000), (_bob, 250_000_000) })
        {
            while ((await node.Node.ListChannelsAsync(limit.Token)).Single().LocalBalance != new MilliSatoshi(paid)) await Task.Delay(5, limit.Token);
        }

        ShortChannelId = (await _alice.Node.ListChannelsAsync(limit.Token)).Single().ShortChannelId!.Value;
        await _bob.DisposeAsync();
    }

    public async Task DisposeAsync()
    {
        if (_alice is { } alice) await alice.DisposeAsync();
        await _chain.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Runs a command on a node's data folder.</summary>
    internal async Task<(int ExitCode, string Output, string Error)> RunAsync(string node, params string[] args)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["LN__DATA_DIR"] = DataDir(node), ["LN__NETWORK"] = "regtest" };
        return (await CommandLine.RunAsync(args, new CommandContext(output, error, environment)), output.ToString(), error.ToString());
    }
}
