using Lightning.Channels.States;
using Lightning.Protocol.Invoices;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Wire;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>BOLT 2 "Channel Establishment v1": funding_created, funding_signed, channel_ready.</summary>
public sealed class Bolt2FundingTests
{
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
        Assert.Equal(open.TemporaryChannelId, (await met.Mallory.ExpectError("The signature of funding_created is not valid")).ChannelId);
        Assert.Equal("gone", channel.StateAtNode);
    }

    [Fact]
    public async Task A_funding_created_with_another_temporary_channel_id_moves_nothing()
    {
        await using var met = await Encounter.Connected();
        var channel = met.Mallory.BeginChannel(Encounter.Capacity);
        await channel.SendNext<OpenChannel>();
        await channel.Hear<AcceptChannel>();
        var created = channel.Take<FundingCreated>();
        await met.Mallory.Send(created with { TemporaryChannelId = new ChannelId(Bytes32.FromHex(new string('7', 64))) });
        await met.Mallory.ExpectNothing();
        await met.Mallory.Send(created);
        await met.Mallory.Expect<FundingSigned>();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_funding_output_that_another_channel_has_already_makes_no_second_channel_and_does_the_first_no_harm(bool isOfThePeer)
    {
        await using var met = await Encounter.Opened();
        var thief = isOfThePeer ? met.Mallory : await met.Net.AddScriptedPeer("eve");
        if (!isOfThePeer) await thief.Connect("alice");
        var second = thief.BeginChannel(Encounter.Capacity);
        second.FundingNamed = met.Channel.Funding;
        await second.SendNext<OpenChannel>();
        await second.Hear<AcceptChannel>();
        await second.SendNext<FundingCreated>();
        await met.Net.Mine(6);
        await met.Net.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(await met.Alice.Do(api => api.ListChannelsAsync()));
        met.Channel.ShouldBeUsable();
        met.Mallory.SkipUnread();
        met.Channel.Pay(await met.Alice.Invoice(10_000.Sat()));
        await met.Channel.Run();
        Assert.Single(met.Channel.Preimages);
    }

    [Fact]
    public async Task A_shutdown_before_funding_created_fails_the_channel()
    {
        await using var met = await Encounter.Connected();
        var channel = met.Mallory.BeginChannel(Encounter.Capacity);
        var open = await channel.SendNext<OpenChannel>();
        await channel.Hear<AcceptChannel>();
        await met.Mallory.Send(new Shutdown(open.TemporaryChannelId, channel.ShutdownScript));
        Assert.Equal(open.TemporaryChannelId, (await met.Mallory.ExpectError("shutdown before the channel is funded")).ChannelId);
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

    // A funder risks its own money: the node knows the output from funding_created on, and finds it wherever it is.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_funding_transaction_that_is_published_before_funding_signed_harms_only_its_sender_and_makes_the_channel_it_should(bool isMined)
    {
        await using var met = await Encounter.Connected();
        var channel = met.Mallory.BeginChannel(Encounter.Capacity, new MilliSatoshi(500_000_000));
        await channel.SendNext<OpenChannel>();
        await channel.Hear<AcceptChannel>();
        channel.PublishesFunding = false;
        met.Net.Chain.Broadcast(channel.FundingTransaction!);
        Assert.Contains(met.Net.Chain.Mempool, transaction => transaction.TxId == channel.Funding.TxId);
        if (isMined) await met.Net.Mine();
        await channel.SendNext<FundingCreated>();
        await channel.Hear<FundingSigned>();
        await channel.Confirm();
        channel.ShouldBeUsable();
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
        Assert.Equal(channel.Id, (await met.Mallory.ExpectError("The signature of funding_signed is not valid")).ChannelId);
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
        Assert.NotNull(ready.Alias);
        Assert.NotEqual(met.Net.Chain.Height, ready.Alias.Value.BlockHeight);
    }

    [Fact]
    public async Task A_channel_ready_of_an_accepter_before_the_funding_is_deep_opens_nothing_yet()
    {
        await using var met = await Encounter.Connected();
        var channel = await met.Mallory.BeginAccepting("alice", Encounter.Capacity);
        await channel.Run();
        await met.Mallory.Send(new ChannelReady(channel.Id, channel.Signer.PerCommitmentPoint(1)));
        await met.Mallory.ExpectNothing();
        Assert.Equal(nameof(WaitForFundingConfirmed), channel.StateAtNode);
        channel.Change<ChannelReady>(static _ => null);
        await channel.Confirm();
        channel.ShouldBeUsable();
    }

    [Fact]
    public async Task A_channel_ready_whose_point_is_no_key_ends_the_connection()
    {
        await using var met = await Encounter.Connected();
        var channel = met.Mallory.BeginChannel(Encounter.Capacity);
        await channel.Run();
        var ready = MessageCodec.Encode(new ChannelReady(channel.Id, channel.Signer.PerCommitmentPoint(1)));
        ready[34] = 5;
        await met.Mallory.SendRaw(ready);
        await met.Mallory.ExpectDisconnect();
        Assert.Equal(nameof(WaitForFundingConfirmed), channel.StateAtNode);
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
    [InlineData("a number of its own", true)]
    [InlineData("the id of another channel", false)]
    [InlineData("another peer's alias", false)]
    public async Task The_alias_of_a_channel_ready_is_put_into_invoices_if_it_is(string what, bool isUsed)
    {
        await using var met = await Encounter.Connected();
        var (first, second) = (new ShortChannelId(1, 2, 3), new ShortChannelId(4, 5, 6));
        var honest = await OpenWithAlias(met.Mallory, first);
        var eve = await met.Net.AddScriptedPeer("eve");
        await eve.Connect("alice");
        var alias = what switch
        {
            "the id of another channel" => honest.ShortChannelId,
            "another peer's alias" => first,
            _ => second,
        };
        var channel = await OpenWithAlias(eve, alias);
        var invoice = Bolt11.Decode((await met.Alice.Invoice(10_000.Sat())).PaymentRequest);
        var named = invoice.RouteHints.Items.Select(static hint => hint.Hops[0]).ToDictionary(static hop => hop.NodeId, static hop => hop.ShortChannelId);
        Assert.Equal(first, named[met.Mallory.Id]);
        Assert.Equal(isUsed ? alias : channel.ShortChannelId, named[eve.Id]);
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
        if (what != "funding_created") await channel.ExpectWarningAndClose("is not expected in state WaitForFundingConfirmed");
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

    private static async Task<ScriptedChannel> OpenWithAlias(ScriptedPeer peer, ShortChannelId alias)
    {
        var channel = peer.BeginChannel(Encounter.Capacity, new MilliSatoshi(500_000_000));
        channel.Change<ChannelReady>(ready => ready with { Alias = alias });
        await channel.Run();
        await channel.Confirm();
        channel.ShouldBeUsable();
        return channel;
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
}
