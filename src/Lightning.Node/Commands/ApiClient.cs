using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Lightning.Node.Configuration;

namespace Lightning.Node.Commands;

/// <summary>A connection to a node's API: its certificate pinned, the macaroon with every call.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly GrpcChannel _channel;

    private ApiClient(string server, GrpcChannel channel, CallInvoker invoker)
    {
        Server = server;
        _channel = channel;
        Lightning = new Lnrpc.Lightning.LightningClient(invoker);
        Router = new Routerrpc.Router.RouterClient(invoker);
    }

    /// <summary>Where the node is looked for, <c>host:port</c>.</summary>
    public string Server { get; }

    public Lnrpc.Lightning.LightningClient Lightning { get; }

    public Routerrpc.Router.RouterClient Router { get; }

    /// <summary>Prepares a connection; it is made with the first call.</summary>
    /// <exception cref="ConfigurationException">The address makes no sense, or one of the files cannot be read.</exception>
    public static ApiClient Connect(string server, string certificateFile, string macaroonFile)
    {
        if (!Uri.TryCreate($"https://{server}", UriKind.Absolute, out var address) || address.PathAndQuery != "/" || !server.EndsWith($":{address.Port.ToString(CultureInfo.InvariantCulture)}", StringComparison.Ordinal))
            throw new ConfigurationException($"--rpcserver: '{server}' is not HOST:PORT.");
        var certificate = Read(certificateFile, "--tls-cert", pem => X509Certificate2.CreateFromPem(pem));
        var macaroon = Read(macaroonFile, "--macaroon", _ => Convert.ToHexStringLower(File.ReadAllBytes(macaroonFile)));
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(10),
            SslOptions = new SslClientAuthenticationOptions
            {
                // This very certificate and no other: its names and its age do not matter then.
                RemoteCertificateValidationCallback = (_, presented, _, _) => presented is not null && presented.GetRawCertData().AsSpan().SequenceEqual(certificate.RawData)
                    ? true
                    : throw new AuthenticationException($"another certificate is shown there than {certificateFile}; see --data-dir, --tls-cert and --rpcserver"),
            },
        };
        var channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true, MaxReceiveMessageSize = 256 * 1024 * 1024 });
        return new ApiClient(address.Authority, channel, channel.Intercept(headers =>
        {
            headers.Add("macaroon", macaroon);
            return headers;
        }));
    }

    public void Dispose() => _channel.Dispose();

    private static T Read<T>(string file, string option, Func<string, T> parse)
    {
        try
        {
            return parse(File.ReadAllText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{option}: cannot read {file}. Has the node run with this data folder and network? ({e.Message})");
        }
        catch (CryptographicException e)
        {
            throw new ConfigurationException($"{option}: {file} is not a certificate: {e.Message}");
        }
    }
}
