using System.Text;
using System.Text.Json;
using CsCheck;
using Lightning.Bitcoin.Encodings;

namespace Lightning.Bitcoin.Tests.Encodings;

public sealed class Bech32Tests
{
    [Theory]
    [InlineData("A12UEL5L", Bech32Variant.Bech32)]
    [InlineData("A1LQFN3A", Bech32Variant.Bech32m)]
    public void The_shortest_strings_of_the_BIPs_decode(string text, Bech32Variant variant)
    {
        var decoded = Bech32.Decode(text);
        Assert.Equal(("a", 0, variant), (decoded.Prefix, decoded.Words.Length, decoded.Variant));
        Assert.Equal(text, decoded.ToString(), ignoreCase: true);
    }

    [SkippableTheory]
    [InlineData("bips/bip173-bech32.json", Bech32Variant.Bech32, 7, 12)]
    [InlineData("bips/bip350-bech32m.json", Bech32Variant.Bech32m, 7, 14)]
    public void Valid_strings_decode_and_invalid_ones_say_why(string file, Bech32Variant variant, int expectedValid, int expectedInvalid)
    {
        int valid = 0, invalid = 0;
        foreach (var text in Vectors.Json(file).GetProperty("valid").EnumerateArray().Select(Text))
        {
            Assert.True(Bech32.TryDecode(text, Bech32.MaximumLength, out var decoded, out var error), error);
            Assert.Equal(variant, decoded.Variant);
            Assert.Equal(text.ToLowerInvariant(), decoded.ToString());
            valid++;
        }

        foreach (var text in Vectors.Json(file).GetProperty("invalid").EnumerateArray().Select(Text))
        {
            Assert.False(Bech32.TryDecode(text, Bech32.MaximumLength, out _, out var error) , text);
            Assert.NotEmpty(error);
            invalid++;
        }

        Assert.Equal((expectedValid, expectedInvalid), (valid, invalid));
    }

    [Fact]
    public void Long_strings_round_trip_where_the_caller_allows_them() =>
        Gen.Select(Gen.Byte.Array[0, 700], Gen.Bool).Sample((bytes, modified) =>
        {
            var variant = modified ? Bech32Variant.Bech32m : Bech32Variant.Bech32;
            var text = Bech32.Encode("lnbc20u", Bech32.ToWords(bytes), variant);
            Assert.Equal(text.Length <= 90, Bech32.TryDecode(text, 90, out _, out _));
            var decoded = Bech32.Decode(text, text.Length);
            Assert.Equal(("lnbc20u", variant), (decoded.Prefix, decoded.Variant));
            Assert.True(Bech32.TryToBytes(decoded.Words.Span, out var back));
            Assert.Equal(bytes, back);
            Assert.Equal(decoded, Bech32.Decode(text.ToUpperInvariant(), text.Length));
        }, iter: 300);

    [Fact]
    public void Any_changed_character_is_found()
    {
        var text = Bech32.Encode("bc", Bech32.ToWords(new byte[32]), Bech32Variant.Bech32m);
        for (var i = 0; i < text.Length; i++)
        {
            var changed = text[..i] + (text[i] == 'q' ? 'p' : 'q') + text[(i + 1)..];
            Assert.False(Bech32.TryDecode(changed, 90, out _, out _), changed);
        }
    }

    [Theory]
    [InlineData(new byte[] { 0 }, false)] // five bits left over
    [InlineData(new byte[] { 0, 0 }, true)]
    [InlineData(new byte[] { 0, 1 }, false)] // what is left over is not zero
    [InlineData(new byte[] { 0, 0, 0 }, false)] // seven bits left over
    [InlineData(new byte[] { }, true)]
    public void Padding_is_short_and_zero(byte[] words, bool valid)
    {
        Assert.Equal(valid, Bech32.TryToBytes(words, out _));
        Assert.Equal(words.Length * 5 / 8, Bech32.ToBytesTruncated(words).Length);
    }

    [Fact]
    public void The_bare_alphabet_round_trips_in_either_case()
    {
        var words = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        var text = Bech32.WordsToText(words);
        Assert.Equal("qpzry9x8gf2tvdw0s3jn54khce6mua7l", text);
        Assert.True(Bech32.TryTextToWords(text.ToUpperInvariant(), out var back));
        Assert.Equal(words, back);
        Assert.False(Bech32.TryTextToWords("b", out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("BC")]
    [InlineData("b c")]
    public void A_bad_prefix_is_not_encoded(string prefix) => Assert.Throws<ArgumentException>(() => Bech32.Encode(prefix, [], Bech32Variant.Bech32));

    [Fact]
    public void A_word_of_more_than_five_bits_is_not_encoded() => Assert.Throws<ArgumentException>(() => Bech32.Encode("bc", [32], Bech32Variant.Bech32));

    private static string Text(JsonElement vector) => vector.TryGetProperty("string", out var text)
        ? text.GetString()!
        : Encoding.Latin1.GetString(Convert.FromHexString(vector.GetProperty("utf8_hex").GetString()!));
}
