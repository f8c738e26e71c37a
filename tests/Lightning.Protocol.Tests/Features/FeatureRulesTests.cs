using Lightning.Protocol.Features;

namespace Lightning.Protocol.Tests.Features;

public class FeatureRulesTests
{
    /// <summary>What LDK 0.1 shows with anchors.</summary>
    private static readonly FeatureSet Ldk = FeatureSet.FromHex("08a0800a8a51a1");

    [Fact]
    public void Our_defaults_have_the_bits_that_we_mean_and_no_others() =>
        Assert.Equal([0, 5, 7, 8, 12, 14, 17, 23, 27, 37, 45, 47, 61], DefaultFeatures.Init.Bits());

    [Fact]
    public void Our_defaults_are_valid_themselves()
    {
        Assert.Null(FeatureRules.MissingDependency(DefaultFeatures.Init));
        Assert.Null(FeatureRules.UnknownMandatoryBit(DefaultFeatures.Init));
        Assert.Equal([8, 14, 17, 37], DefaultFeatures.Invoice.Bits());
    }

    [Fact]
    public void We_are_compatible_with_LDK()
    {
        Assert.True(FeatureRules.AreCompatible(DefaultFeatures.Init, Ldk, out var reason), reason);
        Assert.True(FeatureRules.AreCompatible(Ldk, DefaultFeatures.Init, out reason), reason);
    }

    [Fact]
    public void A_required_feature_that_we_lack_is_named()
    {
        Assert.False(FeatureRules.AreCompatible(DefaultFeatures.Init, Ldk.With(Feature.DualFund, mandatory: true), out var reason));
        Assert.Equal("the peer requires feature option_dual_fund (28)", reason);
        Assert.False(FeatureRules.AreCompatible(DefaultFeatures.Init, Ldk | FeatureSet.FromBits(1000), out reason));
        Assert.Equal("the peer requires feature 1000", reason);
    }

    [Fact]
    public void Unknown_odd_bits_are_ignored() => Assert.True(FeatureRules.AreCompatible(DefaultFeatures.Init, Ldk | FeatureSet.FromBits(1001), out _));

    [Fact]
    public void A_peer_that_lacks_what_we_require_is_refused()
    {
        var local = DefaultFeatures.Init.With(Feature.Anchors, mandatory: true);
        Assert.False(FeatureRules.AreCompatible(local, Ldk.Without(Feature.Anchors), out var reason));
        Assert.Equal("the peer lacks feature option_anchors (22)", reason);
    }

    [Fact]
    public void Assumed_features_need_not_be_shown()
    {
        Assert.True(FeatureRules.AreCompatible(DefaultFeatures.Init, FeatureSet.Empty, out var reason), reason);
        Assert.Null(FeatureRules.MissingDependency(FeatureSet.FromBits(Feature.BasicMpp.OptionalBit)));
    }

    [Fact]
    public void A_feature_without_its_dependency_is_refused()
    {
        Assert.False(FeatureRules.AreCompatible(DefaultFeatures.Init, Ldk.Without(Feature.ScidAlias), out var reason));
        Assert.Equal("the peer shows option_zeroconf without option_scid_alias", reason);
    }

    [Fact]
    public void An_unknown_even_bit_is_found()
    {
        Assert.Equal(256, FeatureRules.UnknownMandatoryBit(Ldk | FeatureSet.FromBits(255, 256)));
        Assert.Null(FeatureRules.UnknownMandatoryBit(Ldk | FeatureSet.FromBits(28)));
    }

    [Fact]
    public void Every_feature_has_its_own_even_bit()
    {
        Assert.All(Feature.All, feature => Assert.Equal(0, feature.MandatoryBit % 2));
        Assert.Equal(Feature.All.Count, Feature.All.Select(feature => feature.MandatoryBit).Distinct().Count());
        Assert.All(Feature.All, feature => Assert.Same(feature, Feature.FromBit(feature.OptionalBit)));
    }

    [Fact]
    public void The_channel_type_of_anchors_has_bits_12_and_22() => Assert.Equal([12, 22], ChannelTypes.Anchors.Bits());
}
