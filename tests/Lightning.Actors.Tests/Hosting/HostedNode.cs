using System.Net;
using System.Security.Cryptography;
using System.Text;
using Lightning.Actors.Api;
using Lightning.Actors.Connections;
using Lightning.Actors.Hosting;
using Lightning.Chain;
using Lightning.Chain.Wallet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lightning.Actors.Tests.Hosting;

/// <summary>
/// A whole node in this process as its users run it: <see cref="LightningHost"/> on a folder, a cluster and a port of its own, in real time; can be stopped and
/// started again on the same folder.
/// </summary>
/// <remarks>
/// Only for what a <see cref="Lightning.TestKit.Scenario"/> leaves out: the folder's lock, <c>journal.position</c> and the recognition of an old database, the
/// start and the orderly stop of the host, shard regions, and the handshake over sockets. All else is tested by scenarios, which are faster and always go the same way.
/// </remarks>
internal sealed class HostedNode : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly NodeKeys _keys;
    private readonly IChainBackend _chain;
    private readonly IChainWallet _wallet;
    private readonly Func<LightningNodeOptions, LightningNodeOptions> _configure;
    private LightningHost? _host;
    private IPEndPoint? _lastAddress;

    private HostedNode(string name, IChainBackend chain, IChainWallet wallet, Func<LightningNodeOptions, LightningNodeOptions>? configure)
    {
        _keys = NodeKeys.FromSeed(SHA512.HashData(Encoding.ASCII.GetBytes(name)));
        _chain = chain;
        _wallet = wallet;
        _configure = configure ?? (static options => options);
        Name = name;
    }

    public IChainWallet Wallet => _wallet;

    public string Name { get; }

    public NodeId Id => _keys.NodeId;

    public ILightningNode Node => _host!.Node;

    public IServiceProvider Services => _host!.Services;

    public NodeRuntime Runtime => Services.GetRequiredService<NodeRuntime>();

    public IPEndPoint Address => Runtime.ListeningOn[0];

    public PeerAddress PeerAddress => new(Id, "127.0.0.1", Address.Port);

    public static async Task<HostedNode> StartAsync(
        string name, IChainBackend chain, IChainWallet wallet, Func<LightningNodeOptions, LightningNodeOptions>? configure = null)
    {
        var node = new HostedNode(name, chain, wallet, configure);
        await node.StartAsync();
        return node;
    }

    /// <summary>Starts the node, perhaps again; on the port that it had, so that peers find it, or on a free one.</summary>
    public async Task StartAsync(bool samePort = false)
    {
        _host = await LightningHost.StartAsync(
            _configure(new LightningNodeOptions
            {
                Network = Network.Regtest,
                DataFolder = _folder.Path,
                Alias = Name,
                Listen = [samePort ? _lastAddress! : new IPEndPoint(IPAddress.Loopback, 0)],
            }),
            _keys,
            _chain,
            _wallet,
            Log);
        _lastAddress = Address;
    }

    // LIGHTNING_TEST_LOG=Information (or Debug) shows what the nodes say.
    private static void Log(ILoggingBuilder logging)
    {
        if (Enum.TryParse<LogLevel>(Environment.GetEnvironmentVariable("LIGHTNING_TEST_LOG"), out var level)) logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(level);
    }

    public async Task StopAsync()
    {
        if (_host is not { } host) return;
        _host = null;
        await host.DisposeAsync();
    }

    /// <summary>Path of a file in the node's folder.</summary>
    public string File(string name) => _folder.File(name);

    /// <summary>The database of the stopped node.</summary>
    public byte[] Copy() => System.IO.File.ReadAllBytes(File("lightning.db"));

    /// <summary>Puts an old copy in the place of the stopped node's database.</summary>
    public void Restore(byte[] copy) => System.IO.File.WriteAllBytes(File("lightning.db"), copy);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _keys.Dispose();
        _folder.Dispose();
    }

    public LiveConnection? ConnectionTo(HostedNode other) => Runtime.Connections.Find(other.Id);
}
