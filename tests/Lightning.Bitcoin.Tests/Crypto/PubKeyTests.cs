using CsCheck;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Bitcoin.Tests.Crypto;

public sealed class PubKeyTests
{
    private const string Generator = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

    [Fact]
    public void The_three_encodings_are_one_key()
    {
        var key = PubKey.FromHex(Generator);
        var uncompressed = key.ToUncompressed();
        Assert.Equal("04" + Generator[2..] + "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8", Convert.ToHexStringLower(uncompressed));
        Assert.True(PubKey.TryParseAny(uncompressed, out var parsed));
        Assert.Equal(key, parsed);
        Assert.False(PubKey.TryParse(uncompressed, out _));
        uncompressed[0] = 6; // hybrid: the parity is told as well, and must be right
        Assert.True(PubKey.TryParseAny(uncompressed, out parsed));
        Assert.Equal(key, parsed);
        uncompressed[0] = 7;
        Assert.False(PubKey.TryParseAny(uncompressed, out _));
    }

    [Theory]
    [InlineData("000000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("020000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("02ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")]
    [InlineData("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f817")]
    [InlineData("")]
    public void What_is_no_point_is_refused(string hex)
    {
        Assert.False(PubKey.TryParse(Convert.FromHexString(hex), out _));
        Assert.Throws<FormatException>(() => PubKey.FromHex(hex));
    }

    [Fact]
    public void Any_bytes_either_parse_and_give_themselves_back_or_are_refused() =>
        Gen.Select(Gen.Byte[1, 4], Gen.Byte.Array[32]).Sample((first, x) =>
        {
            byte[] bytes = [first, .. x];
            if (PubKey.TryParse(bytes, out var key)) Assert.Equal(bytes, key.Span.ToArray());
            if (XOnlyPubKey.TryParse(new Bytes32(x), out var xonly)) Assert.Equal(x, xonly.Value.ToArray());
        }, iter: 500);

    [Fact]
    public void Keys_compare_by_their_bytes()
    {
        var two = PubKey.FromHex(Generator);
        var three = two.Negate();
        Assert.Equal(3, three.Span[0]);
        Assert.True(two.CompareTo(three) < 0);
        Assert.True(two != three);
        Assert.Equal(two, three.Negate());
        Assert.Equal(two.GetHashCode(), three.Negate().GetHashCode());
        Assert.Equal(two.ToXOnly(), three.ToXOnly());
        Assert.Equal(Generator, two.ToString());
    }
}
