using CsCheck;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Bitcoin.Tests.Crypto;

public sealed class EcdsaSignatureTests
{
    private const string Order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

    [Fact]
    public void DER_round_trips_for_any_numbers() =>
        Gen.Select(Gen.Int[0, 32], Gen.Int[0, 32], Gen.Byte.Array[64]).Sample((zerosR, zerosS, bytes) =>
        {
            bytes.AsSpan(0, zerosR).Clear();
            bytes.AsSpan(32, zerosS).Clear();
            var signature = new EcdsaSignature(bytes);
            var der = signature.ToDer();
            Assert.InRange(der.Length, 8, 72);
            Assert.True(EcdsaSignature.TryFromDer(der, out var strict));
            Assert.Equal(signature, strict);
            Assert.True(EcdsaSignature.TryFromDerLax(der, out var lax));
            Assert.Equal(signature, lax);
        }, iter: 2000);

    [Fact]
    public void Random_bytes_and_damaged_signatures_never_make_the_parsers_throw() =>
        Gen.Select(Gen.Byte.Array[0, 90], Gen.Int[0, 71], Gen.Byte).Sample((noise, position, value) =>
        {
            EcdsaSignature.TryFromDerLax(noise, out _);
            Assert.False(EcdsaSignature.TryFromDer(noise, out var strict) && !strict.ToDer().AsSpan().SequenceEqual(noise));
            var der = Convert.FromHexString("304402" + "20" + new string('1', 64) + "0220" + new string('2', 64));
            der[position % der.Length] = value;
            EcdsaSignature.TryFromDerLax(der, out _);
            Assert.False(EcdsaSignature.TryFromDer(der, out strict) && !strict.ToDer().AsSpan().SequenceEqual(der));
        }, iter: 5000);

    [Theory]
    [InlineData("3006020101020102", true, true)] // the plainest one
    [InlineData("300602010102010200", false, true)] // a byte behind
    [InlineData("3007020101020102", false, true)] // sequence length wrong
    [InlineData("308106020101020102", false, true)] // long form of the sequence length
    [InlineData("30060281010102" + "0102", false, true)] // long form of a number's length
    [InlineData("300702020001020102", false, true)] // padded number
    [InlineData("3006020181020102", false, true)] // negative number
    [InlineData("30050200020102", false, true)] // number without bytes
    [InlineData("3106020101020102", false, false)] // not a sequence
    [InlineData("3006030101020102", false, false)] // not a number
    [InlineData("30060201010201", false, false)] // cut
    [InlineData("30060285010000000001020102", false, false)] // length of more than three bytes
    [InlineData("30", false, false)]
    [InlineData("", false, false)]
    public void Strict_is_BIP_66_and_lax_is_what_old_blocks_hold(string hex, bool strict, bool lax)
    {
        var der = Convert.FromHexString(hex);
        Assert.Equal(strict, EcdsaSignature.TryFromDer(der, out _));
        Assert.Equal(strict, EcdsaSignature.IsStrictDer(der));
        Assert.Equal(lax, EcdsaSignature.TryFromDerLax(der, out _));
    }

    [Fact]
    public void A_number_too_large_is_no_signature_in_strict_and_the_zero_signature_in_lax_parsing()
    {
        var der = Convert.FromHexString("3026" + "022101" + new string('0', 64) + "020101");
        Assert.True(EcdsaSignature.IsStrictDer(der));
        Assert.False(EcdsaSignature.TryFromDer(der, out _));
        Assert.True(EcdsaSignature.TryFromDerLax(der, out var signature));
        Assert.Equal(default, signature);
    }

    [Fact]
    public void A_high_S_becomes_the_low_one_and_only_then_verifies()
    {
        using var key = Key.FromBytes(Hashes.Sha256([5]).Span);
        var hash = Hashes.Sha256([6]);
        var low = key.Sign(hash);
        Assert.True(low.IsLowS);
        var order = System.Numerics.BigInteger.Parse("0" + Order, System.Globalization.NumberStyles.HexNumber, null);
        var s = new System.Numerics.BigInteger(low.Span[32..], isUnsigned: true, isBigEndian: true);
        var high = new EcdsaSignature([.. low.Span[..32], .. (order - s).ToByteArray(isUnsigned: true, isBigEndian: true)]);
        Assert.False(high.IsLowS);
        Assert.False(key.PubKey.Verify(hash, high));
        Assert.Equal(low, high.NormalizeS());
        Assert.Equal(low, low.NormalizeS());
        var nonsense = new EcdsaSignature(Convert.FromHexString(Order + Order));
        Assert.Equal(nonsense, nonsense.NormalizeS());
        Assert.False(key.PubKey.Verify(hash, nonsense));
        Assert.False(key.PubKey.Verify(hash, default));
    }
}
