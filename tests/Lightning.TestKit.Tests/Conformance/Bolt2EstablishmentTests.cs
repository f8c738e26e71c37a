using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.States;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Wire;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>BOLT 2 "Channel Establishment v1": open_channel, accept_channel, funding_created, funding_signed, channel_ready.</summary>
public sealed class Bolt2EstablishmentTests
{
    private static readonly Dictionary<string, Func<OpenChannel, OpenChannel>> RefusedOpens = new(StringComparer.Ordinal)
    {
        ["chain_hash is that of an unknown chain"] = static open => open with { ChainHash = Network.Mainnet.GenesisHash },
        ["push_msat is greater than funding_satoshis * 1000"] = static open => open with { Push = open.Funding.ToMilliSatoshi() + new MilliSatoshi(1) },
        ["to_self_delay is unreasonably large"] = static open => open with { ToSelfDelay = 2017 },
        ["max_accepted_htlcs is greater than 483"] = static open => open with { MaxAcceptedHtlcs = 484 },
        ["feerate_per_kw is too small for timely processing"] = static open => open with { Feerate = new(252) },
        ["feerate_per_kw is unreasonably large"] = static open => open with { Feerate = new(1_000_000) },
        ["dust_limit_satoshis is greater than channel_reserve_satoshis"] = static open => open with { DustLimit = new(1_001), ChannelReserve = new(1_000) },
        ["dust_limit_satoshis is smaller than 354 satoshis"] = static open => open with { DustLimit = new(353) },
        ["the funder cannot pay the fee of the initial commitment"] = static open => open with { Push = open.Funding.ToMilliSatoshi() - new MilliSatoshi(1_000_000) },
        ["both sides would be at or below channel_reserve_satoshis"] = static open => open with { Funding = new(30_000), Push = default, Feerate = new(25_000), ChannelReserve = new(1_500), DustLimit = new(354) },
        ["funding_satoshis is 2^24 without option_support_large_channel"] = static open => open with { Funding = new(1 << 24) },
        ["there is no channel_type"] = static open => open with { ChannelType = null },
        ["channel_type is empty"] = static open => open with { ChannelType = FeatureSet.Empty },
        ["channel_type is not defined"] = static open => open with { ChannelType = FeatureSet.FromBits(12, 22, 100) },
        ["channel_type has odd bits"] = static open => open with { ChannelType = FeatureSet.FromBits(13) },
        ["channel_type is option_anchors alone"] = static open => open with { ChannelType = FeatureSet.FromBits(22) },
        ["channel_type is not the smallest bitmap"] = static open => open with { ChannelType = FeatureSet.FromBytes([0, 0x40, 0x10, 0x00]) },
        ["channel_type includes option_zeroconf"] = static open => open with { ChannelType = FeatureSet.FromBits(12, 22, 50) },
        ["an announced channel has option_scid_alias"] = static open => open with { ChannelType = FeatureSet.FromBits(12, 22, 46), ChannelFlags = 1 },
        ["upfront_shutdown_script is of no allowed form"] = static open => open with { UpfrontShutdownScript = new Script(Bytes.FromHex("51")) },

        // What a node may refuse, this one does.
        ["funding_satoshis is too small"] = static open => open with { Funding = new(19_999), Push = default },
        ["htlc_minimum_msat is too large"] = static open => open with { HtlcMinimum = new(100_000_001) },
        ["max_htlc_value_in_flight_msat is too small"] = static open => open with { MaxHtlcValueInFlight = new(0), HtlcMinimum = new(1) },
        ["channel_reserve_satoshis is too large"] = static open => open with { ChannelReserve = new(50_001) },
        ["max_accepted_htlcs is too small"] = static open => open with { MaxAcceptedHtlcs = 0 },
        ["dust_limit_satoshis is too large"] = static open => open with { DustLimit = new(5_001) },
    };

