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
    /// <summary>Runs a call in which both sides go on speaking: takes the request messages one by one, null after the last; null for any other call.</summary>
    public Func<IServiceProvider, Func<CancellationToken, Task<IMessage?>>, ServerCallContext, Func<IMessage, Task>, Task>? Converse { get; private init; }

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

    /// <summary>A call with a stream of requests and a stream of answers: messages of a WebSocket, or lines.</summary>
    public static RestRoute Duplex<TService, TRequest, TResponse>(
        string verb, string path, string method, Func<TService, Func<IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task>> call)
        where TService : class
        where TRequest : class, IMessage, new()
        where TResponse : IMessage =>
        new(verb, path, method, () => new TRequest(), static (_, _, _, _) => throw new NotSupportedException("The call has more than one request."), IsStream: true)
        {
            Converse = (services, next, context, sink) => call(services.GetRequiredService<TService>())(new Source<TRequest>(next), new Sink<TResponse>(sink), context),
        };

    private sealed class Source<T>(Func<CancellationToken, Task<IMessage?>> next) : IAsyncStreamReader<T>
        where T : class, IMessage
    {
        public T Current { get; private set; } = null!;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (await next(cancellationToken) is not T message) return false;
            Current = message;
            return true;
        }
    }

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
