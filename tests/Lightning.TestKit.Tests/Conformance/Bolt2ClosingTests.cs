using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Channels.Closing;
using Lightning.Channels.Transactions;
using Lightning.Protocol.Messages;
using Error = Lightning.Protocol.Messages.Error;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>BOLT 2 "Closing Negotiation": closing_complete and closing_sig (option_simple_close).</summary>
public sealed class Bolt2ClosingTests
{
    private static readonly Satoshi Fee = new(1_000);

    private static readonly Dictionary<string, (string Warning, Func<ScriptedChannel, ClosingComplete, ClosingComplete> Change)> RefusedOffers = new(StringComparer.Ordinal)
    {
        ["fee_satoshis is more than the closer has"] = ("a fee of 500001 sat, where the closer has", static (_, complete) => complete with { Fee = new(500_001) }),
        ["closee_scriptpubkey is not the node's last script"] = ("another script than this node's latest", static (channel, complete) => complete with { CloseeScript = channel.ShutdownScript }),
        ["closer_scriptpubkey is of no allowed form"] = ("The shutdown script is of no allowed form", static (_, complete) => complete with { CloserScript = new Script(Bytes.FromHex("51")) }),
        ["the signature to be used is missing"] = ("without a signature for CloseeOutputOnly", static (_, complete) => complete with { CloserAndCloseeOutputs = null }),
        ["closer_output_only is all there is, and the node's output is no dust"] = ("without a signature for CloseeOutputOnly", static (_, complete) => complete with { CloserOutputOnly = complete.CloserAndCloseeOutputs, CloserAndCloseeOutputs = null }),
        ["the signature is not valid"] = ("a signature for CloserAndCloseeOutputs that is not valid", static (channel, complete) => complete with { CloserAndCloseeOutputs = channel.WrongSignature }),
        ["the signature has a high S"] = ("a signature for CloserAndCloseeOutputs that is not valid", static (_, complete) => complete with { CloserAndCloseeOutputs = Encounter.HighS(complete.CloserAndCloseeOutputs!.Value) }),
    };

    private static readonly Dictionary<string, (string Warning, Func<ScriptedChannel, ClosingSig, ClosingSig> Change)> RefusedSignatures = new(StringComparer.Ordinal)
    {
        ["closer_scriptpubkey is not that of closing_complete"] = ("another closer_scriptpubkey", static (channel, sig) => sig with { CloserScript = channel.ShutdownScript }),
        ["closee_scriptpubkey is not that of closing_complete"] = ("another closee_scriptpubkey", static (_, sig) => sig with { CloseeScript = sig.CloserScript }),
        ["fee_satoshis is not that of closing_complete"] = ("another fee_satoshis", static (_, sig) => sig with { Fee = sig.Fee + new Satoshi(1) }),
        ["locktime is not that of closing_complete"] = ("another locktime", static (_, sig) => sig with { LockTime = sig.LockTime + 1 }),
        ["there is no signature"] = ("0 signatures in place of one", static (_, sig) => sig with { CloserAndCloseeOutputs = null }),
        ["there are two signatures"] = ("2 signatures in place of one", static (_, sig) => sig with { CloserOutputOnly = sig.CloserAndCloseeOutputs }),
        ["the signature is in a field that closing_complete did not have"] = ("for CloseeOutputOnly, which closing_complete did not have", static (_, sig) => sig with { CloserAndCloseeOutputs = null, CloseeOutputOnly = sig.CloserAndCloseeOutputs }),
        ["the signature is not valid"] = ("a signature for CloserAndCloseeOutputs that is not valid", static (channel, sig) => sig with { CloserAndCloseeOutputs = channel.WrongSignature }),
        ["the signature has a high S"] = ("a signature for CloserAndCloseeOutputs that is not valid", static (_, sig) => sig with { CloserAndCloseeOutputs = Encounter.HighS(sig.CloserAndCloseeOutputs!.Value) }),
    };