    private static readonly Dictionary<string, Func<AcceptChannel, AcceptChannel>> RefusedAccepts = new(StringComparer.Ordinal)
    {
        ["channel_reserve_satoshis is less than dust_limit_satoshis of open_channel"] = static accept => accept with { ChannelReserve = new(353), DustLimit = new(353) },
        ["dust_limit_satoshis is greater than channel_reserve_satoshis of open_channel"] = static accept => accept with { DustLimit = new(1_001), ChannelReserve = new(2_000) },
        ["there is no channel_type"] = static accept => accept with { ChannelType = null },
        ["channel_type is another"] = static accept => accept with { ChannelType = FeatureSet.FromBits(12) },
        ["to_self_delay is unreasonably large"] = static accept => accept with { ToSelfDelay = 2017 },
        ["max_accepted_htlcs is greater than 483"] = static accept => accept with { MaxAcceptedHtlcs = 484 },
        ["dust_limit_satoshis is greater than channel_reserve_satoshis"] = static accept => accept with { DustLimit = new(900), ChannelReserve = new(899) },
        ["dust_limit_satoshis is smaller than 354 satoshis"] = static accept => accept with { DustLimit = new(353) },
        ["upfront_shutdown_script is of no allowed form"] = static accept => accept with { UpfrontShutdownScript = new Script(Bytes.FromHex("51")) },
        ["minimum_depth is unreasonably large"] = static accept => accept with { MinimumDepth = 1_000 },
        ["channel_reserve_satoshis is too large"] = static accept => accept with { ChannelReserve = new(5_001) },
        ["htlc_minimum_msat is too large"] = static accept => accept with { HtlcMinimum = new(100_000_001) },
        ["max_accepted_htlcs is too small"] = static accept => accept with { MaxAcceptedHtlcs = 0 },
    };

    public static TheoryData<string> Opens => [.. RefusedOpens.Keys];

    public static TheoryData<string> Accepts => [.. RefusedAccepts.Keys];

    [Theory]
    [MemberData(nameof(Opens))]
    public async Task An_open_channel_fails_if(string reason)
    {
        await using var met = await Encounter.Connected();
        var channel = met.Mallory.BeginChannel(Encounter.Capacity);
        var open = await channel.SendNext(RefusedOpens[reason]);
        var error = await met.Mallory.ExpectError();
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
        Assert.Equal(open.TemporaryChannelId, (await met.Mallory.ExpectError()).ChannelId);
    }

