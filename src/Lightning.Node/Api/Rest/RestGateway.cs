using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Core;
using Lightning.Node.Macaroons;

namespace Lightning.Node.Api.Rest;

/// <summary>
/// REST in front of the gRPC services: JSON with the names of the .proto files, every field shown, 64-bit integers as strings, bytes as
/// base64, and streams as one JSON object a line. Runs the services in place, without a connection between.
/// </summary>
internal static class RestGateway
{
    private static readonly JsonFormatter Formatter =
        new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithPreserveProtoFieldNames(true));

    public static void Map(WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Lightning.Node.Api.Rest");
        foreach (var route in RestRoutes.All)
            app.MapMethods(route.Path, [route.Verb], context => Run(route, context, logger));
    }

    /// <summary>The answer to a request that is no call of the API.</summary>
    public static Task AnswerUnknown(HttpContext context) => WriteError(context, new Status(StatusCode.NotFound, "Not Found"), wrapped: false);

    private static async Task Run(RestRoute route, HttpContext http, ILogger logger)
    {
        try
        {
            http.RequestServices.GetRequiredService<MacaroonBakery>().Authorize(
                http.Request.Headers["Grpc-Metadata-macaroon"].FirstOrDefault() ?? http.Request.Headers["macaroon"].FirstOrDefault(),
                route.Method, http.Connection.RemoteIpAddress);
            var request = await RestRequest.Read(route, http);
            // A subscription would keep the process from stopping.
            using var stopping = route.IsStream ? http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(http.Abort) : default;
            await route.Invoke(http.RequestServices, request, new RestCallContext(http, route.Method), message => Send(route, http, message));
            if (!http.Response.HasStarted) await http.Response.StartAsync(http.RequestAborted);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // nobody is there to read an answer
        }
        catch (Exception e)
        {
            await WriteError(http, ApiErrors.ToStatus(e, route.Method, logger), route.IsStream);
        }
    }

    private static async Task Send(RestRoute route, HttpContext http, IMessage message)
    {
        if (!http.Response.HasStarted) http.Response.ContentType = "application/json";
        var json = Formatter.Format(message);
        await http.Response.WriteAsync(route.IsStream ? $"{{\"result\":{json}}}\n" : json, http.RequestAborted);
        if (route.IsStream) await http.Response.Body.FlushAsync(http.RequestAborted);
    }

    private static async Task WriteError(HttpContext http, Status status, bool wrapped)
    {
        if (!http.Response.HasStarted)
        {
            http.Response.StatusCode = HttpStatus(status.StatusCode);
            http.Response.ContentType = "application/json";
        }
        var error = new JsonObject { ["code"] = (int)status.StatusCode, ["message"] = status.Detail, ["details"] = new JsonArray() };
        await http.Response.WriteAsync((wrapped ? new JsonObject { ["error"] = error } : error).ToJsonString() + (wrapped ? "\n" : ""), http.RequestAborted);
    }

    private static int HttpStatus(StatusCode code) => code switch
    {
        StatusCode.OK => StatusCodes.Status200OK,
        StatusCode.Cancelled => 499,
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.OutOfRange => StatusCodes.Status400BadRequest,
        StatusCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.AlreadyExists or StatusCode.Aborted => StatusCodes.Status409Conflict,
        StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        StatusCode.Unimplemented => StatusCodes.Status501NotImplemented,
        StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };
}
