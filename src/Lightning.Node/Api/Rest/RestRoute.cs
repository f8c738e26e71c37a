using Google.Protobuf;
using Grpc.Core;

namespace Lightning.Node.Api.Rest;

/// <summary>One REST call: an HTTP method and path, and the gRPC method it stands for.</summary>
/// <param name="Verb">GET, POST or DELETE. A POST's body is the request message in JSON.</param>
/// <param name="Path">The path; what stands in braces are fields of the request message, as are the query's parameters.</param>
/// <param name="Method">The gRPC path, which decides the permission.</param>
/// <param name="Request">Makes an empty request message.</param>
/// <param name="Invoke">Runs the call and hands each answer to the sink.</param>
/// <param name="IsStream">Whether there may be more answers than one.</param>
internal sealed record RestRoute(
    string Verb,
    string Path,
    string Method,
    Func<IMessage> Request,
    Func<IServiceProvider, IMessage, ServerCallContext, Func<IMessage, Task>, Task> Invoke,
    bool IsStream)
{
    /// <summary>A call with one answer.</summary>
    public static RestRoute Unary<TService, TRequest, TResponse>(
        string verb, string path, string method, Func<TService, Func<TRequest, ServerCallContext, Task<TResponse>>> call)
        where TService : class
        where TRequest : IMessage, new()
        where TResponse : IMessage =>
        new(verb, path, method, () => new TRequest(),
            async (services, request, context, sink) => await sink(await call(services.GetRequiredService<TService>())((TRequest)request, context)),
            IsStream: false);

    /// <summary>A call with a stream of answers.</summary>
    public static RestRoute Stream<TService, TRequest, TResponse>(
        string verb, string path, string method, Func<TService, Func<TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task>> call)
        where TService : class
        where TRequest : IMessage, new()
        where TResponse : IMessage =>
        new(verb, path, method, () => new TRequest(),
            (services, request, context, sink) => call(services.GetRequiredService<TService>())((TRequest)request, new Sink<TResponse>(sink), context),
            IsStream: true);

    private sealed class Sink<T>(Func<IMessage, Task> write) : IServerStreamWriter<T>
        where T : IMessage
    {
        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(T message) => write(message);

        public Task WriteAsync(T message, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return write(message);
        }
    }
}