    [Fact]
    public async Task The_id_of_a_live_channel_is_no_temporary_channel_id()
    {
        await using var met = await Encounter.Opened();
        await met.Mallory.BeginChannel(Encounter.Capacity).SendNext<OpenChannel>(open => open with { TemporaryChannelId = met.Channel.Id });
        await met.Mallory.ExpectError();
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
        var channel = await met.Mallory.BeginAccepting("alice", new Satoshi(100_000));
        var accept = await channel.SendNext(RefusedAccepts[reason]);
        Assert.Equal(accept.TemporaryChannelId, (await met.Mallory.ExpectError()).ChannelId);
        await met.Mallory.ExpectNothing();
        Assert.True(met.Mallory.Opening.IsFaulted);
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
    [InlineData(3)]
    public async Task No_channel_comes_of_an_accept_channel_with_a_key_that_is_none(int key)
    {
        await using var met = await Encounter.Connected();
        var accept = MessageCodec.Encode((await met.Mallory.BeginAccepting("alice", Encounter.Capacity)).Take<AcceptChannel>());
        accept[74 + (33 * key)] = 5;
        await met.Mallory.SendRaw(accept);
        await met.Mallory.ExpectDisconnect();
        Assert.True(met.Mallory.Opening.IsFaulted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_funding_created_whose_signature_is_incorrect_or_has_a_high_S_fails_the_channel(bool isHighS)
    {
        await using var met = await Encounter.Connected();
        var channel = met.Mallory.BeginChannel(Encounter.Capacity);
        var open = await channel.SendNext<OpenChannel>();
        await channel.Hear<AcceptChannel>();
        await channel.SendNext<FundingCreated>(created => created with { Signature = isHighS ? Encounter.HighS(created.Signature) : channel.WrongSignature });
        Assert.Equal(open.TemporaryChannelId, (await met.Mallory.ExpectError()).ChannelId);
        Assert.Equal("gone", channel.StateAtNode);
    }

    [Fact]
    public async Task A_shutdown_before_funding_created_fails_the_channel()
    {
        await using var met = await Encounter.Connected();
        var channel = met.Mallory.BeginChannel(Encounter.Capacity);
        var open = await channel.SendNext<OpenChannel>();
        await channel.Hear<AcceptChannel>();
        await met.Mallory.Send(new Shutdown(open.TemporaryChannelId, channel.ShutdownScript));
        Assert.Equal(open.TemporaryChannelId, (await met.Mallory.ExpectError()).ChannelId);
    }

    [Fact]
    public async Task The_funding_transaction_is_published_upon_a_valid_funding_signed_and_not_before()
    {
        await using var met = await Encounter.Connected();
        var channel = await met.Mallory.BeginAccepting("alice", Encounter.Capacity);
        await channel.SendNext<AcceptChannel>();
        var created = await channel.Hear<FundingCreated>();
        await met.Net.Advance(TimeSpan.FromMinutes(1));
        Assert.DoesNotContain(met.Net.Chain.Mempool, transaction => transaction.TxId == created.FundingTxId);
        await channel.SendNext<FundingSigned>();
        await met.Net.Until(() => met.Net.Chain.Mempool.Any(transaction => transaction.TxId == created.FundingTxId), "the funding transaction is published");
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("high S")]
    public async Task A_funding_signed_whose_signature_is_incorrect_or_has_a_high_S_fails_the_channel(string how)
    {
        await using var met = await Encounter.Connected();
        var channel = await met.Mallory.BeginAccepting("alice", Encounter.Capacity);
        await channel.SendNext<AcceptChannel>();
        var created = await channel.Hear<FundingCreated>();
        await channel.SendNext<FundingSigned>(signed => signed with { Signature = how == "wrong" ? channel.WrongSignature : Encounter.HighS(signed.Signature) });
        Assert.Equal(channel.Id, (await met.Mallory.ExpectError()).ChannelId);
        await met.Net.Advance(TimeSpan.FromMinutes(1));
        Assert.True(met.Mallory.Opening.IsFaulted);
        Assert.DoesNotContain(met.Net.Chain.Mempool, transaction => transaction.TxId == created.FundingTxId);
    }

    [Fact]
    public async Task A_funding_signed_for_another_channel_id_publishes_nothing()
    {
        await using var met = await Encounter.Connected();
        var channel = await met.Mallory.BeginAccepting("alice", Encounter.Capacity);
        await channel.SendNext<AcceptChannel>();
        var created = await channel.Hear<FundingCreated>();
        await channel.SendNext<FundingSigned>(signed => signed with { ChannelId = new ChannelId(Bytes32.FromHex(new string('7', 64))) });
        await met.Net.Advance(TimeSpan.FromMinutes(1));
        Assert.DoesNotContain(met.Net.Chain.Mempool, transaction => transaction.TxId == created.FundingTxId);
    }

    [Fact]
    public async Task The_channel_id_is_the_funding_txid_with_the_output_index_in_its_last_bytes()
    {
        await using var met = await Encounter.Connected();
        var channel = met.Mallory.BeginChannel(Encounter.Capacity);
        channel.FundingIndex = 0x0102;
        await channel.SendNext<OpenChannel>();
        await channel.Hear<AcceptChannel>();
        var created = await channel.SendNext<FundingCreated>();
        var signed = await channel.Hear<FundingSigned>();
        var expected = created.FundingTxId.Value.ToArray();
        expected[30] ^= 1;
        expected[31] ^= 2;
        Assert.Equal(expected, signed.ChannelId.Value.ToArray());
    }

    [Theory]
    [InlineData("another amount")]
    [InlineData("another script")]
    [InlineData("another index")]
    public async Task No_channel_ready_is_sent_for_a_funding_output_of(string wrong)
    {
        await using var met = await Encounter.Connected();
        var channel = met.Mallory.BeginChannel(Encounter.Capacity);
        if (wrong == "another amount") channel.FundingOutput = static agreed => agreed with { Value = agreed.Value - new Satoshi(1) };
        if (wrong == "another script") channel.FundingOutput = agreed => agreed with { ScriptPubKey = channel.ShutdownScript };
        if (wrong == "another index") channel.FundingIndex = 1;
        await channel.Run();
        Assert.Equal(nameof(WaitForFundingConfirmed), channel.StateAtNode);
        await met.Net.Mine(10);
        await met.Net.Advance(TimeSpan.FromMinutes(1));
        Assert.DoesNotContain(met.Mallory.Received, static message => message is ChannelReady);
        Assert.NotEqual(nameof(Normal), channel.StateAtNode);
    }

    [Fact]
    public async Task Channel_ready_is_sent_at_minimum_depth_and_not_before()
    {
        await using var met = await Encounter.Connected();
        var channel = met.Mallory.BeginChannel(Encounter.Capacity, new MilliSatoshi(100_000_000));
        await channel.Run();
        var depth = channel.Commitments.Parameters.MinimumDepth;
        await met.Net.Chain.Confirm(channel.Funding.TxId, (int)depth - 1);
        await met.Mallory.ExpectNothing(TimeSpan.FromMinutes(1));
        Assert.Equal(nameof(WaitForFundingConfirmed), channel.StateAtNode);
        Assert.Empty(await met.Alice.Do(api => api.ListChannelsAsync()));
        await met.Net.Mine();
        var ready = await met.Mallory.Expect<ChannelReady>(limit: TimeSpan.FromMinutes(1));
        Assert.Null(ready.Alias);
    }

    [Fact]
    public async Task An_opener_may_send_channel_ready_at_any_time()
    {
        await using var met = await Encounter.Connected();
        var channel = met.Mallory.BeginChannel(Encounter.Capacity);
        await channel.Run();
        await met.Mallory.Send(new ChannelReady(channel.Id, channel.Signer.PerCommitmentPoint(1)));
        await met.Mallory.ExpectNothing();
        Assert.Equal(nameof(WaitForFundingConfirmed), channel.StateAtNode);
        channel.Change<ChannelReady>(static _ => null);
        await channel.Confirm();
        channel.ShouldBeUsable();
    }

    [Fact]
    public async Task A_redundant_channel_ready_is_ignored()
    {
        await using var met = await Encounter.Opened();
        await met.Mallory.Send(new ChannelReady(met.Channel.Id, met.Channel.Signer.PerCommitmentPoint(7)) { Alias = new ShortChannelId(1, 2, 3) });
        await met.Mallory.ExpectNothing();
        met.Channel.Pay(await met.Alice.Invoice(10_000.Sat()));
        await met.Channel.Run();
        Assert.Single(met.Channel.Preimages);
    }

    [Theory]
    [InlineData("update_add_htlc")]
    [InlineData("commitment_signed")]
    [InlineData("closing_signed")]
    [InlineData("funding_created")]
    public async Task What_makes_no_sense_before_channel_ready_is_no_reason_to_use_the_channel(string what)
    {
        await using var met = await Encounter.Connected();
        var channel = met.Mallory.BeginChannel(Encounter.Capacity);
        await channel.Run();
        await met.Mallory.Send(what switch
        {
            "update_add_htlc" => new UpdateAddHtlc(channel.Id, 0, new MilliSatoshi(10_000), default, 500, Bytes.Wrap(new byte[1366])),
            "commitment_signed" => new CommitmentSigned(channel.Id, channel.WrongSignature, []),
            "closing_signed" => new ClosingSigned(channel.Id, new Satoshi(1_000), channel.WrongSignature),
            _ => new FundingCreated(channel.Id, default, 0, channel.WrongSignature),
        });
        if (what != "funding_created") await channel.ExpectWarningAndClose();
        Assert.Equal(nameof(WaitForFundingConfirmed), channel.StateAtNode);
    }

    [Fact]
    public async Task A_fundee_forgets_a_channel_whose_funding_does_not_come_within_2016_blocks()
    {
        await using var met = await Encounter.Connected();
        await met.Net.Mine(20);
        await met.Net.Advance(TimeSpan.FromMinutes(1));
        var channel = met.Mallory.BeginChannel(Encounter.Capacity);
        channel.PublishesFunding = false;
        await channel.Run();
        await met.Net.Mine(2015);
        await met.Net.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(nameof(WaitForFundingConfirmed), channel.StateAtNode);
        await met.Net.Mine();
        await met.Net.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("gone", channel.StateAtNode);
    }

    [Fact]
    public async Task A_channel_is_accepted_once_the_height_of_the_chain_is_known()
    {
        await using var met = await Encounter.Started();
        met.Alice.ChainGoesAway();
        await met.Alice.Restart();
        await met.Mallory.Connect("alice");
        var channel = met.Mallory.BeginChannel(Encounter.Capacity);
        await channel.SendNext<OpenChannel>();
        await met.Mallory.ExpectNothing(TimeSpan.FromMinutes(1));
        await met.Alice.ChainComesBack();
        channel.Hear(await met.Mallory.Expect<AcceptChannel>(limit: TimeSpan.FromMinutes(1)));
        await channel.Run();
        await met.Net.AdvanceBlocks(1);
        Assert.Equal(nameof(WaitForFundingConfirmed), channel.StateAtNode);
        await channel.Confirm();
        channel.ShouldBeUsable();
    }

    private static async Task AnotherChannelCanBeOpened(Encounter met)
    {
        var channel = await met.Mallory.OpenTo("alice", Encounter.Capacity);
        channel.ShouldBeOpen();
        Assert.Single(await met.Alice.Do(api => api.ListChannelsAsync()));
    }
}
