using Grpc.Core;

namespace Lightning.Node.Api.Rest;

/// <summary>A REST call over HTTP: one answer as the body, or a stream of lines.</summary>
internal sealed class HttpExchange(HttpContext http) : IRestExchange
{
    private StreamReader? _lines;

    public string? Macaroon => http.Request.Headers["Grpc-Metadata-macaroon"].FirstOrDefault();

    public async Task<string> ReadBodyAsync(CancellationToken cancellation)
    {
        // Whatever content type it claims: common clients send forms' types with JSON inside.
        using var reader = new StreamReader(http.Request.Body);
        return await reader.ReadToEndAsync(cancellation);
    }

    /// <summary>One message a line.</summary>
    public async Task<string?> ReadNextAsync(CancellationToken cancellation) => await (_lines ??= new StreamReader(http.Request.Body)).ReadLineAsync(cancellation);

    public async Task SendAsync(string json, bool isStream, CancellationToken cancellation)
    {
        if (!http.Response.HasStarted) http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(isStream ? json + "\n" : json, cancellation);
        if (isStream) await http.Response.Body.FlushAsync(cancellation);
    }

    public Task FailAsync(Status status, bool isStream, CancellationToken cancellation)
    {
        if (!http.Response.HasStarted)
        {
            http.Response.StatusCode = HttpStatus(status.StatusCode);
            http.Response.ContentType = "application/json";
        }
        return http.Response.WriteAsync(RestJson.Error(status, isStream) + (isStream ? "\n" : ""), cancellation);
    }

    public Task CompleteAsync(CancellationToken cancellation) => http.Response.HasStarted ? Task.CompletedTask : http.Response.StartAsync(cancellation);

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
