using Google.Protobuf;
using Grpc.Core;
using Lightning.Node.Macaroons;

namespace Lightning.Node.Api.Rest;

/// <summary>REST in front of the gRPC services, over HTTP and WebSockets. Runs the services in place, without a connection between.</summary>
internal static class RestGateway
{
    public static void Map(WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Lightning.Node.Api.Rest");
        foreach (var route in RestRoutes.All)
            app.MapMethods(route.Path, [route.Verb], context => Run(route, context, logger));
    }

    /// <summary>The answer to a request that is no call of the API.</summary>
    public static Task AnswerUnknown(HttpContext http) =>
        new HttpExchange(http).FailAsync(new Status(StatusCode.NotFound, "Not Found"), isStream: false, http.RequestAborted);

    private static async Task Run(RestRoute route, HttpContext http, ILogger logger)
    {
        if (await SocketExchange.AcceptAsync(http) is not { } socket)
        {
            await Run(route, http, new HttpExchange(http), logger, http.RequestAborted);
            return;
        }
        // The request's own token does not fire while a socket is open: the client's close ends the call.
        using var closed = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        if (!HttpMethods.IsPost(route.Verb)) socket.WatchForClose(closed);
        await Run(route, http, socket, logger, closed.Token);
        await socket.FinishAsync();
    }

    private static async Task Run(RestRoute route, HttpContext http, IRestExchange exchange, ILogger logger, CancellationToken cancellation)
    {
        try
        {
            // A subscription would keep the process from stopping.
            using var stopping = route.IsStream ? http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(http.Abort) : default;
            http.RequestServices.GetRequiredService<MacaroonBakery>().Authorize(exchange.Macaroon, route.Method, http.Connection.RemoteIpAddress);
            var context = new RestCallContext(http, route.Method, cancellation);
            Task Answer(IMessage message) => exchange.SendAsync(RestJson.Answer(message, route.IsStream), route.IsStream, cancellation);
            if (route.Converse is { } converse) await converse(http.RequestServices, token => RestRequest.ReadNext(route, exchange, token), context, Answer);
            else await route.Invoke(http.RequestServices, await RestRequest.Read(route, http, exchange, cancellation), context, Answer);
            await exchange.CompleteAsync(cancellation);
        }
        catch (Exception e) when (cancellation.IsCancellationRequested && e is OperationCanceledException or IOException or System.Net.WebSockets.WebSocketException)
        {
            // nobody is there to read an answer
        }
        catch (Exception e)
        {
            await exchange.FailAsync(ApiErrors.ToStatus(e, route.Method, logger), route.IsStream, cancellation);
        }
    }
}
