using Lightning.Actors.Api;
using Lightning.Bitcoin.Scripts;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Wire;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>BOLT 2 "Channel Establishment v1": open_channel, accept_channel.</summary>
public sealed class Bolt2EstablishmentTests
{
    private static readonly Dictionary<string, (string Error, Func<OpenChannel, OpenChannel> Change)> RefusedOpens = new(StringComparer.Ordinal)
    {
        ["chain_hash is that of an unknown chain"] = ("this node is on", static open => open with { ChainHash = Network.Mainnet.GenesisHash }),
        ["push_msat is greater than funding_satoshis * 1000"] = ("push_msat is more than funding_satoshis", static open => open with { Push = open.Funding.ToMilliSatoshi() + new MilliSatoshi(1) }),
        ["to_self_delay is unreasonably large"] = ("to_self_delay 2017 is unreasonably large", static open => open with { ToSelfDelay = 2017 }),
        ["max_accepted_htlcs is greater than 483"] = ("max_accepted_htlcs is above 483", static open => open with { MaxAcceptedHtlcs = 484 }),
        ["feerate_per_kw is too small for timely processing"] = ("feerate_per_kw: 252 sat/kw is not relayed", static open => open with { Feerate = new(252) }),
        ["feerate_per_kw is unreasonably large"] = ("feerate_per_kw: 1000000 sat/kw is unreasonably large", static open => open with { Feerate = new(1_000_000) }),
        ["dust_limit_satoshis is greater than channel_reserve_satoshis"] = ("dust_limit_satoshis is above channel_reserve_satoshis", static open => open with { DustLimit = new(1_001), ChannelReserve = new(1_000) }),
        ["dust_limit_satoshis is smaller than 354 satoshis"] = ("dust_limit_satoshis is below 354 sat", static open => open with { DustLimit = new(353) }),
        ["the funder cannot pay the fee of the initial commitment"] = ("cannot pay the commitment fee", static open => open with { Push = open.Funding.ToMilliSatoshi() - new MilliSatoshi(1_000_000) }),
        ["both sides would be at or below channel_reserve_satoshis"] = ("Both sides would be below the channel reserve", static open => open with { Funding = new(30_000), Push = default, Feerate = new(25_000), ChannelReserve = new(1_500), DustLimit = new(354) }),
        ["funding_satoshis is 2^24 without option_support_large_channel"] = ("without option_support_large_channel", static open => open with { Funding = new(1 << 24) }),
        ["there is no channel_type"] = ("channel_type is missing", static open => open with { ChannelType = null }),
        ["channel_type is empty"] = ("channel_type 0x is not known", static open => open with { ChannelType = FeatureSet.Empty }),
        ["channel_type is not defined"] = ("channel_type 0x10000000000000000000401000 is not known", static open => open with { ChannelType = FeatureSet.FromBits(12, 22, 100) }),
        ["channel_type is very long"] = ("channel_type of 40001 bytes is not known", static open => open with { ChannelType = FeatureSet.FromBits(320_000) }),
        ["channel_type has odd bits"] = ("channel_type 0x2000 is not known", static open => open with { ChannelType = FeatureSet.FromBits(13) }),
        ["channel_type is option_anchors alone"] = ("channel_type 0x400000 is not known", static open => open with { ChannelType = FeatureSet.FromBits(22) }),
        ["channel_type is not the smallest bitmap"] = ("channel_type 0x00401000 is not known", static open => open with { ChannelType = FeatureSet.FromBytes([0, 0x40, 0x10, 0x00]) }),
        ["channel_type includes option_scid_alias, which the node does not support"] = ("option_scid_alias is not supported", static open => open with { ChannelType = FeatureSet.FromBits(12, 22, 46) }),
        ["channel_type includes option_zeroconf"] = ("not used before their funding is confirmed", static open => open with { ChannelType = FeatureSet.FromBits(12, 22, 50) }),
        ["an announced channel has option_scid_alias"] = ("An announced channel has no option_scid_alias", static open => open with { ChannelType = FeatureSet.FromBits(12, 22, 46), ChannelFlags = 1 }),
        ["upfront_shutdown_script is of no allowed form"] = ("The shutdown script is of no allowed form", static open => open with { UpfrontShutdownScript = new Script(Bytes.FromHex("51")) }),

        // What a node may refuse, this one does.
        ["funding_satoshis is too small"] = ("funding_satoshis is below 20000 sat", static open => open with { Funding = new(19_999), Push = default }),
        ["htlc_minimum_msat is too large"] = ("htlc_minimum_msat is above", static open => open with { HtlcMinimum = new(100_000_001) }),
        ["max_htlc_value_in_flight_msat is too small"] = ("max_htlc_value_in_flight_msat is too small", static open => open with { MaxHtlcValueInFlight = new(0), HtlcMinimum = new(1) }),
        ["channel_reserve_satoshis is too large"] = ("channel_reserve_satoshis is too large", static open => open with { ChannelReserve = new(50_001) }),
        ["max_accepted_htlcs is too small"] = ("max_accepted_htlcs is zero", static open => open with { MaxAcceptedHtlcs = 0 }),
        ["dust_limit_satoshis is too large"] = ("dust_limit_satoshis is above 5000 sat", static open => open with { DustLimit = new(5_001) }),
    };

