using CsCheck;
using Lightning.Protocol.Features;

namespace Lightning.Protocol.Tests.Features;

public class FeatureSetTests
{
    [Theory]
    [InlineData("", new int[0])]
    [InlineData("01", new[] { 0 })]
    [InlineData("8000", new[] { 15 })]
    [InlineData("020000", new[] { 17 })]
    [InlineData("08a0800a8a51a1", new[] { 0, 5, 7, 8, 12, 14, 17, 19, 23, 25, 27, 39, 45, 47, 51 })]
    public void Bits_count_from_the_end_of_the_last_byte(string hex, int[] bits)
    {
        Assert.Equal(bits, FeatureSet.FromHex(hex).Bits());
        Assert.Equal(hex, FeatureSet.FromBits(bits).ToString());
    }

    [Fact]
    public void Leading_zeros_are_kept_but_do_not_count()
    {
        var padded = FeatureSet.FromHex("000020");
        Assert.Equal("000020", padded.ToString());
        Assert.Equal(FeatureSet.FromBits(5), padded);
        Assert.Equal(FeatureSet.FromBits(5).GetHashCode(), padded.GetHashCode());
        Assert.True(FeatureSet.FromHex("0000").IsEmpty);
    }

    [Fact]
    public void A_union_has_the_bits_of_both() =>
        Gen.Select(Gen.Int[0, 100].Array[0, 10], Gen.Int[0, 100].Array[0, 10]).Sample((a, b) =>
            (FeatureSet.FromBits(a) | FeatureSet.FromBits(b)) == FeatureSet.FromBits([.. a, .. b]));

    [Fact]
    public void A_feature_is_either_required_or_optional()
    {
        var features = FeatureSet.Empty.With(Feature.Anchors).With(Feature.Anchors, mandatory: true);
        Assert.Equal([22], features.Bits());
        Assert.True(features.Has(Feature.Anchors) && features.Requires(Feature.Anchors));
        Assert.True(features.Without(Feature.Anchors).IsEmpty);
    }

    [Fact]
    public void Out_of_range_bits_are_not_set()
    {
        Assert.False(FeatureSet.FromHex("ff").HasBit(8));
        Assert.False(FeatureSet.FromHex("ff").HasBit(-1));
        Assert.False(default(FeatureSet).HasBit(0));
    }
}
