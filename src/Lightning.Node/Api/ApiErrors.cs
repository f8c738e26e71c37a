using Grpc.Core;
using Lightning.Actors.Api;
using Lightning.Node.Macaroons;

namespace Lightning.Node.Api;

/// <summary>Turns what a call throws into the status that clients of this API expect. They act on texts more than on codes, so texts are kept.</summary>
internal static partial class ApiErrors
{
    /// <summary>The status for an exception. What nobody foresaw is logged in full and shown without details.</summary>
    public static Status ToStatus(Exception exception, string method, ILogger logger) => exception switch
    {
        RpcException e => e.Status,
        LightningException e => new Status(Code(e.Kind), e.Message),
        MacaroonException e => new Status(StatusCode.Unknown, e.Message),
        // The server's own limits: a body that is too large, or that breaks off.
        BadHttpRequestException e => new Status(StatusCode.InvalidArgument, e.Message),
        OperationCanceledException => new Status(StatusCode.Cancelled, "context canceled"),
        _ => Unforeseen(exception, method, logger),
    };

    private static StatusCode Code(LightningErrorKind kind) => kind switch
    {
        LightningErrorKind.InvalidArgument => StatusCode.InvalidArgument,
        LightningErrorKind.NotFound => StatusCode.NotFound,
        LightningErrorKind.AlreadyPaid or LightningErrorKind.PaymentInTransition => StatusCode.AlreadyExists,
        LightningErrorKind.Unavailable => StatusCode.Unavailable,
        LightningErrorKind.Unimplemented => StatusCode.Unimplemented,
        _ => StatusCode.Unknown,
    };

    private static Status Unforeseen(Exception exception, string method, ILogger logger)
    {
        LogUnforeseen(logger, exception, method);
        return new Status(StatusCode.Internal, "internal error: see the node's log");
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed")]
    private static partial void LogUnforeseen(ILogger logger, Exception exception, string method);
}
