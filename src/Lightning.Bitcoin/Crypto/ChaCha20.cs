using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace Lightning.Bitcoin.Crypto;

/// <summary>The bare stream cipher of RFC 8439, which BOLT 4 uses without authentication. With authentication use .NET's <see cref="ChaCha20Poly1305"/>.</summary>
public static class ChaCha20
{
    /// <summary>Length of the key in bytes.</summary>
    public const int KeySize = 32;

    /// <summary>Length of the nonce in bytes.</summary>
    public const int NonceSize = 12;

    private const int BlockSize = 64;
    private const int WideSize = 4 * BlockSize;

    private static readonly Vector128<uint> Constant = Vector128.Create(0x61707865u, 0x3320646E, 0x79622D32, 0x6B206574); // "expand 32-byte k"

    /// <summary>Encrypts or decrypts in place.</summary>
    /// <param name="key">32 bytes.</param>
    /// <param name="nonce">12 bytes; a key must see each only once.</param>
    /// <param name="counter">The first block of 64 bytes, usually 0. The stream ends at 2^32 blocks.</param>
    /// <param name="data">The data; zeros become the stream itself.</param>
    /// <exception cref="ArgumentException">A length is wrong, or the stream ends before the data.</exception>
    public static void Xor(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, uint counter, Span<byte> data)
    {
        if (key.Length != KeySize) throw new ArgumentException($"The key has {KeySize} bytes, not {key.Length}.", nameof(key));
        if (nonce.Length != NonceSize) throw new ArgumentException($"The nonce has {NonceSize} bytes, not {nonce.Length}.", nameof(nonce));
        if ((ulong)data.Length > ((1UL << 32) - counter) * BlockSize) throw new ArgumentException("The data is longer than the rest of the stream.", nameof(data));

        var low = Words(key);
        var high = Words(key[16..]);
        var last = Vector128.Create(
            counter,
            BinaryPrimitives.ReadUInt32LittleEndian(nonce),
            BinaryPrimitives.ReadUInt32LittleEndian(nonce[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(nonce[8..]));

        if (Avx2.IsSupported && data.Length > BlockSize) XorWide(low, high, ref last, ref data);
        while (data.Length >= BlockSize)
        {
            XorBlock(low, high, last, data);
            last += Vector128.Create(1u, 0, 0, 0);
            data = data[BlockSize..];
        }

        if (data.IsEmpty) return;
        Span<byte> block = stackalloc byte[BlockSize];
        data.CopyTo(block);
        XorBlock(low, high, last, block);
        block[..data.Length].CopyTo(data);
        CryptographicOperations.ZeroMemory(block);
    }

    private static Vector128<uint> Words(ReadOnlySpan<byte> bytes) => Vector128.Create(
        BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]));

    /// <summary>One block, a row of the state in each vector. Where the processor has no vectors of 128 bits, .NET does the same with scalars.</summary>
    private static void XorBlock(Vector128<uint> low, Vector128<uint> high, Vector128<uint> last, Span<byte> data)
    {
        Vector128<uint> a = Constant, b = low, c = high, d = last;
        for (var round = 0; round < 10; round++)
        {
            QuarterRounds(ref a, ref b, ref c, ref d);
            b = Vector128.Shuffle(b, Vector128.Create(1u, 2, 3, 0));
            c = Vector128.Shuffle(c, Vector128.Create(2u, 3, 0, 1));
            d = Vector128.Shuffle(d, Vector128.Create(3u, 0, 1, 2));
            QuarterRounds(ref a, ref b, ref c, ref d);
            b = Vector128.Shuffle(b, Vector128.Create(3u, 0, 1, 2));
            c = Vector128.Shuffle(c, Vector128.Create(2u, 3, 0, 1));
            d = Vector128.Shuffle(d, Vector128.Create(1u, 2, 3, 0));
        }

        XorInto(data, a + Constant);
        XorInto(data[16..], b + low);
        XorInto(data[32..], c + high);
        XorInto(data[48..], d + last);
    }

