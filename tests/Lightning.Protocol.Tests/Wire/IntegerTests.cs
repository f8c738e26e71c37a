using System.Buffers;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Tests.Wire;

public class IntegerTests
{
    [SkippableFact]
    public void Signed_integers_follow_appendix_D()
    {
        foreach (var vector in Vectors.Json("bolt01/signed-integers.json").EnumerateArray())
        {
            var value = vector.GetProperty("value").GetInt64();
            var bytes = Convert.FromHexString(vector.GetProperty("bytes").GetString()!);
            var reader = new WireReader(bytes);
            var read = bytes.Length switch
            {
                1 => reader.S8("test"),
                2 => reader.S16("test"),
                4 => reader.S32("test"),
                _ => reader.S64("test"),
            };
            Assert.Equal(value, read);
            Assert.Equal(bytes, Write(value, bytes.Length));
        }
    }

    [Theory]
    [InlineData(0UL, "")]
    [InlineData(1UL, "01")]
    [InlineData(256UL, "0100")]
    [InlineData(0xFFFFFFUL, "ffffff")]
    [InlineData(ulong.MaxValue, "ffffffffffffffff")]
    public void Truncated_integers_have_no_leading_zeros(ulong value, string hex)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        writer.Truncated(value);
        writer.Complete();
        Assert.Equal(hex, Convert.ToHexStringLower(output.WrittenSpan));
        Assert.Equal(hex.Length / 2, WireWriter.TruncatedLength(value));
        Assert.Equal(value, new WireReader(output.WrittenSpan).Tu64("test"));
    }

    [Fact]
    public void Truncated_integers_with_leading_zeros_or_too_long_are_refused()
    {
        Assert.Throws<MessageDecodeException>(() => new WireReader([0]).Tu16("test"));
        Assert.Throws<MessageDecodeException>(() => new WireReader([0, 1]).Tu32("test"));
        Assert.Throws<MessageDecodeException>(() => new WireReader([1, 1, 1]).Tu16("test"));
        Assert.Throws<MessageDecodeException>(() => new WireReader([1, 1, 1, 1, 1]).Tu32("test"));
        Assert.Throws<MessageDecodeException>(() => new WireReader([1, 1, 1, 1, 1, 1, 1, 1, 1]).Tu64("test"));
    }

    [Fact]
    public void Amounts_above_21_million_bitcoin_are_refused()
    {
        Assert.Equal(2_100_000_000_000_000, new WireReader(Convert.FromHexString("000775f05a074000")).Satoshi("test").Value);
        Assert.Throws<MessageDecodeException>(() => new WireReader(Convert.FromHexString("000775f05a074001")).Satoshi("test"));
        Assert.Equal(2_100_000_000_000_000_000, new WireReader(Convert.FromHexString("1d24b2dfac520000")).MilliSatoshi("test").Value);
        Assert.Throws<MessageDecodeException>(() => new WireReader(Convert.FromHexString("1d24b2dfac520001")).MilliSatoshi("test"));
    }

    [Fact]
    public void A_limit_of_all_ones_is_read_as_21_million_bitcoin() =>
        Assert.Equal(Satoshi.MaxMoney.ToMilliSatoshi(), new WireReader(Convert.FromHexString("ffffffffffffffff")).MilliSatoshiLimit("test"));

    private static byte[] Write(long value, int length)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        switch (length)
        {
            case 1:
                writer.S8((sbyte)value);
                break;
            case 2:
                writer.S16((short)value);
                break;
            case 4:
                writer.S32((int)value);
                break;
            default:
                writer.S64(value);
                break;
        }

        writer.Complete();
        return output.WrittenSpan.ToArray();
    }
}