    private static readonly Dictionary<string, (string Error, Func<AcceptChannel, AcceptChannel> Change)> RefusedAccepts = new(StringComparer.Ordinal)
    {
        ["channel_reserve_satoshis is less than dust_limit_satoshis of open_channel"] = ("channel_reserve_satoshis is below this node's dust limit", static accept => accept with { ChannelReserve = new(353), DustLimit = new(353) }),
        ["dust_limit_satoshis is greater than channel_reserve_satoshis of open_channel"] = ("dust_limit_satoshis is above this node's channel reserve", static accept => accept with { DustLimit = new(1_001), ChannelReserve = new(2_000) }),
        ["there is no channel_type"] = ("channel_type is missing", static accept => accept with { ChannelType = null }),
        ["channel_type is another"] = ("channel_type is another", static accept => accept with { ChannelType = FeatureSet.FromBits(12) }),
        ["to_self_delay is unreasonably large"] = ("to_self_delay 2017 is unreasonably large", static accept => accept with { ToSelfDelay = 2017 }),
        ["max_accepted_htlcs is greater than 483"] = ("max_accepted_htlcs is above 483", static accept => accept with { MaxAcceptedHtlcs = 484 }),
        ["dust_limit_satoshis is greater than channel_reserve_satoshis"] = ("dust_limit_satoshis is above channel_reserve_satoshis", static accept => accept with { DustLimit = new(900), ChannelReserve = new(899) }),
        ["dust_limit_satoshis is smaller than 354 satoshis"] = ("dust_limit_satoshis is below 354 sat", static accept => accept with { DustLimit = new(353) }),
        ["upfront_shutdown_script is of no allowed form"] = ("The shutdown script is of no allowed form", static accept => accept with { UpfrontShutdownScript = new Script(Bytes.FromHex("51")) }),
        ["minimum_depth is unreasonably large"] = ("minimum_depth 1000 is too large", static accept => accept with { MinimumDepth = 1_000 }),
        ["channel_reserve_satoshis is too large"] = ("channel_reserve_satoshis is too large", static accept => accept with { ChannelReserve = new(5_001) }),
        ["htlc_minimum_msat is too large"] = ("htlc_minimum_msat is above", static accept => accept with { HtlcMinimum = new(100_000_001) }),
        ["max_accepted_htlcs is too small"] = ("max_accepted_htlcs is zero", static accept => accept with { MaxAcceptedHtlcs = 0 }),
        ["max_htlc_value_in_flight_msat is too small"] = ("max_htlc_value_in_flight_msat is too small", static accept => accept with { MaxHtlcValueInFlight = new(0), HtlcMinimum = new(1) }),
        ["dust_limit_satoshis is too large"] = ("dust_limit_satoshis is above 5000 sat", static accept => accept with { DustLimit = new(5_001), ChannelReserve = new(6_000) }),
    };

    public static TheoryData<string> Opens => [.. RefusedOpens.Keys];

    public static TheoryData<string> Accepts => [.. RefusedAccepts.Keys];

    [Theory]
    [MemberData(nameof(Opens))]
    public async Task An_open_channel_fails_if(string reason)
    {
        await using var met = await Encounter.Connected();
        var channel = met.Mallory.BeginChannel(Encounter.Capacity);
        var (text, change) = RefusedOpens[reason];
        var open = await channel.SendNext(change);
        var error = await met.Mallory.ExpectError(text);
        Assert.Equal(open.TemporaryChannelId, error.ChannelId);
        await met.Mallory.ExpectNothing();
        await AnotherChannelCanBeOpened(met);
    }

