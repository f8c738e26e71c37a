using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Lightning.Actors.Hosting;
using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Noise;
using Lightning.Protocol.Wire;

namespace Lightning.Actors.Connections;

/// <summary>
/// A TCP connection with the encrypted transport of BOLT 8 over it, <c>init</c> exchanged. One task reads while another writes.
/// Bytes are bounded: the transport reads one message of at most 65,535 bytes at a time and the pipe stops reading from the socket beyond that.
/// </summary>
internal sealed class TcpPeerLink : IPeerLink
{
    /// <summary>So many messages may wait to be sent.</summary>
    internal const int WriteAhead = 8192;

    private const int FlushAt = 64 * 1024;

    private readonly NetworkStream _stream;
    private readonly PipeReader _reader;
    private readonly PipeWriter _writer;
    private readonly NoiseTransport _transport;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<LightningMessage> _outgoing = Channel.CreateBounded<LightningMessage>(new BoundedChannelOptions(WriteAhead) { SingleReader = true });
    private readonly SemaphoreSlim _credits = new(0);
    private Task _running = Task.CompletedTask;
    private bool _isDisposed;
    private long _sent;
    private long _received;

    private TcpPeerLink(NetworkStream stream, PipeReader reader, PipeWriter writer, NoiseTransport transport, EndPoint? remote)
    {
        _stream = stream;
        _reader = reader;
        _writer = writer;
        _transport = transport;
        RemoteEndPoint = Name(remote);
        LocalEndPoint = Name(stream.Socket.LocalEndPoint);
    }

    /// <inheritdoc/>
    public NodeId Remote => _transport.Remote;

    /// <inheritdoc/>
    public string RemoteEndPoint { get; }

    /// <summary>Where the peer sees us, <c>address:port</c>.</summary>
    public string LocalEndPoint { get; }

    /// <inheritdoc/>
    public Init RemoteInit { get; private set; } = null!;

    /// <inheritdoc/>
    public long BytesSent => Interlocked.Read(ref _sent);

    /// <inheritdoc/>
    public long BytesReceived => Interlocked.Read(ref _received);

