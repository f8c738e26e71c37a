using System.Buffers;

namespace Lightning.Bitcoin.Transactions;

/// <summary>A rented buffer of an exact length, given back when disposed.</summary>
internal readonly ref struct Scratch(int length)
{
    private readonly byte[] _array = ArrayPool<byte>.Shared.Rent(length);

    public Span<byte> Span => _array.AsSpan(0, length);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_array);
}
