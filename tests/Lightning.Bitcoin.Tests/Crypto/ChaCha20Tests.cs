using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using CsCheck;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Bitcoin.Tests.Crypto;

public sealed class ChaCha20Tests
{
    [Fact]
    public void The_RFC_8439_example_encrypts_as_printed()
    {
        var key = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        var data = Encoding.ASCII.GetBytes("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.");
        ChaCha20.Xor(key, Convert.FromHexString("000000000000004a00000000"), 1, data);
        Assert.Equal(
            "6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0bf91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d8"
            + "07ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab77937365af90bbf74a35be6b40b8eedf2785e42874d",
            Convert.ToHexStringLower(data));
    }

    [Fact]
    public void Every_length_equals_the_textbook_cipher() =>
        Gen.Select(Gen.Byte.Array[32], Gen.Byte.Array[12], Gen.UInt[0, uint.MaxValue - 64], Gen.Byte.Array[0, 1400]).Sample((key, nonce, counter, data) =>
        {
            var expected = Textbook(key, nonce, counter, data);
            ChaCha20.Xor(key, nonce, counter, data);
            Assert.Equal(expected, data);
        }, iter: 500);

    [Fact]
    public void Wrong_lengths_and_the_end_of_the_stream_are_errors()
    {
        Assert.Throws<ArgumentException>(() => ChaCha20.Xor(new byte[31], new byte[12], 0, new byte[1]));
        Assert.Throws<ArgumentException>(() => ChaCha20.Xor(new byte[32], new byte[8], 0, new byte[1]));
        Assert.Throws<ArgumentException>(() => ChaCha20.Xor(new byte[32], new byte[12], uint.MaxValue, new byte[65]));
        ChaCha20.Xor(new byte[32], new byte[12], uint.MaxValue, new byte[64]);
    }

    private static byte[] Textbook(byte[] key, byte[] nonce, uint counter, byte[] data)
    {
        var output = new byte[data.Length];
        for (var start = 0; start < data.Length; start += 64, counter++)
        {
            var initial = new uint[16];
            byte[] state = [.. "expand 32-byte k"u8, .. key, .. BitConverter.GetBytes(counter), .. nonce];
            for (var i = 0; i < 16; i++) initial[i] = BinaryPrimitives.ReadUInt32LittleEndian(state.AsSpan(4 * i));
            var x = (uint[])initial.Clone();
            void Quarter(int a, int b, int c, int d)
            {
                x[a] += x[b];
                x[d] = BitOperations.RotateLeft(x[d] ^ x[a], 16);
                x[c] += x[d];
                x[b] = BitOperations.RotateLeft(x[b] ^ x[c], 12);
                x[a] += x[b];
                x[d] = BitOperations.RotateLeft(x[d] ^ x[a], 8);
                x[c] += x[d];
                x[b] = BitOperations.RotateLeft(x[b] ^ x[c], 7);
            }

            for (var round = 0; round < 10; round++)
            {
                for (var i = 0; i < 4; i++) Quarter(i, 4 + i, 8 + i, 12 + i);
                for (var i = 0; i < 4; i++) Quarter(i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4));
            }

            for (var i = 0; i < 64 && start + i < data.Length; i++) output[start + i] = (byte)(data[start + i] ^ ((x[i / 4] + initial[i / 4]) >> (8 * (i % 4))));
        }

        return output;
    }
}
