using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Wire;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>BOLT 1 "The init Message", and what BOLT 9 says of feature bits in it.</summary>
public sealed class Bolt1InitTests
{
    [Theory]
    [InlineData(1001)]
    [InlineData(99)]
    [InlineData(22)]
    public async Task Unknown_odd_and_known_even_feature_bits_are_no_reason_to_close(int bit)
    {
        await using var met = await Encounter.Connected(new ScriptedPeerOptions { Features = DefaultFeatures.Init | FeatureSet.FromBits(bit) });
        await met.Mallory.ExpectNothing();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task At_an_unknown_even_feature_bit_the_connection_is_closed(bool isGlobal)
    {
        var unknown = FeatureSet.FromBits(1000);
        await using var met = await Encounter.Connected(new ScriptedPeerOptions
        {
            Init = init => isGlobal ? init with { GlobalFeatures = unknown } : init with { Features = init.Features | unknown },
        });
        await met.Mallory.ExpectDisconnect();
    }

    [Fact]
    public async Task A_feature_without_those_it_depends_on_closes_the_connection()
    {
        await using var met = await Encounter.Connected(new ScriptedPeerOptions { Features = DefaultFeatures.Init.Without(Feature.ShutdownAnySegwit) });
        await met.Mallory.ExpectDisconnect();
    }

    [Fact]
    public async Task Both_feature_bitmaps_are_combined()
    {
        await using var met = await Encounter.Started(new ScriptedPeerOptions { Init = init => init with { GlobalFeatures = init.Features, Features = FeatureSet.Empty } });
        var channel = await met.Mallory.BeginAccepting("alice", Encounter.Capacity);
        Assert.True(met.Mallory.Received.OfType<OpenChannel>().Single().ChannelType!.Value.HasBit(Feature.Anchors.MandatoryBit));
        Assert.NotEmpty(channel.Outbox);
    }

    [Fact]
    public async Task A_peer_of_other_chains_only_is_not_kept()
    {
        await using var met = await Encounter.Connected(new ScriptedPeerOptions { Init = static init => init with { Networks = EquatableArray.Create<BlockHash>([Network.Mainnet.GenesisHash]) } });
        await met.Mallory.ExpectDisconnect();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_peer_that_names_this_chain_among_others_or_none_is_kept(bool names)
    {
        await using var met = await Encounter.Connected(new ScriptedPeerOptions
        {
            Init = init => init with { Networks = names ? EquatableArray.Create<BlockHash>([Network.Mainnet.GenesisHash, Network.Regtest.GenesisHash]) : null },
        });
        await met.Mallory.ExpectNothing();
    }

    [Fact]
    public async Task Nothing_is_said_to_a_peer_whose_first_message_is_not_init()
    {
        await using var met = await Encounter.Connected(new ScriptedPeerOptions { Init = static _ => new Ping(8, Bytes.Empty) });
        await met.Mallory.ExpectDisconnect();
        Assert.IsType<Init>(Assert.Single(met.Mallory.Received));
        Assert.Empty(await met.Alice.Do(api => api.ListPeersAsync()));
    }

    [Theory]
    [InlineData("0010")]
    [InlineData("00100000")]
    [InlineData("001000000002aa")]
    [InlineData("0010000000000201aa")]
    [InlineData("0010000000000102aabb")]
    public async Task An_init_that_cannot_be_read_closes_the_connection(string hex)
    {
        await using var met = await Encounter.Connected(new ScriptedPeerOptions { FirstBytes = Bytes.FromHex(hex) });
        await met.Mallory.ExpectDisconnect();
        Assert.Empty(await met.Alice.Do(api => api.ListPeersAsync()));
    }

    [Fact]
    public async Task Unknown_odd_records_and_a_remote_address_of_init_are_ignored()
    {
        await using var met = await Encounter.Started();
        var honest = MessageCodec.Encode(new Init(FeatureSet.Empty, DefaultFeatures.Init) { RemoteAddress = Bytes.FromHex("017f0000012607") });
        met.Mallory.Options = met.Mallory.Options with { FirstBytes = Bytes.Wrap([.. honest, 0xfd, 0x03, 0xe9, 0x02, 0xab, 0xcd]) };
        await met.Mallory.Connect("alice");
        await met.Mallory.ExpectNothing();
    }

    [Fact]
    public async Task The_node_sets_only_defined_feature_bits_with_their_dependencies_and_names_its_chain()
    {
        await using var met = await Encounter.Connected();
        var init = met.Mallory.RemoteInit;
        Assert.All(init.AllFeatures.Bits(), static bit => Assert.NotNull(Feature.FromBit(bit)));
        Assert.DoesNotContain(init.GlobalFeatures.Bits(), static bit => bit > 13);
        Assert.True(FeatureRules.AreCompatible(DefaultFeatures.Init, init.AllFeatures, out _));
        Assert.Equal(Network.Regtest.GenesisHash, Assert.Single(init.Networks!.Value.Items));
    }

    [Fact]
    public async Task A_second_init_changes_nothing()
    {
        await using var met = await Encounter.Connected();
        await met.Mallory.Send(new Init(FeatureSet.Empty, FeatureSet.FromBits(1000)));
        await met.Mallory.ExpectNothing();
    }
}