    public static TheoryData<string> Offers => [.. RefusedOffers.Keys];

    public static TheoryData<string> Signatures => [.. RefusedSignatures.Keys];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Closing_transactions_wait_until_no_HTLC_is_left(bool isSimple)
    {
        await using var met = await Encounter.Opened(isSimple ? null : Encounter.Legacy);
        var invoice = await met.Alice.HoldInvoice(20_000.Sat());
        met.Channel.Pay(invoice);
        await met.Channel.Run();
        met.Channel.Close();
        await met.Channel.SendNext<Shutdown>();
        await met.Channel.Hear<Shutdown>();
        await met.Mallory.ExpectNothing(TimeSpan.FromMinutes(1));
        await met.Alice.Settle(invoice);
        await met.Channel.Run();
        Assert.NotNull(met.Channel.Spender());
        Assert.Single(met.Channel.Preimages);
    }

    [Theory]
    [InlineData("as much as the peer", 500_000, true, true)]
    [InlineData("more than the peer", 700_000, true, true)]
    [InlineData("less than the peer", 300_000, false, true)]
    public async Task The_nodes_closing_complete_keeps_to_the_rules_where_it_has(string what, long sat, bool closerOnly, bool both)
    {
        Assert.NotEmpty(what);
        await using var met = await Encounter.Opened(push: new Satoshi(sat).ToMilliSatoshi());
        met.Channel.Close();
        await met.Channel.SendNext<Shutdown>();
        var shutdown = await met.Channel.Hear<Shutdown>();
        var complete = await met.Channel.Hear<ClosingComplete>();
        Assert.Equal(shutdown.ScriptPubKey, complete.CloserScript);
        Assert.Equal(met.Channel.ShutdownScript, complete.CloseeScript);
        Assert.True(complete.Fee <= new Satoshi(sat));
        Assert.Equal(closerOnly, complete.CloserOutputOnly is not null);
        Assert.Equal(both, complete.CloserAndCloseeOutputs is not null);
        Assert.Null(complete.CloseeOutputOnly);
    }

    [Fact]
    public async Task The_nodes_closing_complete_leaves_the_peers_dust_out()
    {
        await using var met = await Encounter.Accepted(push: new MilliSatoshi(200_000));
        await met.Channel.NodeCloses();
        await met.Channel.Hear<Shutdown>();
        await met.Channel.SendNext<Shutdown>();
        var complete = await met.Channel.Hear<ClosingComplete>();
        Assert.NotNull(complete.CloserOutputOnly);
        Assert.Null(complete.CloserAndCloseeOutputs);
        Assert.Null(complete.CloseeOutputOnly);
    }

    [Theory]
    [MemberData(nameof(Offers))]
    public async Task A_closing_complete_is_answered_by_a_warning_and_the_end_of_the_connection_if(string reason)
    {
        await using var met = await Negotiating();
        var (text, change) = RefusedOffers[reason];
        await met.Mallory.Send(change(met.Channel, Offer(met)));
        await met.Channel.ExpectWarningAndClose(text);
        Assert.Null(met.Channel.Spender());
    }

    [Fact]
    public async Task A_valid_closing_complete_is_answered_in_the_same_field_and_published()
    {
        await using var met = await Negotiating();
        var complete = Offer(met);
        await met.Mallory.Send(complete);
        var sig = await met.Mallory.Expect<ClosingSig>();
        Assert.Equal((complete.CloserScript, complete.CloseeScript, complete.Fee, complete.LockTime), (sig.CloserScript, sig.CloseeScript, sig.Fee, sig.LockTime));
        Assert.NotNull(sig.CloserAndCloseeOutputs);
        Assert.Null(sig.CloserOutputOnly);
        Assert.Null(sig.CloseeOutputOnly);
        await met.Net.Until(() => met.Channel.Spender() is not null, "the closing transaction is published");
    }

