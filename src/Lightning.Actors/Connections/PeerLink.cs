using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Lightning.Actors.Hosting;
using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Noise;
using Lightning.Protocol.Wire;

namespace Lightning.Actors.Connections;

/// <summary>
/// A TCP connection with the encrypted transport of BOLT 8 over it, <c>init</c> exchanged. One task may read while another writes.
/// Bytes are bounded: the transport reads one message of at most 65,535 bytes at a time and the pipe stops reading from the socket beyond that.
/// </summary>
internal sealed class PeerLink : IAsyncDisposable
{
    private readonly NetworkStream _stream;
    private readonly PipeReader _reader;
    private readonly PipeWriter _writer;
    private readonly NoiseTransport _transport;
    private long _sent;
    private long _received;

    private PeerLink(NetworkStream stream, PipeReader reader, PipeWriter writer, NoiseTransport transport, EndPoint? remote)
    {
        _stream = stream;
        _reader = reader;
        _writer = writer;
        _transport = transport;
        // A socket of both families shows IPv4 addresses in IPv6's clothes.
        RemoteEndPoint = (remote is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped ? new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port) : remote)?.ToString() ?? "";
    }

    /// <summary>The authenticated peer.</summary>
    public NodeId Remote => _transport.Remote;

    /// <summary>Where it is, <c>address:port</c>.</summary>
    public string RemoteEndPoint { get; }

    /// <summary>The peer's <c>init</c>.</summary>
    public Init RemoteInit { get; private set; } = null!;

    /// <summary>Bytes sent, encrypted.</summary>
    public long BytesSent => Interlocked.Read(ref _sent);

    /// <summary>Bytes received, encrypted.</summary>
    public long BytesReceived => Interlocked.Read(ref _received);

    /// <summary>Calls a peer.</summary>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    /// <exception cref="NoiseException">Who answers is not <paramref name="remote"/>.</exception>
    public static async Task<PeerLink> DialAsync(string host, int port, NodeId remote, NodeKeys keys, IRandomness random, Init init, CancellationToken cancellation)
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
    public static Task<PeerLink> AnswerAsync(Socket socket, NodeKeys keys, IRandomness random, Init init, CancellationToken cancellation)
    {
        socket.NoDelay = true;
        var stream = new NetworkStream(socket, ownsSocket: true);
        return OpenAsync(stream, socket.RemoteEndPoint, reader => RespondAsync(stream, reader, keys, random, cancellation), init, cancellation);
    }

    /// <summary>The next message, or null once the peer has closed the connection.</summary>
    /// <exception cref="NoiseException">Bytes do not authenticate.</exception>
    /// <exception cref="MessageDecodeException">A message cannot be decoded.</exception>
    public async ValueTask<LightningMessage?> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var result = await _reader.ReadAsync(cancellation).ConfigureAwait(false);
            if (TryDecode(result.Buffer, out var message)) return message;
            if (result.IsCompleted) return null;
        }
    }

    /// <summary>Encrypts a message into the buffer that <see cref="FlushAsync"/> sends.</summary>
    public void Write(LightningMessage message)
    {
        var before = _writer.UnflushedBytes;
        _transport.WriteMessage(_writer, message);
        Interlocked.Add(ref _sent, _writer.UnflushedBytes - before);
    }

    /// <summary>Bytes that wait for <see cref="FlushAsync"/>.</summary>
    public long Unflushed => _writer.UnflushedBytes;

    /// <summary>Sends what was written.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellation) => await _writer.FlushAsync(cancellation).ConfigureAwait(false);

    /// <summary>Closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync().ConfigureAwait(false);
        _transport.Dispose();
    }

    private static async Task<PeerLink> OpenAsync(NetworkStream stream, EndPoint? remote, Func<PipeReader, Task<NoiseTransport>> handshake, Init init, CancellationToken cancellation)
    {
        try
        {
            var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));
            var writer = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
            var link = new PeerLink(stream, reader, writer, await handshake(reader).ConfigureAwait(false), remote);
            link.Write(init);
            await link.FlushAsync(cancellation).ConfigureAwait(false);
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