    /// <summary>Four blocks at a time, two in the halves of each vector, while more than one block is left.</summary>
    private static void XorWide(Vector128<uint> low, Vector128<uint> high, ref Vector128<uint> last, ref Span<byte> data)
    {
        Span<byte> partial = stackalloc byte[WideSize];
        var row0 = Vector256.Create(Constant, Constant);
        var row1 = Vector256.Create(low, low);
        var row2 = Vector256.Create(high, high);
        var row3 = Vector256.Create(last, last + Vector128.Create(1u, 0, 0, 0));
        var two = Vector256.Create(2u, 0, 0, 0, 2, 0, 0, 0);
        while (data.Length > BlockSize)
        {
            var row3Next = row3 + two;
            Vector256<uint> a = row0, b = row1, c = row2, d = row3;
            Vector256<uint> e = row0, f = row1, g = row2, h = row3Next;
            for (var round = 0; round < 10; round++)
            {
                QuarterRounds(ref a, ref b, ref c, ref d);
                QuarterRounds(ref e, ref f, ref g, ref h);
                b = Avx2.Shuffle(b, 0b00_11_10_01);
                f = Avx2.Shuffle(f, 0b00_11_10_01);
                c = Avx2.Shuffle(c, 0b01_00_11_10);
                g = Avx2.Shuffle(g, 0b01_00_11_10);
                d = Avx2.Shuffle(d, 0b10_01_00_11);
                h = Avx2.Shuffle(h, 0b10_01_00_11);
                QuarterRounds(ref a, ref b, ref c, ref d);
                QuarterRounds(ref e, ref f, ref g, ref h);
                b = Avx2.Shuffle(b, 0b10_01_00_11);
                f = Avx2.Shuffle(f, 0b10_01_00_11);
                c = Avx2.Shuffle(c, 0b01_00_11_10);
                g = Avx2.Shuffle(g, 0b01_00_11_10);
                d = Avx2.Shuffle(d, 0b00_11_10_01);
                h = Avx2.Shuffle(h, 0b00_11_10_01);
            }

            var whole = data.Length >= WideSize;
            if (!whole) data.CopyTo(partial);
            var target = whole ? data : partial;
            XorPair(target, a + row0, b + row1, c + row2, d + row3);
            XorPair(target[(2 * BlockSize)..], e + row0, f + row1, g + row2, h + row3Next);
            row3 = row3Next + two;
            last = row3.GetLower();
            if (whole)
            {
                data = data[WideSize..];
                continue;
            }

            partial[..data.Length].CopyTo(data);
            CryptographicOperations.ZeroMemory(partial);
            data = [];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void QuarterRounds(ref Vector128<uint> a, ref Vector128<uint> b, ref Vector128<uint> c, ref Vector128<uint> d)
    {
        a += b;
        d = Rotate(d ^ a, 16);
        c += d;
        b = Rotate(b ^ c, 12);
        a += b;
        d = Rotate(d ^ a, 8);
        c += d;
        b = Rotate(b ^ c, 7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void QuarterRounds(ref Vector256<uint> a, ref Vector256<uint> b, ref Vector256<uint> c, ref Vector256<uint> d)
    {
        var by16 = Vector256.Create((byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
        var by8 = Vector256.Create((byte)3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
        a += b;
        d = Avx2.Shuffle((d ^ a).AsByte(), by16).AsUInt32();
        c += d;
        b = Rotate(b ^ c, 12);
        a += b;
        d = Avx2.Shuffle((d ^ a).AsByte(), by8).AsUInt32();
        c += d;
        b = Rotate(b ^ c, 7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Rotate(Vector128<uint> value, int bits) => (value << bits) | (value >>> (32 - bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rotate(Vector256<uint> value, int bits) => (value << bits) | (value >>> (32 - bits));

    /// <summary>Two blocks whose rows lie side by side: the lower halves are the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void XorPair(Span<byte> data, Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, Vector256<uint> d)
    {
        XorInto(data, Avx2.Permute2x128(a, b, 0x20));
        XorInto(data[32..], Avx2.Permute2x128(c, d, 0x20));
        XorInto(data[64..], Avx2.Permute2x128(a, b, 0x31));
        XorInto(data[96..], Avx2.Permute2x128(c, d, 0x31));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void XorInto(Span<byte> data, Vector256<uint> stream) => (Vector256.Create<byte>(data[..32]) ^ stream.AsByte()).CopyTo(data);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void XorInto(Span<byte> data, Vector128<uint> stream)
    {
        if (!BitConverter.IsLittleEndian) stream = Vector128.Create(BinaryPrimitives.ReverseEndianness(stream[0]), BinaryPrimitives.ReverseEndianness(stream[1]), BinaryPrimitives.ReverseEndianness(stream[2]), BinaryPrimitives.ReverseEndianness(stream[3]));
        (Vector128.Create<byte>(data[..16]) ^ stream.AsByte()).CopyTo(data);
    }
}