    [Theory]
    [InlineData(600_000)]
    [InlineData(300_000)]
    public async Task Where_both_outputs_are_not_signed_closee_output_only_is_used(long sat)
    {
        await using var met = await Negotiating(push: new Satoshi(sat).ToMilliSatoshi());
        await met.Mallory.Send(Offer(met) with { CloserAndCloseeOutputs = null, CloseeOutputOnly = Sign(met, SimpleClosingVariant.CloseeOutputOnly, Fee) });
        Assert.NotNull((await met.Mallory.Expect<ClosingSig>()).CloseeOutputOnly);
        Assert.Single(met.Channel.Spender()!.Outputs);
    }

    [Fact]
    public async Task Where_the_nodes_own_output_is_dust_closer_output_only_is_used()
    {
        await using var met = await Negotiating(push: new MilliSatoshi(200_000));
        await met.Mallory.Send(Offer(met) with { CloserOutputOnly = Sign(met, SimpleClosingVariant.CloserOutputOnly, Fee) });
        Assert.NotNull((await met.Mallory.Expect<ClosingSig>()).CloserOutputOnly);
        Assert.Single(met.Channel.Spender()!.Outputs);
    }

    [Fact]
    public async Task Where_the_nodes_own_output_is_dust_a_signature_for_both_outputs_is_refused()
    {
        await using var met = await Negotiating(push: new MilliSatoshi(200_000));
        await met.Mallory.Send(Offer(met));
        await met.Channel.ExpectWarningAndClose("without a signature for CloserOutputOnly");
    }

    [Fact]
    public async Task A_closing_complete_that_leaves_nothing_but_dust_is_refused()
    {
        await using var met = await Negotiating(push: new MilliSatoshi(200_000));
        var fee = met.Channel.Commitments.Latest.LocalSpec.ToLocal.ToSatoshi() - new Satoshi(293);
        await met.Mallory.Send(Offer(met, fee) with { CloserAndCloseeOutputs = null, CloserOutputOnly = Sign(met, SimpleClosingVariant.CloserOutputOnly, fee) });
        await met.Channel.ExpectWarningAndClose("nothing but dust");
        Assert.Null(met.Channel.Spender());
    }