    [Fact]
    public async Task An_open_channel_fails_if_channel_type_was_not_negotiated()
    {
        await using var met = await Encounter.Connected(new ScriptedPeerOptions { Features = DefaultFeatures.Init.Without(Feature.Anchors) });
        var channel = met.Mallory.BeginChannel(Encounter.Capacity);
        await channel.SendNext<OpenChannel>(static open => open with { ChannelType = FeatureSet.FromBits(12, 22) });
        await met.Mallory.ExpectError("option_anchors");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task No_channel_comes_of_an_open_channel_with_a_key_that_is_none(int key)
    {
        await using var met = await Encounter.Connected();
        var open = MessageCodec.Encode(met.Mallory.BeginChannel(Encounter.Capacity).Take<OpenChannel>());
        open[122 + (33 * key)] = 5;
        await met.Mallory.SendRaw(open);
        await met.Mallory.ExpectDisconnect();
        await met.Mallory.Reconnect();
        await AnotherChannelCanBeOpened(met);
    }

    [Fact]
    public async Task Undefined_bits_of_channel_flags_are_ignored()
    {
        await using var met = await Encounter.Connected();
        var channel = met.Mallory.BeginChannel(Encounter.Capacity);
        await channel.SendNext<OpenChannel>(static open => open with { ChannelFlags = 0xFE });
        await channel.Run();
        await channel.Confirm();
        channel.ShouldBeUsable();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upfront_shutdown_script_that_is_empty_or_missing_binds_the_peer_to_nothing(bool isEmpty)
    {
        await using var met = await Encounter.Connected();
        var channel = met.Mallory.BeginChannel(Encounter.Capacity);
        channel.Change<OpenChannel>(open => open with { UpfrontShutdownScript = isEmpty ? Script.Empty : null });
        await channel.Run();
        await channel.Confirm();
        channel.Close(new Script(Bytes.FromHex("0014" + new string('b', 40))));
        await channel.Run();
        Assert.NotNull(channel.Spender());
    }

    [Fact]
    public async Task After_a_reconnection_before_funding_created_a_new_open_channel_is_accepted_and_the_previous_one_discarded()
    {
        await using var met = await Encounter.Connected();
        var first = met.Mallory.BeginChannel(Encounter.Capacity);
        var open = await first.SendNext<OpenChannel>();
        var discarded = await first.Hear<AcceptChannel>();
        await met.Mallory.Reconnect();
        await met.Mallory.ExpectNothing();
        var second = met.Mallory.BeginChannel(Encounter.Capacity);
        second.Change<FundingCreated>(created => created with { TemporaryChannelId = open.TemporaryChannelId });
        await second.SendNext<OpenChannel>(again => again with { TemporaryChannelId = open.TemporaryChannelId });
        var accept = await met.Mallory.Expect<AcceptChannel>();
        Assert.NotEqual(discarded.FundingPubKey, accept.FundingPubKey);
        second.Hear(accept with { TemporaryChannelId = second.Id });
        await second.Run();
        await second.Confirm();
        second.ShouldBeUsable();
    }

    [Fact]
    public async Task A_temporary_channel_id_that_is_in_use_with_the_peer_is_refused()
    {
        await using var met = await Encounter.Connected();
        var first = met.Mallory.BeginChannel(Encounter.Capacity);
        var open = await first.SendNext<OpenChannel>();
        await first.Hear<AcceptChannel>();
        await met.Mallory.Send(open);
        Assert.Equal(open.TemporaryChannelId, (await met.Mallory.ExpectError("temporary channel id is in use")).ChannelId);
    }

    [Fact]
    public async Task The_id_of_a_live_channel_is_no_temporary_channel_id()
    {
        await using var met = await Encounter.Opened();
        await met.Mallory.BeginChannel(Encounter.Capacity).SendNext<OpenChannel>(open => open with { TemporaryChannelId = met.Channel.Id });
        await met.Mallory.ExpectError("temporary channel id is in use");
        met.Channel.ShouldBeUsable();
    }

    [Fact]
    public async Task The_nodes_open_channel_keeps_to_the_rules_for_its_sender()
    {
        await using var met = await Encounter.Connected();
        var first = await met.Mallory.BeginAccepting("alice", Encounter.Capacity, new MilliSatoshi(1_000));
        await met.Mallory.BeginAccepting("alice", Encounter.Capacity);
        var opens = met.Mallory.Received.OfType<OpenChannel>().ToList();
        var open = opens[0];
        Assert.Equal(Network.Regtest.GenesisHash, open.ChainHash);
        Assert.NotEqual(opens[0].TemporaryChannelId, opens[1].TemporaryChannelId);
        Assert.NotEqual(opens[0].FundingPubKey, opens[1].FundingPubKey);
        Assert.Equal(Encounter.Capacity, open.Funding);
        Assert.Equal(new MilliSatoshi(1_000), open.Push);
        Assert.True(open.ChannelReserve >= open.DustLimit);
        Assert.True(open.DustLimit >= new Satoshi(354));
        Assert.True(open.MaxAcceptedHtlcs <= 483);
        Assert.Equal(0, open.ChannelFlags);
        Assert.NotNull(open.UpfrontShutdownScript);
        Assert.Equal(FeatureSet.FromBits(12, 22), open.ChannelType);
        Assert.Equal(3, open.ChannelType!.Value.Bytes.Length);
        Assert.NotEmpty(first.Outbox);
    }

    [Fact]
    public async Task The_nodes_open_channel_has_no_channel_type_that_was_not_negotiated()
    {
        await using var met = await Encounter.Connected(new ScriptedPeerOptions { Features = DefaultFeatures.Init.Without(Feature.Anchors) });
        await met.Mallory.BeginAccepting("alice", Encounter.Capacity);
        Assert.Equal(FeatureSet.FromBits(12), met.Mallory.Received.OfType<OpenChannel>().Single().ChannelType);
    }

    [Fact]
    public async Task The_node_opens_no_channel_of_2_to_the_24_without_option_support_large_channel()
    {
        await using var met = await Encounter.Connected();
        await Assert.ThrowsAsync<ScenarioException>(() => met.Mallory.BeginAccepting("alice", new Satoshi(1 << 24)));
        await met.Mallory.ExpectNothing();
    }

    [Theory]
    [InlineData(2_000, 2_000)]
    [InlineData(354, 354)]
    [InlineData(354, 2_000)]
    public async Task The_nodes_accept_channel_keeps_to_the_rules_for_its_sender(long dust, long reserve)
    {
        await using var met = await Encounter.Connected();
        var channel = met.Mallory.BeginChannel(new Satoshi(100_000));
        var open = await channel.SendNext<OpenChannel>(open => open with { DustLimit = new(dust), ChannelReserve = new(reserve) });
        var accept = await met.Mallory.Expect<AcceptChannel>();
        Assert.Equal(open.TemporaryChannelId, accept.TemporaryChannelId);
        Assert.True(accept.ChannelReserve >= open.DustLimit);
        Assert.True(accept.DustLimit <= open.ChannelReserve);
        Assert.True(accept.DustLimit >= new Satoshi(354));
        Assert.True(accept.MinimumDepth > 0);
        Assert.Equal(open.ChannelType, accept.ChannelType);
    }

    [Theory]
    [MemberData(nameof(Accepts))]
    public async Task An_accept_channel_fails_if(string reason)
    {
        await using var met = await Encounter.Connected();
        // With a reserve of 1,000 sat for the peer, and up to 50,000 sat for the node.
        var (text, change) = RefusedAccepts[reason];
        var channel = await met.Mallory.BeginAccepting("alice", new Satoshi(reason.StartsWith("dust_limit_satoshis is too large", StringComparison.Ordinal) ? 1_000_000 : 100_000));
        var accept = await channel.SendNext(change);
        Assert.Equal(accept.TemporaryChannelId, (await met.Mallory.ExpectError(text)).ChannelId);
        await met.Mallory.ExpectNothing();
        Assert.Contains(text, (await Assert.ThrowsAsync<LightningException>(() => met.Mallory.Opening)).Message, StringComparison.Ordinal);
        Assert.Empty(met.Net.Chain.Mempool);
    }

    [Fact]
    public async Task An_accept_channel_with_another_temporary_channel_id_moves_nothing()
    {
        await using var met = await Encounter.Connected();
        var channel = await met.Mallory.BeginAccepting("alice", Encounter.Capacity);
        await channel.SendNext<AcceptChannel>(accept => accept with { TemporaryChannelId = new ChannelId(Bytes32.FromHex(new string('7', 64))) });
        await met.Mallory.ExpectNothing();
        Assert.False(met.Mallory.Opening.IsCompleted);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task No_channel_comes_of_an_accept_channel_with_a_key_that_is_none(int key)
    {
        await using var met = await Encounter.Connected();
        var accept = MessageCodec.Encode((await met.Mallory.BeginAccepting("alice", Encounter.Capacity)).Take<AcceptChannel>());
        accept[74 + (33 * key)] = 5;
        await met.Mallory.SendRaw(accept);
        await met.Mallory.ExpectDisconnect();
        Assert.True(met.Mallory.Opening.IsFaulted);
    }

    private static async Task AnotherChannelCanBeOpened(Encounter met)
    {
        var channel = await met.Mallory.OpenTo("alice", Encounter.Capacity);
        channel.ShouldBeOpen();
        Assert.Single(await met.Alice.Do(api => api.ListChannelsAsync()));
    }
}
