using CsCheck;
using Lightning.Bitcoin.Encodings;

namespace Lightning.Bitcoin.Tests.Encodings;

public sealed class Base58Tests
{
    [SkippableFact]
    public void Bitcoin_Cores_examples_encode_and_decode()
    {
        var run = 0;
        foreach (var pair in Vectors.Json("core/base58_encode_decode.json").EnumerateArray())
        {
            var bytes = Convert.FromHexString(pair[0].GetString()!);
            Assert.Equal(pair[1].GetString(), Base58.Encode(bytes));
            Assert.True(Base58.TryDecode(pair[1].GetString()!, out var decoded));
            Assert.Equal(bytes, decoded);
            run++;
        }

        Assert.Equal(21, run);
    }

    [Fact]
    public void Any_bytes_round_trip_with_and_without_checksum() =>
        Gen.Select(Gen.Int[0, 5], Gen.Byte.Array[0, 90]).Sample((zeros, bytes) =>
        {
            bytes.AsSpan(0, Math.Min(zeros, bytes.Length)).Clear();
            Assert.True(Base58.TryDecode(Base58.Encode(bytes), out var plain));
            Assert.Equal(bytes, plain);
            Assert.True(Base58.TryDecodeCheck(Base58.EncodeCheck(bytes), out var payload));
            Assert.Equal(bytes, payload);
        }, iter: 500);

    [Fact]
    public void A_changed_character_breaks_the_checksum()
    {
        const string Address = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2";
        Assert.True(Base58.TryDecodeCheck(Address, out _));
        for (var i = 0; i < Address.Length; i++)
        {
            var changed = Address[..i] + (Address[i] == 'z' ? 'y' : 'z') + Address[(i + 1)..];
            Assert.False(Base58.TryDecodeCheck(changed, out _));
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("O")]
    [InlineData("l")]
    [InlineData("a b")]
    [InlineData("é")]
    public void Characters_outside_of_the_alphabet_are_refused(string text) => Assert.False(Base58.TryDecode(text, out _));

    [Fact]
    public void Endless_text_is_refused_before_any_work() => Assert.False(Base58.TryDecode(new string('z', 1_000_000), out _));
}