    [Fact]
    public async Task A_closing_complete_in_which_the_closers_own_output_is_dust_closes_nothing_and_a_better_one_does()
    {
        await using var met = await Negotiating(push: new MilliSatoshi(996_000_000));
        var fee = met.Channel.Commitments.Latest.LocalSpec.ToLocal.ToSatoshi() - new Satoshi(100);
        await met.Mallory.Send(Offer(met, fee));
        await met.Mallory.Expect<ClosingSig>();
        Assert.Null(met.Channel.Spender());
        await met.Mallory.Send(Offer(met, fee) with { CloserAndCloseeOutputs = null, CloseeOutputOnly = Sign(met, SimpleClosingVariant.CloseeOutputOnly, fee) });
        await met.Mallory.Expect<ClosingSig>();
        Assert.Single(met.Channel.Spender()!.Outputs);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_signed_closing_transaction_stands_in_the_way_of_a_commitment_unless_it_is_dust_that_no_one_relays(bool isDust)
    {
        await using var met = await Negotiating(push: new MilliSatoshi(996_000_000));
        var fee = isDust ? met.Channel.Commitments.Latest.LocalSpec.ToLocal.ToSatoshi() - new Satoshi(100) : Fee;
        await met.Mallory.Send(Offer(met, fee));
        await met.Mallory.Expect<ClosingSig>();
        await met.Mallory.Send(new Error(met.Channel.Id, "the channel is unknown"));
        await met.Mallory.ExpectNothing();
        met.Channel.ShouldBeFailed();
        Assert.Equal(isDust ? "Closing" : "NegotiatingSimple", met.Channel.StateAtNode);
    }

    [Fact]
    public async Task Two_closing_completes_at_once_are_both_answered()
    {
        await using var met = await Negotiating();
        await met.Mallory.Send(Offer(met), Offer(met, new Satoshi(5_000)));
        Assert.Equal(Fee, (await met.Mallory.Expect<ClosingSig>()).Fee);
        Assert.Equal(new Satoshi(5_000), (await met.Mallory.Expect<ClosingSig>()).Fee);
        await met.Mallory.ExpectNothing();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_closing_transaction_offered_before_shutdown_is_refused(bool isSimple)
    {
        await using var met = await Encounter.Opened(isSimple ? null : Encounter.Legacy);
        await met.Mallory.Send(Early(met, isSimple));
        await met.Channel.ExpectWarningAndClose("is not expected in state Normal");
    }

    [Theory]
    [InlineData(true, 20_000)]
    [InlineData(true, 100)]
    [InlineData(false, 20_000)]
    [InlineData(false, 100)]
    public async Task A_closing_transaction_offered_while_HTLCs_are_left_is_refused(bool isSimple, int sat)
    {
        await using var met = await Encounter.Opened(isSimple ? null : Encounter.Legacy);
        met.Channel.Pay(await met.Alice.HoldInvoice(sat.Sat()));
        await met.Channel.Run();
        met.Channel.Close();
        await met.Channel.SendNext<Shutdown>();
        await met.Channel.Hear<Shutdown>();
        await met.Mallory.Send(Early(met, isSimple));
        await met.Channel.ExpectWarningAndClose("is not expected in state ShuttingDown");
    }

    [Fact]
    public async Task What_goes_to_an_OP_RETURN_of_the_closer_goes_to_fees()
    {
        var script = new Script(Bytes.FromHex("6a06aaaaaaaaaaaa"));
        await using var met = await Negotiating(push: new MilliSatoshi(999_000_000 - 20_000_000), script: script);
        await met.Mallory.Send(Offer(met, script: script));
        await met.Mallory.Expect<ClosingSig>();
        Assert.Equal(Satoshi.Zero, met.Channel.Spender()!.Outputs.Single(output => output.ScriptPubKey == script).Value);
    }

    [Fact]
    public async Task A_closing_complete_with_a_higher_fee_replaces_the_one_before()
    {
        await using var met = await Negotiating();
        await met.Mallory.Send(Offer(met));
        await met.Mallory.Expect<ClosingSig>();
        var first = met.Channel.Spender()!.TxId;
        await met.Mallory.Send(Offer(met, new Satoshi(5_000)));
        await met.Mallory.Expect<ClosingSig>();
        Assert.NotEqual(first, met.Channel.Spender()!.TxId);
    }

    [Fact]
    public async Task The_nodes_next_closing_complete_pays_to_the_script_of_the_peers_last_one()
    {
        await using var met = await Negotiating();
        var script = new Script(Bytes.FromHex("0014" + new string('c', 40)));
        await met.Mallory.Send(Offer(met, script: script));
        await met.Mallory.Expect<ClosingSig>();
        met.Channel.Hear(met.Mallory.Received.OfType<ClosingComplete>().Single());
        await met.Mallory.Send(met.Channel.Outbox.OfType<ClosingSig>().Single());
        await met.Channel.NodeCloses(new FeeratePerKw(4_000));
        Assert.Equal(script, (await met.Mallory.Expect<ClosingComplete>()).CloseeScript);
    }

    [Theory]
    [MemberData(nameof(Signatures))]
    public async Task A_closing_sig_is_answered_by_a_warning_and_the_end_of_the_connection_if(string reason)
    {
        await using var met = await Negotiating();
        var sig = Answer(met);
        Assert.NotNull(sig.CloserAndCloseeOutputs);
        var (text, change) = RefusedSignatures[reason];
        await met.Mallory.Send(change(met.Channel, sig));
        await met.Channel.ExpectWarningAndClose(text);
        Assert.Null(met.Channel.Spender());
    }

    [Fact]
    public async Task Upon_a_valid_closing_sig_the_closing_transaction_is_published()
    {
        await using var met = await Negotiating();
        await met.Mallory.Send(Answer(met));
        await met.Mallory.ExpectNothing();
        Assert.NotNull(met.Channel.Spender());
    }

    [Fact]
    public async Task A_closing_sig_that_answers_nothing_changes_nothing()
    {
        await using var met = await Negotiating();
        var sig = Answer(met);
        await met.Mallory.Send(sig);
        var closing = met.Channel.Spender()!.TxId;
        await met.Mallory.Send(sig, sig with { Fee = sig.Fee + new Satoshi(1) });
        await met.Mallory.ExpectNothing();
        Assert.Equal(closing, met.Channel.Spender()!.TxId);
    }

    [Fact]
    public async Task Without_an_answer_to_closing_complete_the_operator_can_still_close_by_force()
    {
        await using var met = await Negotiating();
        await met.Net.AdvanceBlocks(10);
        met.Channel.ShouldBeOpen();
        await met.Channel.NodeCloses(force: true);
        met.Channel.ShouldBeFailed();
    }

    [Fact]
    public async Task The_node_makes_no_other_offer_before_closing_sig()
    {
        await using var met = await Negotiating();
        await met.Channel.NodeCloses(new FeeratePerKw(4_000));
        await met.Mallory.ExpectNothing();
        await met.Mallory.Send(Answer(met));
        await met.Channel.NodeCloses(new FeeratePerKw(4_000));
        await met.Mallory.Expect<ClosingComplete>();
    }

    [Fact]
    public async Task After_a_mutual_close_is_confirmed_the_channel_is_gone()
    {
        await using var met = await Negotiating();
        await met.Mallory.Send(Answer(met));
        await met.Net.Mine(6);
        await met.Net.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("gone", met.Channel.StateAtNode);
    }

    // Both have sent shutdown, and the node its closing_complete.
    private static async Task<Encounter> Negotiating(MilliSatoshi? push = null, Script? script = null)
    {
        var met = await Encounter.Opened(push: push);
        met.Channel.Close(script);
        await met.Channel.SendNext<Shutdown>();
        await met.Channel.Hear<Shutdown>();
        if (met.Mallory.Unread.Count > 0) await met.Mallory.Expect<ClosingComplete>();
        return met;
    }

    // closing_complete of mallory, with both outputs.
    private static ClosingComplete Offer(Encounter met, Satoshi? fee = null, Script? script = null) =>
        new(met.Channel.Id, script ?? met.Channel.ShutdownScript, NodeScript(met), fee ?? Fee, 0) { CloserAndCloseeOutputs = Sign(met, SimpleClosingVariant.CloserAndCloseeOutputs, fee ?? Fee, script) };

    private static EcdsaSignature Sign(Encounter met, SimpleClosingVariant variant, Satoshi fee, Script? script = null)
    {
        var latest = met.Channel.Commitments.Latest;
        var balances = new ClosingBalances(latest.LocalSpec.ToLocal, script ?? met.Channel.ShutdownScript, latest.LocalSpec.ToRemote, NodeScript(met));
        return met.Channel.Signer.SignClosing(SimpleClosing.Build(latest.Funding, balances, CommitmentOwner.Local, variant, fee, 0));
    }

    // closing_sig for the node's closing_complete.
    private static ClosingSig Answer(Encounter met)
    {
        met.Channel.Hear(met.Mallory.Received.OfType<ClosingComplete>().Last());
        return met.Channel.Outbox.OfType<ClosingSig>().Last();
    }

    private static LightningMessage Early(Encounter met, bool isSimple) => isSimple
        ? new ClosingComplete(met.Channel.Id, met.Channel.ShutdownScript, met.Channel.ShutdownScript, Fee, 0) { CloserAndCloseeOutputs = met.Channel.WrongSignature }
        : new ClosingSigned(met.Channel.Id, Fee, met.Channel.WrongSignature);

    private static Script NodeScript(Encounter met) => met.Mallory.Received.OfType<Shutdown>().Last().ScriptPubKey;
}
