using System.Buffers.Binary;
using System.Security.Cryptography;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Routing.Graph;

/// <summary>
/// Writes a graph as bytes and reads it back, so that a node that starts need not hear everything again. A cache: a file that does not read is thrown away. All
/// numbers are little-endian; at the end stands the SHA-256 of everything before.
/// </summary>
public static class GraphSnapshot
{
    private const ushort FormatVersion = 1;
    private const int HeaderLength = 8 + 2 + 8 + 4 + 4;
    private const int NodeLength = PubKey.Size + 8 + 4;
    private const int ChannelLength = 8 + 4 + 4 + 8 + 2;
    private const int PolicyLength = 4 + 4 + 2 + 8 + 8 + 4;

    /// <summary>More than this no honest network has; a limit for what a broken file can make us allocate.</summary>
    private const int MaxNodes = 1 << 20;

    private const int MaxChannels = 1 << 22;

    private static ReadOnlySpan<byte> Magic => "ln-graph"u8;

    /// <summary>Writes a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="output">Where to; it is neither flushed nor closed.</param>
    public static void Write(GraphView graph, Stream output)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(output);
        using var writer = new SnapshotWriter(output);
        var header = writer.Take(HeaderLength);
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], FormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(header[10..], graph.Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[18..], graph.NodeCount);
        BinaryPrimitives.WriteInt32LittleEndian(header[22..], graph.ChannelCount);

        // Indexes without gaps: nodes that have no channel any more are left out.
        var names = new int[graph.NodeIndexes];
        for (int node = 0, name = 0; node < names.Length; node++)
        {
            ref readonly var block = ref graph.Blocks[node];
            if (block.Count == 0) continue;
            names[node] = name++;
            var to = writer.Take(NodeLength);
            graph.KeyOf(node).CopyTo(to);
            BinaryPrimitives.WriteUInt64LittleEndian(to[33..], block.Features);
            BinaryPrimitives.WriteUInt32LittleEndian(to[41..], block.Timestamp);
        }

        for (var channel = 0; channel < graph.ChannelIndexes; channel++)
        {
            if (!graph.IsThere(channel)) continue;
            ref readonly var entry = ref graph.Entry(channel);
            ref readonly var one = ref graph.Edge(channel * 2);
            ref readonly var other = ref graph.Edge((channel * 2) + 1);
            var to = writer.Take(ChannelLength);
            BinaryPrimitives.WriteUInt64LittleEndian(to, entry.ShortChannelId.Value);
            BinaryPrimitives.WriteInt32LittleEndian(to[8..], names[entry.Node1]);
            BinaryPrimitives.WriteInt32LittleEndian(to[12..], names[entry.Node2]);
            BinaryPrimitives.WriteInt64LittleEndian(to[16..], entry.CapacitySat);
            (to[24], to[25]) = ((byte)one.Flags, (byte)other.Flags);
            WritePolicy(writer, one);
            WritePolicy(writer, other);
        }

        writer.Finish();
    }

    /// <summary>Reads a graph.</summary>
    /// <param name="input">Where from. More than the graph may be read of it.</param>
    /// <exception cref="InvalidDataException">It is no graph, of another version, cut off or damaged.</exception>
    public static ChannelGraph Read(Stream input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var reader = new SnapshotReader(input);
        var header = reader.Take(HeaderLength);
        if (!header.StartsWith(Magic)) throw new InvalidDataException("This is no snapshot of a graph: it begins with other bytes.");
        var format = BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
        if (format != FormatVersion) throw new InvalidDataException($"The snapshot of the graph is of version {format}; {FormatVersion} can be read.");
        var version = BinaryPrimitives.ReadInt64LittleEndian(header[10..]);
        var nodeCount = Limited(BinaryPrimitives.ReadInt32LittleEndian(header[18..]), MaxNodes, "nodes");
        var channelCount = Limited(BinaryPrimitives.ReadInt32LittleEndian(header[22..]), MaxChannels, "channels");

        var keys = new NodeKeys(Math.Min(nodeCount, 1 << 16));
        var nodes = new NodeBlock[Math.Min(nodeCount, 1 << 16)];
        for (var i = 0; i < nodeCount; i++)
        {
            var from = reader.Take(NodeLength);
            if (from[0] is not (2 or 3) || keys.FindOrAdd(from[..PubKey.Size]) != i) throw new InvalidDataException($"Node {i} of the snapshot is no key, or there twice.");
            if (i == nodes.Length) Array.Resize(ref nodes, i * 2);
            nodes[i].Features = BinaryPrimitives.ReadUInt64LittleEndian(from[33..]);
            nodes[i].Timestamp = BinaryPrimitives.ReadUInt32LittleEndian(from[41..]);
        }

        var channels = new ChannelTable(Math.Min(channelCount, 1 << 16));
        var edges = new GraphEdge[Math.Min(channelCount, 1 << 16) * 2];
        for (var i = 0; i < channelCount; i++)
        {
            var from = reader.Take(ChannelLength);
            var name = new ShortChannelId(BinaryPrimitives.ReadUInt64LittleEndian(from));
            var (node1, node2) = (BinaryPrimitives.ReadInt32LittleEndian(from[8..]), BinaryPrimitives.ReadInt32LittleEndian(from[12..]));
            var capacity = BinaryPrimitives.ReadInt64LittleEndian(from[16..]);
            var (flags1, flags2) = (from[24], from[25]);
            if ((uint)node1 >= nodeCount || (uint)node2 >= nodeCount || node1 == node2 || capacity < 0 || flags1 > 3 || flags2 > 3 || channels.Find(name) >= 0)
                throw new InvalidDataException($"Channel {i} of the snapshot, {name}, makes no sense, or is there twice.");
            channels.Add(name, node1, node2, capacity);
            if (edges.Length == i * 2) Array.Resize(ref edges, edges.Length * 2);
            edges[i * 2] = ReadPolicy(reader, new GraphEdge { From = node1, Direction = i * 2, Flags = flags1, Capacity = ChannelGraph.ToMsat(capacity) });
            edges[(i * 2) + 1] = ReadPolicy(reader, new GraphEdge { From = node2, Direction = (i * 2) + 1, Flags = flags2, Capacity = ChannelGraph.ToMsat(capacity) });
        }

        reader.Finish();
        return ChannelGraph.Of(version, keys, channels, edges.Length == channelCount * 2 ? edges : edges[..(channelCount * 2)], nodes);
    }

    private static int Limited(int count, int limit, string what) => count >= 0 && count <= limit
        ? count
        : throw new InvalidDataException($"The snapshot of the graph says that it has {count} {what}; at most {limit} can be read.");

    private static void WritePolicy(SnapshotWriter writer, in GraphEdge edge)
    {
        if ((edge.Flags & GraphEdge.Known) == 0) return;
        var to = writer.Take(PolicyLength);
        BinaryPrimitives.WriteUInt32LittleEndian(to, edge.FeeBase);
        BinaryPrimitives.WriteUInt32LittleEndian(to[4..], edge.FeeRate);
        BinaryPrimitives.WriteUInt16LittleEndian(to[8..], edge.CltvDelta);
        BinaryPrimitives.WriteInt64LittleEndian(to[10..], edge.HtlcMinimum);
        BinaryPrimitives.WriteInt64LittleEndian(to[18..], edge.HtlcMaximum);
        BinaryPrimitives.WriteUInt32LittleEndian(to[26..], edge.Timestamp);
    }

    private static GraphEdge ReadPolicy(SnapshotReader reader, GraphEdge edge)
    {
        if ((edge.Flags & GraphEdge.Known) == 0) return edge with { Flags = 0 };
        var from = reader.Take(PolicyLength);
        edge.FeeBase = BinaryPrimitives.ReadUInt32LittleEndian(from);
        edge.FeeRate = BinaryPrimitives.ReadUInt32LittleEndian(from[4..]);
        edge.CltvDelta = BinaryPrimitives.ReadUInt16LittleEndian(from[8..]);
        edge.HtlcMinimum = Math.Max(0, BinaryPrimitives.ReadInt64LittleEndian(from[10..]));
        edge.HtlcMaximum = Math.Max(0, BinaryPrimitives.ReadInt64LittleEndian(from[18..]));
        edge.Timestamp = BinaryPrimitives.ReadUInt32LittleEndian(from[26..]);
        if (edge.Capacity == 0) edge.Capacity = edge.HtlcMaximum;
        return edge;
    }

    /// <summary>Bytes on their way to a stream, hashed as they go.</summary>
    private sealed class SnapshotWriter(Stream output) : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly byte[] _buffer = new byte[1 << 16];
        private int _used;

        public Span<byte> Take(int length)
        {
            if (_used + length > _buffer.Length) Flush();
            _used += length;
            var taken = _buffer.AsSpan(_used - length, length);
            taken.Clear();
            return taken;
        }

        public void Finish()
        {
            Flush();
            output.Write(_hash.GetHashAndReset());
        }

        public void Dispose() => _hash.Dispose();

        private void Flush()
        {
            _hash.AppendData(_buffer, 0, _used);
            output.Write(_buffer, 0, _used);
            _used = 0;
        }
    }

    /// <summary>Bytes of a stream, hashed as they come. What is taken is good until the next take.</summary>
    private sealed class SnapshotReader(Stream input) : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly byte[] _buffer = new byte[1 << 16];
        private int _begin;
        private int _end;

        public ReadOnlySpan<byte> Take(int length)
        {
            var taken = Next(length);
            _hash.AppendData(taken);
            return taken;
        }

        public void Finish()
        {
            if (!Next(SHA256.HashSizeInBytes).SequenceEqual(_hash.GetHashAndReset()))
                throw new InvalidDataException("The snapshot of the graph is damaged: its checksum does not fit.");
        }

        public void Dispose() => _hash.Dispose();

        private ReadOnlySpan<byte> Next(int length)
        {
            if (_end - _begin < length)
            {
                _buffer.AsSpan(_begin, _end - _begin).CopyTo(_buffer);
                (_begin, _end) = (0, _end - _begin);
                _end += input.ReadAtLeast(_buffer.AsSpan(_end), length - _end, throwOnEndOfStream: false);
                if (_end < length) throw new InvalidDataException("The snapshot of the graph is cut off.");
            }

            _begin += length;
            return _buffer.AsSpan(_begin - length, length);
        }
    }
}
