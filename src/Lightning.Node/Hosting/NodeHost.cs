using System.Net;
using System.Security.Cryptography.X509Certificates;
using Lightning.Actors.Api;
using Lightning.Actors.Hosting;
using Lightning.Chain;
using Lightning.Chain.Wallet;
using Lightning.Node.Api;
using Lightning.Node.Macaroons;
using Lightning.Node.Tls;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Lightning.Node.Hosting;

/// <summary>A node with its API in front, in one ASP.NET host.</summary>
public sealed class NodeHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate;

    private NodeHost(WebApplication app, X509Certificate2 certificate) => (_app, _certificate) = (app, certificate);

    /// <summary>The node.</summary>
    public ILightningNode Node => _app.Services.GetRequiredService<ILightningNode>();

    /// <summary>Where the API listens, in the order asked for, with the ports that were taken.</summary>
    public IReadOnlyList<IPEndPoint> ApiEndpoints =>
        [.. _app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Select(a => IPEndPoint.Parse(new Uri(a).Authority))];

    /// <summary>Starts a node and its API; completes when both can be used.</summary>
    /// <param name="dataDir">Folder of the certificate; exists.</param>
    /// <param name="api">Where the API listens; port 0 takes a free one.</param>
    /// <param name="options">What the node is told; its data folder exists and gets the macaroons.</param>
    /// <param name="keys">Its secrets; the caller disposes them after the node.</param>
    /// <param name="chain">The chain; the caller disposes it after the node.</param>
    /// <param name="wallet">The keys of its on-chain coins.</param>
    /// <param name="logging">Where it logs.</param>
    /// <param name="cancellation">Gives up starting.</param>
    /// <exception cref="InvalidDataException">Certificate or macaroons are damaged.</exception>
    /// <exception cref="IOException">A port is taken.</exception>
    public static async Task<NodeHost> StartAsync(
        string dataDir, IReadOnlyList<IPEndPoint> api, LightningNodeOptions options, NodeKeys keys, IChainBackend chain, IChainWallet wallet,
        Action<ILoggingBuilder> logging, CancellationToken cancellation)
    {
        var certificate = TlsFiles.Open(dataDir, api.Select(e => e.Address.ToString()), options.Time);
        // Settings come from our own sources: no appsettings.json of the folder the process happens to run in, no ASPNETCORE_ variables.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "lightning" });
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.AddRoutingCore();
        logging(builder.Logging);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
        builder.Services.AddSingleton(keys).AddSingleton(chain).AddSingleton(wallet);
        builder.Services.AddLightningNode(options);
        builder.AddApi(api, certificate, MacaroonFiles.Open(options.DataFolder, options.Time));
        var app = builder.Build();
        app.MapApi();
        try
        {
            // Made before anything starts: what fails here (the folder is in use) leaves nothing to be stopped.
            _ = app.Services.GetServices<IHostedService>().Count();
        }
        catch
        {
            await app.DisposeAsync();
            certificate.Dispose();
            throw;
        }
        var host = new NodeHost(app, certificate);
        try
        {
            await app.StartAsync(cancellation);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes when somebody has asked the node to stop, or <paramref name="cancellation"/> is cancelled, and it has stopped.</summary>
    public Task RunAsync(CancellationToken cancellation) => _app.WaitForShutdownAsync(cancellation);

    /// <summary>Stops in good order: first the API, then the node.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _certificate.Dispose();
    }
}
