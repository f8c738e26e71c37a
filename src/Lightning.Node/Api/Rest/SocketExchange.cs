using System.Net.WebSockets;
using System.Text;
using Grpc.Core;
using Lightning.Actors.Api;

namespace Lightning.Node.Api.Rest;

/// <summary>
/// A REST call over a WebSocket: the first message carries the request where the call is a POST (asked for with <c>?method=POST</c>), every
/// answer is a message. Browsers cannot set headers, so the macaroon may come as the subprotocol <c>Grpc-Metadata-Macaroon+HEX</c>.
/// </summary>
internal sealed class SocketExchange(WebSocket socket, string? macaroon) : IRestExchange
{
    private const string ProtocolPrefix = "Grpc-Metadata-Macaroon+";
    private const int MaxRequest = 4 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly object Key = new();

    private Task? _watch;

    public string? Macaroon => macaroon;

    /// <summary>Lets a WebSocket's handshake, always a GET, find the route of the method it asks for.</summary>
    public static Task ChooseMethod(HttpContext http, RequestDelegate next)
    {
        if (http.WebSockets.IsWebSocketRequest)
        {
            http.Items[Key] = http.Request.Method;
            if (http.Request.Query["method"].FirstOrDefault() is { Length: > 0 } method) http.Request.Method = method.ToUpperInvariant();
        }
        return next(http);
    }

    /// <summary>Accepts the handshake; null where the call is plain HTTP.</summary>
    public static async Task<SocketExchange?> AcceptAsync(HttpContext http)
    {
        if (http.Items[Key] is not string handshake) return null;
        http.Request.Method = handshake;
        var protocol = http.WebSockets.WebSocketRequestedProtocols.FirstOrDefault(p => p.StartsWith(ProtocolPrefix, StringComparison.OrdinalIgnoreCase));
        var socket = await http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { SubProtocol = protocol, KeepAliveInterval = TimeSpan.FromSeconds(30) });
        return new SocketExchange(socket, protocol?[ProtocolPrefix.Length..] ?? http.Request.Headers["Grpc-Metadata-macaroon"].FirstOrDefault());
    }

    /// <summary>Cancels <paramref name="closed"/> when the other side closes; what it sends besides is passed over.</summary>
    public void WatchForClose(CancellationTokenSource closed) => _watch = Watch(closed);

    /// <summary>Closes from our side and waits a moment for the other, so that what was sent last arrives.</summary>
    public async Task FinishAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await CompleteAsync(limit.Token);
            if (_watch is not null) await _watch.WaitAsync(limit.Token);
            else if (socket.State == WebSocketState.CloseSent) await ReadToClose(limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // the other side is gone or slow: the connection is dropped
        }
        socket.Dispose();
    }

    public async Task<string> ReadBodyAsync(CancellationToken cancellation) =>
        await ReadMessageAsync(cancellation) ?? throw new OperationCanceledException("The client closed the connection before its request.");

    public async Task<string?> ReadNextAsync(CancellationToken cancellation)
    {
        try
        {
            return await ReadMessageAsync(cancellation);
        }
        catch (WebSocketException)
        {
            // broken off: the client has no more
            return null;
        }
    }

    private async Task<string?> ReadMessageAsync(CancellationToken cancellation)
    {
        using var message = new MemoryStream();
        var buffer = new byte[4096];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, cancellation);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            message.Write(buffer, 0, part.Count);
            if (message.Length > MaxRequest) throw LightningException.InvalidArgument("the request is larger than 4 MiB");
            if (part.EndOfMessage) return Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length);
        }
    }

    public Task SendAsync(string json, bool isStream, CancellationToken cancellation) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, endOfMessage: true, cancellation);

    public async Task FailAsync(Status status, bool isStream, CancellationToken cancellation)
    {
        await SendAsync(RestJson.Error(status, isStream), isStream, cancellation);
        await CompleteAsync(cancellation);
    }

    public Task CompleteAsync(CancellationToken cancellation) => socket.State is WebSocketState.Open or WebSocketState.CloseReceived
        ? socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellation)
        : Task.CompletedTask;

    private async Task Watch(CancellationTokenSource closed)
    {
        try
        {
            await ReadToClose(CancellationToken.None);
        }
        catch (WebSocketException)
        {
            // broken off: the same to the call
        }
        try
        {
            await closed.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // the call had ended
        }
    }

    private async Task ReadToClose(CancellationToken cancellation)
    {
        var buffer = new byte[1024];
        while ((await socket.ReceiveAsync(buffer, cancellation)).MessageType != WebSocketMessageType.Close)
        {
        }
    }
}
