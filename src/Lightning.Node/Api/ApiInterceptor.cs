using Grpc.Core;
using Grpc.Core.Interceptors;
using Lightning.Node.Macaroons;

namespace Lightning.Node.Api;

/// <summary>In front of every gRPC call: checks the macaroon, and turns errors into statuses.</summary>
internal sealed class ApiInterceptor(MacaroonBakery bakery, IHostApplicationLifetime lifetime, ILogger<ApiInterceptor> logger) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            Authorize(context);
            return await continuation(request, context);
        }
        catch (Exception e)
        {
            throw new RpcException(ApiErrors.ToStatus(e, context.Method, logger));
        }
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        Stream(context, () => continuation(request, responseStream, context));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        Stream(context, () => continuation(requestStream, responseStream, context));

    private async Task Stream(ServerCallContext context, Func<Task> run)
    {
        try
        {
            Authorize(context);
            // A subscription would keep the process from stopping.
            using var stopping = lifetime.ApplicationStopping.Register(context.GetHttpContext().Abort);
            await run();
        }
        catch (Exception e)
        {
            throw new RpcException(ApiErrors.ToStatus(e, context.Method, logger));
        }
    }

    private void Authorize(ServerCallContext context) => bakery.Authorize(
        context.RequestHeaders.GetValue("macaroon"), context.Method, context.GetHttpContext().Connection.RemoteIpAddress);
}
