using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Tests.Wire;

public class BigSizeTests
{
    [SkippableFact]
    public void Decoding_follows_appendix_A()
    {
        foreach (var vector in Vectors.Json("bolt01/bigsize-decoding.json").EnumerateArray())
        {
            var bytes = Convert.FromHexString(vector.GetProperty("bytes").GetString()!);
            if (vector.TryGetProperty("exp_error", out _))
                Assert.Throws<MessageDecodeException>(() => new WireReader(bytes).BigSize("test"));
            else
                Assert.Equal(vector.GetProperty("value").GetUInt64(), Read(bytes));
        }
    }

    [SkippableFact]
    public void Encoding_follows_appendix_A()
    {
        foreach (var vector in Vectors.Json("bolt01/bigsize-encoding.json").EnumerateArray())
            Assert.Equal(vector.GetProperty("bytes").GetString(), Write(vector.GetProperty("value").GetUInt64()));
    }

    [Theory]
    [InlineData(0UL, "00")]
    [InlineData(252UL, "fc")]
    [InlineData(253UL, "fd00fd")]
    [InlineData(65536UL, "fe00010000")]
    [InlineData(ulong.MaxValue, "ffffffffffffffffff")]
    public void Encoding_is_minimal(ulong value, string hex)
    {
        Assert.Equal(hex, Write(value));
        Assert.Equal(value, Read(Convert.FromHexString(hex)));
    }

    [Theory]
    [InlineData("fd00fc")]
    [InlineData("fe0000ffff")]
    [InlineData("ff00000000ffffffff")]
    public void A_longer_encoding_than_needed_is_refused(string hex) =>
        Assert.Throws<MessageDecodeException>(() => new WireReader(Convert.FromHexString(hex)).BigSize("test"));

    private static ulong Read(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        var value = reader.BigSize("test");
        reader.End("test");
        return value;
    }

    private static string Write(ulong value)
    {
        var buffer = new byte[BigSize.MaxLength];
        return Convert.ToHexStringLower(buffer.AsSpan(0, BigSize.Write(buffer, value)));
    }
}
