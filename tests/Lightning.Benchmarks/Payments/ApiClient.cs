using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Lightning.Interop.Tests.Peers;
using LightningApi = Lightning.Node.Api.Lnrpc.Lightning;
using RouterApi = Lightning.Node.Api.Routerrpc.Router;

namespace Lightning.Benchmarks.Payments;

/// <summary>gRPC to one node, with its certificate and its admin macaroon.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly GrpcChannel _channel;

    public ApiClient(LightningNode node)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(node.TlsCertificate));
        _channel = GrpcChannel.ForAddress($"https://127.0.0.1:{node.GrpcPort}", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trust }, EnableMultipleHttp2Connections = true },
            DisposeHttpClient = true,
        });
        var macaroon = Convert.ToHexStringLower(File.ReadAllBytes(node.AdminMacaroon));
        var invoker = _channel.Intercept(metadata =>
        {
            metadata.Add("macaroon", macaroon);
            return metadata;
        });
        Lightning = new LightningApi.LightningClient(invoker);
        Router = new RouterApi.RouterClient(invoker);
    }

    public LightningApi.LightningClient Lightning { get; }

    public RouterApi.RouterClient Router { get; }

    public void Dispose() => _channel.Dispose();
}
