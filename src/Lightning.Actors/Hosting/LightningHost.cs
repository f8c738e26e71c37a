using Lightning.Actors.Api;
using Lightning.Chain;
using Lightning.Chain.Wallet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lightning.Actors.Hosting;

/// <summary>A node that runs by itself, for programs that have no host of their own: tests, examples, the sandbox.</summary>
public sealed class LightningHost : IAsyncDisposable
{
    private readonly IHost _host;

    private LightningHost(IHost host) => _host = host;

    /// <summary>The node's services.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>The node's operations.</summary>
    public ILightningNode Node => _host.Services.GetRequiredService<ILightningNode>();

    /// <summary>Starts a node; completes when it is ready to be used.</summary>
    /// <param name="options">What it is told.</param>
    /// <param name="keys">Its secrets; the caller disposes them after the node.</param>
    /// <param name="chain">The chain; the caller disposes it after the node.</param>
    /// <param name="wallet">The keys of its on-chain coins.</param>
    /// <param name="logging">Where it logs; nowhere by default.</param>
    /// <param name="cancellation">Gives up starting.</param>
    /// <exception cref="InvalidOperationException">The data folder is in use, or the database is not fit.</exception>
    public static async Task<LightningHost> StartAsync(
        LightningNodeOptions options,
        NodeKeys keys,
        IChainBackend chain,
        IChainWallet wallet,
        Action<ILoggingBuilder>? logging = null,
        CancellationToken cancellation = default)
    {
        // Settings come from the options alone: no files, no environment, nothing to watch for changes.
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddLogging(log => logging?.Invoke(log));
        builder.Services.AddSingleton(keys).AddSingleton(chain).AddSingleton(wallet);
        builder.Services.AddLightningNode(options);
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellation).ConfigureAwait(false);
            return new LightningHost(host);
        }
        catch
        {
            await DisposeAsync(host).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops the node in good order: what is being written is finished, the folder is free afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync().ConfigureAwait(false);
        await DisposeAsync(_host).ConfigureAwait(false);
    }

    private static async Task DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync().ConfigureAwait(false);
        else host.Dispose();
    }
}
