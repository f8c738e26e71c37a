using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Lightning.Actors.Tests.Bootstrap;

/// <summary>A DNS server on the loopback, over UDP and TCP, that says what a test wants.</summary>
internal sealed class FakeDnsServer : IDisposable
{
    public const ushort A = 1, Aaaa = 28, Srv = 33;

    private const int MaxUdp = 1_200;

    private readonly UdpClient _udp;
    private readonly TcpListener _tcp = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly Dictionary<(string Name, ushort Type), List<byte[]>> _answers = [];
    private readonly Dictionary<(string Name, ushort Type), List<byte[]>> _additional = [];

    public FakeDnsServer()
    {
        _tcp.Start();
        _udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, EndPoint.Port));
        _ = ServeUdpAsync();
        _ = ServeTcpAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_tcp.LocalEndpoint;

    /// <summary>Whether answers over UDP are said to be cut off.</summary>
    public bool IsTruncating { get; set; }

    /// <summary>Answers with bytes that are no message.</summary>
    public bool IsBroken { get; set; }

    public int Questions { get; private set; }

    /// <summary>A record that answers a question.</summary>
    public void Answer(string name, ushort type, byte[] data) => Add(_answers, name, type, Record(name, type, data));

    /// <summary>A record that comes with the answer to another question.</summary>
    public void AddTo(string name, ushort type, string about, ushort aboutType, byte[] data) => Add(_additional, name, type, Record(about, aboutType, data));

    public static byte[] SrvData(ushort port, string target)
    {
        var name = NameOf(target);
        var data = new byte[6 + name.Length];
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(0), 10);
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(2), 10);
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(4), port);
        name.CopyTo(data, 6);
        return data;
    }

    public void Dispose()
    {
        _ended.Cancel();
        _udp.Dispose();
        _tcp.Dispose();
        _ended.Dispose();
    }

    private static void Add(Dictionary<(string Name, ushort Type), List<byte[]>> records, string name, ushort type, byte[] record)
    {
        if (!records.TryGetValue((name, type), out var list)) records[(name, type)] = list = [];
        list.Add(record);
    }

    private static byte[] Record(string name, ushort type, byte[] data)
    {
        var head = NameOf(name);
        var record = new byte[head.Length + 10 + data.Length];
        head.CopyTo(record, 0);
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(head.Length), type);
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(head.Length + 2), 1);
        BinaryPrimitives.WriteUInt32BigEndian(record.AsSpan(head.Length + 4), 60);
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(head.Length + 8), (ushort)data.Length);
        data.CopyTo(record, head.Length + 10);
        return record;
    }

    private static byte[] NameOf(string name) => [.. name.TrimEnd('.').Split('.').SelectMany(static label => new[] { (byte)label.Length }.Concat(Encoding.ASCII.GetBytes(label))), 0];

    private byte[] Reply(ReadOnlySpan<byte> question, bool isTcp)
    {
        Questions++;
        if (IsBroken) return [.. question[..2], 1, 2, 3, 4, 5];
        var labels = new List<string>();
        var at = 12;
        for (; question[at] != 0; at += question[at] + 1) labels.Add(Encoding.ASCII.GetString(question.Slice(at + 1, question[at])));
        var key = (string.Join('.', labels), BinaryPrimitives.ReadUInt16BigEndian(question[(at + 1)..]));
        var (answers, additional) = (_answers.GetValueOrDefault(key, []), _additional.GetValueOrDefault(key, []));
        var isCut = !isTcp && (IsTruncating || answers.Concat(additional).Sum(static one => one.Length) > MaxUdp);
        if (isCut) (answers, additional) = ([], []);
        var head = new byte[12];
        question[..2].CopyTo(head);
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(2), (ushort)(0x8180 | (isCut ? 0x200 : 0)));
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(6), (ushort)answers.Count);
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(10), (ushort)additional.Count);
        return [.. head, .. question[12..(at + 5)], .. answers.SelectMany(static one => one), .. additional.SelectMany(static one => one)];
    }

    private async Task ServeUdpAsync()
    {
        try
        {
            while (true)
            {
                var asked = await _udp.ReceiveAsync(_ended.Token);
                await _udp.SendAsync(Reply(asked.Buffer, isTcp: false), asked.RemoteEndPoint, _ended.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _tcp.AcceptTcpClientAsync(_ended.Token);
                var stream = client.GetStream();
                var length = new byte[2];
                await stream.ReadExactlyAsync(length, _ended.Token);
                var question = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(question, _ended.Token);
                var reply = Reply(question, isTcp: true);
                BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)reply.Length);
                await stream.WriteAsync((byte[])[.. length, .. reply], _ended.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException or IOException)
        {
            // The test is over.
        }
    }
}
