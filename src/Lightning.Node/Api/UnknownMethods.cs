using System.Collections.Frozen;
using System.Globalization;
using Grpc.Core;

namespace Lightning.Node.Api;

/// <summary>
/// Answers gRPC calls that nobody serves. Clients find out what a node can do by calling it and comparing the text of the answer, so the
/// words matter.
/// </summary>
internal static class UnknownMethods
{
    private static readonly FrozenSet<string> Services = new[]
    {
        Lnrpc.LightningReflection.Descriptor, Lnrpc.StateReflection.Descriptor, Routerrpc.RouterReflection.Descriptor,
        Invoicesrpc.InvoicesReflection.Descriptor, Verrpc.VerrpcReflection.Descriptor,
    }.SelectMany(f => f.Services).Select(s => s.FullName).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Ends a gRPC call that reached no service with UNIMPLEMENTED.</summary>
    public static void Answer(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        var slash = path.LastIndexOf('/');
        var (service, method) = slash > 0 ? (path[1..slash], path[(slash + 1)..]) : (path.TrimStart('/'), "");
        var text = Services.Contains(service) ? $"unknown method {method} for service {service}" : $"unknown service {service}";
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = ((int)StatusCode.Unimplemented).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["grpc-message"] = Uri.EscapeDataString(text).Replace("%20", " ", StringComparison.Ordinal);
    }

    /// <summary>Whether a request is a gRPC call.</summary>
    public static bool IsGrpc(HttpRequest request) =>
        request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;
}