    /// <summary>Calls a peer.</summary>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    /// <exception cref="NoiseException">Who answers is not <paramref name="remote"/>.</exception>
    public static async Task<IPeerLink> DialAsync(string host, int port, NodeId remote, NodeKeys keys, IRandomness random, Init init, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        NetworkStream stream;
        try
        {
            await socket.ConnectAsync(host, port, cancellation).ConfigureAwait(false);
            stream = new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return await OpenAsync(stream, socket.RemoteEndPoint, reader => InitiateAsync(stream, reader, remote, keys, random, cancellation), init, cancellation).ConfigureAwait(false);
    }

    /// <summary>Answers a peer that has called.</summary>
    /// <exception cref="NoiseException">It does not know our key, or does not speak the protocol.</exception>
    public static async Task<IPeerLink> AnswerAsync(Socket socket, NodeKeys keys, IRandomness random, Init init, CancellationToken cancellation)
    {
        NetworkStream stream;
        try
        {
            socket.NoDelay = true;
            stream = new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return await OpenAsync(stream, socket.RemoteEndPoint, reader => RespondAsync(stream, reader, keys, random, cancellation), init, cancellation).ConfigureAwait(false);
    }

    /// <summary>An address in words: <c>address:port</c>.</summary>
    internal static string Name(EndPoint? remote)
    {
        // A socket of both families shows IPv4 addresses in IPv6's clothes.
        var shown = remote is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped ? new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port) : remote;
        return shown?.ToString() ?? "";
    }

    /// <inheritdoc/>
    public void Start(int readAhead, Action<LightningMessage> heard, Action<string> ended)
    {
        _credits.Release(readAhead);
        _running = RunAsync(heard, ended);
    }

    /// <inheritdoc/>
    public void Handled(int count) => _credits.Release(count);

    /// <inheritdoc/>
    public bool TrySend(LightningMessage message) => _outgoing.Writer.TryWrite(message);

    /// <inheritdoc/>
    public void Complete() => _outgoing.Writer.TryComplete();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true)) return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);

        // The keys are not zeroed under the hands of the tasks that use them.
        await _running.ConfigureAwait(false);
        _transport.Dispose();
        _stopping.Dispose();
        _credits.Dispose();
    }

    private static async Task<IPeerLink> OpenAsync(NetworkStream stream, EndPoint? remote, Func<PipeReader, Task<NoiseTransport>> handshake, Init init, CancellationToken cancellation)
    {
        try
        {
            var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));
            var writer = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
            var link = new TcpPeerLink(stream, reader, writer, await handshake(reader).ConfigureAwait(false), remote);
            link.Write(init);
            await writer.FlushAsync(cancellation).ConfigureAwait(false);
            link.RemoteInit = await link.ReadAsync(cancellation).ConfigureAwait(false) switch
            {
                Init theirs => theirs,
                null => throw new IOException("the peer closed the connection before its init message"),
                var other => throw new InvalidDataException($"the peer's first message is {other.GetType().Name}, not init"),
            };
            return link;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<string> ReasonAsync(Task<string> task)
    {
        try
        {
            return await task.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a peer's bytes do to the reader, or a broken socket to the writer, ends this connection, and nothing else.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return ConnectionFailure.Describe(e);
        }
    }

    private static async Task<NoiseTransport> InitiateAsync(
        NetworkStream stream, PipeReader reader, NodeId remote, NodeKeys keys, IRandomness random, CancellationToken cancellation)
    {
        using var initiator = new NoiseInitiator(keys.NodeKey, remote, EphemeralKey(random));
        var act = new byte[NoiseInitiator.ActThreeLength];
        initiator.WriteActOne(act);
        await stream.WriteAsync(act.AsMemory(0, NoiseInitiator.ActOneLength), cancellation).ConfigureAwait(false);
        var actTwo = await ReadActAsync(reader, NoiseInitiator.ActTwoLength, cancellation).ConfigureAwait(false);
        var transport = initiator.ReadActTwo(actTwo, act);
        await stream.WriteAsync(act, cancellation).ConfigureAwait(false);
        return transport;
    }

    private static async Task<NoiseTransport> RespondAsync(NetworkStream stream, PipeReader reader, NodeKeys keys, IRandomness random, CancellationToken cancellation)
    {
        using var responder = new NoiseResponder(keys.NodeKey, EphemeralKey(random));
        var actTwo = new byte[NoiseInitiator.ActTwoLength];
        responder.ReadActOne(await ReadActAsync(reader, NoiseInitiator.ActOneLength, cancellation).ConfigureAwait(false), actTwo);
        await stream.WriteAsync(actTwo, cancellation).ConfigureAwait(false);
        return responder.ReadActThree(await ReadActAsync(reader, NoiseInitiator.ActThreeLength, cancellation).ConfigureAwait(false));
    }

    private static async Task<byte[]> ReadActAsync(PipeReader reader, int length, CancellationToken cancellation)
    {
        var result = await reader.ReadAtLeastAsync(length, cancellation).ConfigureAwait(false);
        if (result.Buffer.Length < length) throw new IOException("the peer closed the connection during the handshake");
        var act = result.Buffer.Slice(0, length).ToArray();
        reader.AdvanceTo(result.Buffer.GetPosition(length));
        return act;
    }

    private static Key EphemeralKey(IRandomness random)
    {
        Key? key;
        while (!Key.TryFromBytes(random.NextBytes32().Span, out key))
        {
            // Less likely than a hash collision, but the generator is an input.
        }

        return key;
    }

    private async Task RunAsync(Action<LightningMessage> heard, Action<string> ended)
    {
        var reading = ReasonAsync(ReadAllAsync(heard, _stopping.Token));
        var writing = ReasonAsync(WriteAllAsync(_stopping.Token));
        var first = await Task.WhenAny(reading, writing).ConfigureAwait(false);

        // The other one ends before anybody is told: nothing is heard of a link that has ended.
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(reading, writing).ConfigureAwait(false);
        if (!Volatile.Read(ref _isDisposed)) ended(await first.ConfigureAwait(false));
    }

    private async Task<string> ReadAllAsync(Action<LightningMessage> heard, CancellationToken cancellation)
    {
        while (await ReadAsync(cancellation).ConfigureAwait(false) is { } message)
        {
            if (!_credits.Wait(0, CancellationToken.None)) await _credits.WaitAsync(cancellation).ConfigureAwait(false);
            heard(message);
        }

        return "the peer closed it";
    }

    private async Task<string> WriteAllAsync(CancellationToken cancellation)
    {
        var outgoing = _outgoing.Reader;
        while (await outgoing.WaitToReadAsync(cancellation).ConfigureAwait(false))
        {
            while (_writer.UnflushedBytes < FlushAt && outgoing.TryRead(out var message)) Write(message);
            await _writer.FlushAsync(cancellation).ConfigureAwait(false);
        }

        return "closed";
    }

    /// <summary>The next message, or null once the peer has closed the connection.</summary>
    /// <exception cref="NoiseException">Bytes do not authenticate.</exception>
    /// <exception cref="MessageDecodeException">A message cannot be decoded.</exception>
    private async ValueTask<LightningMessage?> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var result = await _reader.ReadAsync(cancellation).ConfigureAwait(false);
            if (TryDecode(result.Buffer, out var message)) return message;
            if (result.IsCompleted) return null;
        }
    }

    // Encrypts a message into the buffer that a flush sends.
    private void Write(LightningMessage message)
    {
        var before = _writer.UnflushedBytes;
        _transport.WriteMessage(_writer, message);
        Interlocked.Add(ref _sent, _writer.UnflushedBytes - before);
    }

    private bool TryDecode(ReadOnlySequence<byte> buffer, out LightningMessage? message)
    {
        var before = buffer.Length;
        var whole = _transport.TryReadMessage(ref buffer, out var bytes);
        Interlocked.Add(ref _received, before - buffer.Length);
        message = whole ? MessageCodec.Decode(bytes) : null;

        // After a whole message another may be waiting already; otherwise all was looked at and more must come.
        if (whole) _reader.AdvanceTo(buffer.Start);
        else _reader.AdvanceTo(buffer.Start, buffer.End);
        return whole;
    }
}
