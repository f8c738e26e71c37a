using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Lightning.Actors.Api;
using Lightning.Node.Api.Rest;
using Lightning.Node.Api.Services;
using Lightning.Node.Macaroons;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Lightning.Node.Api;

/// <summary>Serves the node's API on Kestrel: gRPC and REST over TLS, behind macaroons.</summary>
public static class ApiServer
{
    /// <summary>Adds the API's services. <see cref="ILightningNode"/> must be registered by somebody else.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="endpoints">Where to listen; every endpoint serves gRPC and REST alike.</param>
    /// <param name="certificate">The TLS certificate with its key.</param>
    /// <param name="bakery">Checks macaroons.</param>
    public static void AddApi(this WebApplicationBuilder builder, IEnumerable<IPEndPoint> endpoints, X509Certificate2 certificate, MacaroonBakery bakery)
    {
        builder.Services.AddSingleton(bakery);
        builder.Services.AddSingleton<LightningService>();
        builder.Services.AddSingleton<RouterService>();
        builder.Services.AddSingleton<InvoicesService>();
        builder.Services.AddSingleton<VersionerService>();
        builder.Services.AddSingleton<StateService>();
        builder.Services.AddGrpc(options =>
        {
            options.IgnoreUnknownServices = true;
            options.Interceptors.Add<ApiInterceptor>();
            options.MaxReceiveMessageSize = 4 * 1024 * 1024;
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 4 * 1024 * 1024;
            foreach (var endpoint in endpoints)
            {
                kestrel.Listen(endpoint, listen =>
                {
                    listen.Protocols = HttpProtocols.Http1AndHttp2;
                    listen.UseHttps(https =>
                    {
                        https.ServerCertificate = certificate;
                        // 1.2 too: some wallets' libraries speak nothing newer.
                        https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                    });
                });
            }
        });
    }

    /// <summary>Maps gRPC, REST and the answers to calls of neither.</summary>
    public static void MapApi(this WebApplication app)
    {
        app.UseWebSockets();
        app.Use(SocketExchange.ChooseMethod);
        app.UseRouting();
        app.MapGrpcService<LightningService>();
        app.MapGrpcService<RouterService>();
        app.MapGrpcService<InvoicesService>();
        app.MapGrpcService<VersionerService>();
        app.MapGrpcService<StateService>();
        RestGateway.Map(app);
        app.MapFallback(context =>
        {
            if (!UnknownMethods.IsGrpc(context.Request)) return RestGateway.AnswerUnknown(context);
            UnknownMethods.Answer(context);
            return Task.CompletedTask;
        });
    }
}
