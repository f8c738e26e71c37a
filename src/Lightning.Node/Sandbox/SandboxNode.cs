using System.Net;
using System.Security.Cryptography;
using Lightning.Actors.Api;
using Lightning.Actors.Hosting;
using Lightning.Bitcoin.Keys;
using Lightning.Chain.Simulated;
using Lightning.Node.Configuration;
using Lightning.Node.Hosting;

namespace Lightning.Node.Sandbox;

/// <summary>One of the sandbox's nodes.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Folder">Its data folder.</param>
/// <param name="Host">The node and its API.</param>
/// <param name="Wallet">Its on-chain coins.</param>
/// <param name="Keys">Its secrets.</param>
internal sealed record SandboxNode(string Name, string Folder, NodeHost Host, SimulatedWallet Wallet, NodeKeys Keys) : IAsyncDisposable
{
    public ILightningNode Node => Host.Node;

    /// <summary>Starts a node with a fresh seed, on free ports of the loopback.</summary>
    public static async Task<SandboxNode> StartAsync(string name, string root, SimulatedChain chain, LogLevel logLevel, CancellationToken cancellation)
    {
        var folder = Path.Combine(root, name);
        var networkFolder = NodeSettings.NetworkFolderOf(folder, chain.Network);
        PrivateFiles.CreateFolder(networkFolder);
        var seed = RandomNumberGenerator.GetBytes(64);
        var keys = NodeKeys.FromSeed(seed);
        using var master = ExtKey.FromSeed(seed);
        var wallet = new SimulatedWallet(chain, master);
        CryptographicOperations.ZeroMemory(seed);
        var any = new IPEndPoint(IPAddress.Loopback, 0);
        var options = new LightningNodeOptions { Network = chain.Network, DataFolder = networkFolder, Alias = name, Listen = [any], Hocon = NodeLogging.Hocon(logLevel) };
        var host = await NodeHost.StartAsync(folder, [any, any], options, keys, chain, wallet, NodeLogging.Console(logLevel), cancellation);
        return new SandboxNode(name, folder, host, wallet, keys);
    }

    /// <summary>Where its peers reach it.</summary>
    public async Task<PeerAddress> AddressAsync(CancellationToken cancellation)
    {
        var info = await Node.GetInfoAsync(cancellation);
        return PeerAddress.Parse($"{info.NodeId}@{info.Addresses[0]}");
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Wallet.Dispose();
        Keys.Dispose();
    }
}
