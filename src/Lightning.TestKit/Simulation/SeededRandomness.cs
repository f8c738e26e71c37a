using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Lightning.Actors.Hosting;

namespace Lightning.TestKit.Simulation;

/// <summary>Random bytes that are the same in every run: SHA-256 of a name and a counter.</summary>
internal sealed class SeededRandomness(string name) : IRandomness
{
    private readonly byte[] _seed = SHA256.HashData(Encoding.UTF8.GetBytes(name));
    private long _counter;

    /// <inheritdoc/>
    public void Fill(Span<byte> bytes)
    {
        Span<byte> input = stackalloc byte[40];
        Span<byte> block = stackalloc byte[32];
        _seed.CopyTo(input);
        while (!bytes.IsEmpty)
        {
            BinaryPrimitives.WriteInt64LittleEndian(input[32..], Interlocked.Increment(ref _counter));
            SHA256.HashData(input, block);
            var count = Math.Min(32, bytes.Length);
            block[..count].CopyTo(bytes);
            bytes = bytes[count..];
        }
    }
}
