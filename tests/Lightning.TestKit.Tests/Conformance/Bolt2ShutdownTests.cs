using Lightning.Actors.Api;
using Lightning.Bitcoin.Addresses;
using Lightning.Bitcoin.Scripts;
using Lightning.Channels.Closing;
using Lightning.Channels.States;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>BOLT 2 "Closing Initiation": shutdown.</summary>
public sealed class Bolt2ShutdownTests
{
    [Fact]
    public async Task A_shutdown_is_answered_by_a_shutdown_to_a_standard_script_and_only_one()
    {
        await using var met = await Encounter.Opened();
        met.Channel.Close();
        await met.Channel.SendNext<Shutdown>();
        var shutdown = await met.Channel.Hear<Shutdown>();
        Assert.True(ShutdownScript.IsStandard(shutdown.ScriptPubKey, anySegwit: true, simpleClose: false));
        await met.Channel.Hear<ClosingComplete>();
        await met.Mallory.ExpectNothing(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task The_node_sends_shutdown_once_and_no_HTLC_after_it()
    {
        await using var met = await Encounter.Opened();
        await met.Channel.NodeCloses();
        await met.Channel.Hear<Shutdown>();
        await met.Channel.NodeCloses();
        var payment = await met.Alice.StartPayment(met.Mallory.Invoice(new(10_000_000)));
        await payment.End();
        await met.Mallory.ExpectNothing();
    }

    [Fact]
    public async Task The_node_closes_to_the_script_that_it_committed_to_and_to_no_other()
    {
        await using var met = await Encounter.Connected();
        var address = BitcoinAddress.P2wpkh(met.Mallory.NodeKey.PubKey, Network.Regtest);
        var channel = await met.Mallory.BeginAccepting("alice", Encounter.Capacity, request: request => request with { CloseAddress = address.ToString() });
        var script = address.ScriptPubKey;
        Assert.Equal(script, met.Mallory.Received.OfType<OpenChannel>().Single().UpfrontShutdownScript);
        await channel.Run();
        await channel.Confirm();
        channel.Close();
        await channel.SendNext<Shutdown>();
        Assert.Equal(script, (await channel.Hear<Shutdown>()).ScriptPubKey);
    }

    [Theory]
    [InlineData("version 0 pay to witness pubkey hash", "0014aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    [InlineData("version 0 pay to witness script hash", "0020aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    [InlineData("witness version 1 with option_shutdown_anysegwit", "5120aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [InlineData("witness version 16 with option_shutdown_anysegwit", "6002aaaa", true)]
    [InlineData("OP_RETURN with 6 bytes with option_simple_close", "6a06aaaaaaaaaaaa", true)]
    public async Task A_shutdown_may_name(string form, string script, bool isNegotiated)
    {
        Assert.NotEmpty(form);
        await using var met = await Encounter.Opened(isNegotiated ? null : new ScriptedPeerOptions { Features = DefaultFeatures.Init.Without(Feature.SimpleClose).Without(Feature.ShutdownAnySegwit) });
        await met.Mallory.Send(new Shutdown(met.Channel.Id, new Script(Bytes.FromHex(script))));
        await met.Mallory.Expect<Shutdown>();
    }

    [Theory]
    [InlineData("nothing", "", true)]
    [InlineData("a pay to pubkey hash", "76a914aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa88ac", true)]
    [InlineData("a pay to script hash", "a914aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa87", true)]
    [InlineData("a version 0 program of 21 bytes", "0015aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [InlineData("an OP_RETURN with 5 bytes", "6a05aaaaaaaaaa", true)]
    [InlineData("an OP_RETURN with a wrong length", "6a07aaaaaaaaaaaa", true)]
    [InlineData("witness version 1 without option_shutdown_anysegwit", "5120aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    [InlineData("an OP_RETURN without option_simple_close", "6a06aaaaaaaaaaaa", false)]
    public async Task A_warning_answers_a_shutdown_to(string form, string script, bool isNegotiated)
    {
        Assert.NotEmpty(form);
        await using var met = await Encounter.Opened(isNegotiated ? null : new ScriptedPeerOptions { Features = DefaultFeatures.Init.Without(Feature.SimpleClose).Without(Feature.ShutdownAnySegwit) });
        await met.Mallory.Send(new Shutdown(met.Channel.Id, new Script(Bytes.FromHex(script))));
        await met.Channel.ExpectWarningAndClose("The shutdown script is of no allowed form");
        Assert.Equal(nameof(Normal), met.Channel.StateAtNode);
    }

    [Theory]
    [InlineData("open_channel")]
    [InlineData("accept_channel")]
    public async Task A_shutdown_to_another_script_than_upfront_shutdown_script_ends_the_connection(string where)
    {
        await using var met = await Encounter.Connected();
        var promised = new Script(Bytes.FromHex("0014" + new string('b', 40)));
        var channel = where == "open_channel"
            ? met.Mallory.BeginChannel(Encounter.Capacity, new MilliSatoshi(500_000_000))
            : await met.Mallory.BeginAccepting("alice", Encounter.Capacity, new MilliSatoshi(500_000_000));
        channel.Change<OpenChannel>(open => open with { UpfrontShutdownScript = promised });
        channel.Change<AcceptChannel>(accept => accept with { UpfrontShutdownScript = promised });
        await channel.Run();
        await channel.Confirm();
        await met.Mallory.Send(new Shutdown(channel.Id, channel.ShutdownScript));
        await channel.ExpectWarningAndClose("not the one of the opening");
        Assert.Equal(nameof(Normal), channel.StateAtNode);
    }

    // BOLT 2 does not say what the receiver does. An HTLC would be one too many; what takes nothing from the node, it may wait for.
    [Theory]
    [InlineData("update_add_htlc", true)]
    [InlineData("update_fee", false)]
    [InlineData("update_fulfill_htlc", false)]
    [InlineData("update_fail_htlc", false)]
    public async Task A_shutdown_behind_an_update_that_is_not_committed_is_refused_after_an_HTLC_and_else_waits_for_its_commitment_signed(string update, bool isRefused)
    {
        await using var met = await Encounter.Opened();
        var invoice = met.Mallory.Invoice(new(10_000_000));
        if (update is "update_fulfill_htlc" or "update_fail_htlc") await met.Alice.StartPayment(invoice);
        await met.Channel.Run();
        switch (update)
        {
            case "update_add_htlc":
                met.Channel.Pay(await met.Alice.Invoice(20_000.Sat()));
                break;
            case "update_fee":
                met.Channel.SetFeerate(new(3_000));
                break;
            case "update_fulfill_htlc":
                met.Channel.Fulfill(0, invoice.Preimage!.Value);
                break;
            default:
                met.Channel.Fail(0, Bytes.Empty);
                break;
        }

        await met.Mallory.Send(met.Channel.Take<LightningMessage>());
        var signed = met.Channel.Take<CommitmentSigned>();
        met.Channel.Close();
        await met.Channel.SendNext<Shutdown>();
        if (isRefused)
        {
            await met.Channel.ExpectWarningAndClose("update_add_htlc waits for its commitment_signed");
            return;
        }

        await met.Channel.Hear<Shutdown>();
        await met.Mallory.ExpectNothing(TimeSpan.FromMinutes(1));
        await met.Mallory.Send(signed);
        await met.Channel.Run();
        Assert.NotNull(met.Channel.Spender());
    }

    [Fact]
    public async Task An_update_add_htlc_after_shutdown_is_refused()
    {
        await using var met = await Encounter.Opened();
        met.Channel.Pay(await met.Alice.HoldInvoice(20_000.Sat()));
        await met.Channel.Run();
        met.Channel.Close();
        await met.Channel.SendNext<Shutdown>();
        await met.Channel.Hear<Shutdown>();
        await met.Mallory.Send(new UpdateAddHtlc(met.Channel.Id, 1, new(10_000_000), default, met.Net.Chain.Height + 100, Bytes.Wrap(new byte[1366])));
        await met.Channel.ExpectWarningAndClose("update_add_htlc after shutdown");
    }

    [Theory]
    [InlineData("update_add_htlc")]
    [InlineData("update_fail_htlc")]
    [InlineData("update_fee")]
    public async Task An_update_once_no_HTLC_is_left_after_shutdown_is_refused(string what)
    {
        await using var met = await Encounter.Opened();
        met.Channel.Close();
        await met.Channel.SendNext<Shutdown>();
        await met.Channel.Hear<Shutdown>();
        await met.Mallory.Expect<ClosingComplete>();
        await met.Mallory.Send(what switch
        {
            "update_add_htlc" => new UpdateAddHtlc(met.Channel.Id, 0, new(10_000_000), default, met.Net.Chain.Height + 100, Bytes.Wrap(new byte[1366])),
            "update_fail_htlc" => new UpdateFailHtlc(met.Channel.Id, 0, Bytes.Empty),
            _ => new UpdateFee(met.Channel.Id, new(3_000)),
        });
        await met.Channel.ExpectWarningAndClose("is not expected in state NegotiatingSimple");
    }

    [Fact]
    public async Task A_shutdown_before_channel_ready_closes_the_channel()
    {
        await using var met = await Encounter.Connected();
        var channel = met.Mallory.BeginChannel(Encounter.Capacity, new MilliSatoshi(500_000_000));
        await channel.Run();
        channel.Close();
        await channel.Run();
        Assert.Equal(nameof(NegotiatingSimple), channel.StateAtNode);

        // The peer was to make the funding transaction: it may not exist.
        Assert.Null(channel.Spender());
        await met.Net.Mine();
        await met.Net.Until(() => channel.Spender() is not null, "the closing transaction is published");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_shutdown_before_the_funding_is_agreed_on_fails_the_channel(bool isBeforeAccept)
    {
        await using var met = await Encounter.Connected();
        var channel = await met.Mallory.BeginAccepting("alice", Encounter.Capacity);
        if (!isBeforeAccept)
        {
            await channel.SendNext<AcceptChannel>();
            await channel.Hear<FundingCreated>();
        }

        await met.Mallory.Send(new Shutdown(channel.Id, channel.ShutdownScript));
        Assert.Equal(channel.Id, (await met.Mallory.ExpectError("shutdown before the channel is funded")).ChannelId);
        Assert.Contains("shutdown", (await Assert.ThrowsAsync<LightningException>(() => met.Mallory.Opening)).Message, StringComparison.Ordinal);
        await met.Net.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(met.Net.Chain.Mempool);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_second_shutdown_changes_nothing(bool withHtlc)
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.HoldInvoice(20_000.Sat());
        if (withHtlc) met.Channel.Pay(invoice);
        await met.Channel.Run();
        met.Channel.Close();
        var shutdown = await met.Channel.SendNext<Shutdown>();
        await met.Channel.Hear<Shutdown>();
        await met.Mallory.Send(shutdown);
        if (withHtlc) await met.Alice.Settle(invoice);
        await met.Channel.Run();
        Assert.NotNull(met.Channel.Spender());
        Assert.Single(met.Mallory.Received.OfType<Shutdown>());
    }

    [Theory]
    [InlineData("closing_complete", true)]
    [InlineData("closing_complete", false)]
    [InlineData("closing_signed", true)]
    [InlineData("closing_signed", false)]
    public async Task A_second_shutdown_with_another_script_is_answered_by_a_warning_and_the_end_of_the_connection_and_the_first_script_stays(string closing, bool withHtlc)
    {
        await using var met = await Encounter.Opened(closing == "closing_complete" ? null : Encounter.Legacy);
        var invoice = await met.Alice.HoldInvoice(20_000.Sat());
        if (withHtlc) met.Channel.Pay(invoice);
        await met.Channel.Run();
        met.Channel.Close();
        await met.Channel.SendNext<Shutdown>();
        await met.Channel.Hear<Shutdown>();
        met.Mallory.SkipUnread();
        var other = new Script(Bytes.FromHex("0014" + new string('c', 40)));
        await met.Mallory.Send(new Shutdown(met.Channel.Id, other));
        await met.Channel.ExpectWarningAndClose(closing == "closing_signed" && !withHtlc ? "Shutdown is not expected in state Negotiating" : "A second shutdown with another script");
        await met.Mallory.Connect("alice");
        await met.Channel.Run();
        if (withHtlc) await met.Alice.Settle(invoice);
        await met.Channel.Run();
        Assert.Contains(met.Channel.Spender()!.Outputs, output => output.ScriptPubKey == met.Channel.ShutdownScript);
        Assert.DoesNotContain(met.Channel.Spender()!.Outputs, output => output.ScriptPubKey == other);
    }

    [Fact]
    public async Task A_shutdown_that_is_not_answered_leaves_the_channel_to_the_operator()
    {
        await using var met = await Encounter.Opened();
        await met.Channel.NodeCloses();
        await met.Mallory.Expect<Shutdown>();
        await met.Net.AdvanceBlocks(10);
        met.Channel.ShouldBeOpen();
        await met.Channel.NodeCloses(force: true);
        met.Channel.ShouldBeFailed();
    }

    [Fact]
    public async Task A_shutdown_that_is_not_repeated_after_a_reconnection_stays_known()
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.HoldInvoice(20_000.Sat());
        met.Channel.Pay(invoice);
        await met.Channel.Run();
        met.Channel.Close();
        await met.Channel.SendNext<Shutdown>();
        await met.Channel.Hear<Shutdown>();
        await met.Mallory.Reconnect();
        met.Channel.Change<Shutdown>(static _ => null);
        await met.Channel.Run();
        await met.Alice.Settle(invoice);
        await met.Channel.Run();
        Assert.NotNull(met.Channel.Spender());
    }
}
