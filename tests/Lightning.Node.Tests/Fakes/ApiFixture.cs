using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Lightning.Actors.Api;
using Lightning.Node.Api;
using Lightning.Node.Macaroons;
using Lightning.Node.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lightning.Node.Tests.Fakes;

/// <summary>The whole API on a free port of the loopback, in front of a <see cref="FakeNode"/>.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    private WebApplication? _app;
    private X509Certificate2? _certificate;

    internal FakeNode Node { get; } = new();

    public TempFolder Folder { get; } = new();

    internal MacaroonBakery Bakery { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    public X509Certificate2 Certificate => _certificate!;

    public string Admin => Hex("admin");

    public string Hex(string name) => Convert.ToHexStringLower(File.ReadAllBytes(Path.Combine(Folder.Path, name + ".macaroon")));

    public async Task InitializeAsync()
    {
        _certificate = TlsFiles.Open(Folder.Path, [], TimeProvider.System);
        Bakery = MacaroonFiles.Open(Folder.Path, TimeProvider.System);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ILightningNode>(Node);
        builder.AddApi([new IPEndPoint(IPAddress.Loopback, 0)], _certificate, Bakery);
        _app = builder.Build();
        _app.MapApi();
        await _app.StartAsync();
        var addresses = _app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        Address = new Uri(addresses.First());
    }

    public HttpClient Http(string? macaroon)
    {
        var http = new HttpClient(Handler(), disposeHandler: true) { BaseAddress = Address };
        if (macaroon is not null) http.DefaultRequestHeaders.Add("Grpc-Metadata-macaroon", macaroon);
        return http;
    }

    public GrpcChannel Grpc() => GrpcChannel.ForAddress(Address, new GrpcChannelOptions { HttpHandler = Handler(), DisposeHttpClient = true });

    public static Metadata With(string macaroon) => new() { { "macaroon", macaroon } };

    public async Task DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        _certificate?.Dispose();
        Folder.Dispose();
    }

    private SocketsHttpHandler Handler() => new()
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, presented, _, _) => presented is not null && presented.GetRawCertData().AsSpan().SequenceEqual(Certificate.RawData),
        },
    };
}
