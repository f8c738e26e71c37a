using System.Buffers;
using Lightning.Actors.Connections;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Wire;

namespace Lightning.TestKit.Links;

/// <summary>One end of a connection in memory. What is sent is encoded and decoded as on a real one.</summary>
internal sealed class MemoryLinkEnd(ScenarioLink link, Party self, Party peer, string remoteEndPoint) : IPeerLink
{
    private const int WriteAhead = 8192;
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private Action<LightningMessage>? _heard;
    private Action<string>? _ended;
    private int _credits;
    private bool _isSendingOver;
    private bool _isClosed;
    private string? _endReason;

    /// <summary>The other end.</summary>
    public MemoryLinkEnd Other { get; set; } = null!;

    /// <summary>Whose end it is.</summary>
    public Party Self => self;

    /// <summary>What is on its way from here to the other end.</summary>
    public List<Parcel> Outgoing { get; } = [];

    /// <summary>Whether nothing comes in any more.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Whether what arrives could be given to the node now.</summary>
    public bool CanHear => _heard is not null && _credits > 0 && !_isClosed;

    /// <inheritdoc/>
    public NodeId Remote => peer.Id;

    /// <inheritdoc/>
    public string RemoteEndPoint => remoteEndPoint;

    /// <inheritdoc/>
    public Init RemoteInit { get; private set; } = null!;

    /// <inheritdoc/>
    public long BytesSent { get; private set; }

    /// <inheritdoc/>
    public long BytesReceived { get; private set; }

    /// <inheritdoc/>
    public void Start(int readAhead, Action<LightningMessage> heard, Action<string> ended)
    {
        (_credits, _heard, _ended) = (readAhead, heard, ended);
        link.Pump(Other);
        TellEnd();
    }

    /// <inheritdoc/>
    public void Handled(int count)
    {
        _credits += count;
        link.Pump(Other);
    }

    /// <inheritdoc/>
    public bool TrySend(LightningMessage message)
    {
        // To a connection that is gone everything can be sent; nothing arrives.
        if (_isSendingOver || _isClosed) return true;
        if (Outgoing.Count >= WriteAhead) return false;
        _buffer.ResetWrittenCount();
        MessageCodec.Encode(message, _buffer);
        BytesSent += _buffer.WrittenCount;
        link.Send(this, _buffer.WrittenSpan.ToArray());
        return true;
    }

    /// <summary>Sends bytes that need not be a message.</summary>
    public void SendRaw(byte[] bytes)
    {
        if (_isSendingOver || _isClosed) return;
        BytesSent += bytes.Length;
        link.Send(this, bytes);
    }

    /// <summary>Reads what the peer says first.</summary>
    /// <exception cref="MessageDecodeException">It cannot be decoded.</exception>
    /// <exception cref="InvalidDataException">It is not <c>init</c>.</exception>
    public void ReadInit() =>
        RemoteInit = MessageCodec.Decode(peer.First) is var first && first is Init init ? init : throw new InvalidDataException($"the peer's first message is {first.GetType().Name}, not init");

    /// <inheritdoc/>
    public void Complete()
    {
        _isSendingOver = true;
        link.Pump(this);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        // What was sent before is on its way.
        _isSendingOver = true;
        _isClosed = true;
        _ended = null;
        link.Pump(this);
        return default;
    }

    /// <summary>Whether its last message has left.</summary>
    public bool IsDrained => _isSendingOver && Outgoing.Count == 0;

    /// <summary>Bytes arrive.</summary>
    public void Hear(byte[] bytes)
    {
        LightningMessage message;
        try
        {
            message = MessageCodec.Decode(bytes);
        }
        catch (MessageDecodeException e)
        {
            End(e.Message);
            return;
        }

        _credits--;
        BytesReceived += bytes.Length;
        _heard!(message);
    }

    /// <summary>The connection is over for this end.</summary>
    public void End(string reason)
    {
        if (_isClosed) return;
        _isClosed = true;
        _isSendingOver = true;
        _endReason = reason;
        TellEnd();
    }

    private void TellEnd()
    {
        if (_endReason is not { } reason || _ended is not { } ended) return;
        _ended = null;
        ended(reason);
    }
}
