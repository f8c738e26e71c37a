using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Closing;
using Lightning.Protocol.Messages;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>BOLT 2 "Legacy Closing Negotiation: closing_signed", without option_simple_close.</summary>
public sealed class Bolt2LegacyClosingTests
{
    [Fact]
    public async Task The_funding_node_makes_the_first_offer_with_the_fees_that_it_would_pay()
    {
        await using var met = await NodeOffers();
        var offer = Offer(met);
        Assert.True(offer.FeeRange!.Value.Minimum <= offer.Fee && offer.Fee <= offer.FeeRange.Value.Maximum);
    }

    [Fact]
    public async Task A_node_that_did_not_fund_the_channel_waits_for_the_first_offer()
    {
        await using var met = await Met(isNodeFunder: false);
        await met.Mallory.ExpectNothing(TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_closing_signed_whose_signature_is_not_valid_or_has_a_high_S_is_answered_by_a_warning_and_the_end_of_the_connection(bool isHighS)
    {
        await using var met = await Met(isNodeFunder: false);
        var signed = Signed(met, new(1_000));
        await met.Mallory.Send(signed with { Signature = isHighS ? Encounter.HighS(signed.Signature) : met.Channel.WrongSignature });
        await met.Channel.ExpectWarningAndClose("a signature that does not fit");
        Assert.Null(met.Channel.Spender());
    }

    [Fact]
    public async Task A_closing_signed_with_the_fee_that_the_node_offered_is_published()
    {
        await using var met = await NodeOffers();
        await met.Mallory.Send(Signed(met, Offer(met).Fee));
        await met.Mallory.ExpectNothing();
        Assert.NotNull(met.Channel.Spender());
    }

    [Fact]
    public async Task A_closing_signed_with_a_fee_in_both_ranges_is_answered_with_the_same_fee_and_published()
    {
        await using var met = await Met(isNodeFunder: false);
        await met.Mallory.Send(Signed(met, new(1_000)) with { FeeRange = new FeeRange(new(10), new(10_000)) });
        Assert.Equal(new Satoshi(1_000), (await met.Mallory.Expect<ClosingSigned>()).Fee);
        Assert.NotNull(met.Channel.Spender());
    }

    [Fact]
    public async Task A_fee_range_without_overlap_is_answered_by_a_warning_and_after_a_reasonable_time_the_channel_is_failed()
    {
        await using var met = await NodeOffers();
        var above = Offer(met).FeeRange!.Value.Maximum + new Satoshi(1);
        await met.Mallory.Send(Signed(met, above) with { FeeRange = new FeeRange(above, above + new Satoshi(1)) });
        await met.Mallory.ExpectWarning("have nothing in common");
        met.Channel.ShouldBeOpen();
        await met.Net.Mine(200);
        await met.Channel.ExpectFailure("No fee for the closing transaction was agreed on");
    }

    [Fact]
    public async Task Without_an_answer_to_closing_signed_the_channel_is_failed_after_a_reasonable_time()
    {
        await using var met = await NodeOffers();
        await met.Net.Mine(10);
        met.Channel.ShouldBeOpen();
        await met.Net.Mine(200);
        await met.Channel.ExpectFailure("No fee for the closing transaction was agreed on");
    }

    [Fact]
    public async Task A_funding_node_fails_the_channel_for_a_fee_outside_of_the_overlap()
    {
        await using var met = await NodeOffers();
        var range = Offer(met).FeeRange!.Value;
        await met.Mallory.Send(Signed(met, range.Maximum + new Satoshi(1)) with { FeeRange = new FeeRange(range.Minimum, range.Maximum + new Satoshi(1)) });
        await met.Channel.ExpectFailure(", outside of");
    }

    [Fact]
    public async Task A_node_that_did_not_fund_the_channel_proposes_a_fee_in_the_overlap()
    {
        await using var met = await Met(isNodeFunder: false);
        await met.Mallory.Send(Signed(met, new(10)) with { FeeRange = new FeeRange(new(10), new(10_000)) });
        var answer = await met.Mallory.Expect<ClosingSigned>();
        Assert.True(answer.Fee > new Satoshi(10) && answer.Fee <= new Satoshi(10_000));
        Assert.Null(met.Channel.Spender());
    }

    [Fact]
    public async Task A_node_that_did_not_fund_the_channel_fails_it_for_another_fee_than_it_proposed()
    {
        await using var met = await Met(isNodeFunder: false);
        await met.Mallory.Send(Signed(met, new(10)) with { FeeRange = new FeeRange(new(10), new(10_000)) });
        await met.Mallory.Expect<ClosingSigned>();
        await met.Mallory.Send(Signed(met, new(11)) with { FeeRange = new FeeRange(new(10), new(10_000)) });
        await met.Channel.ExpectFailure(", outside of");
    }

    [Fact]
    public async Task Without_ranges_the_nodes_next_fee_is_strictly_between_its_own_and_the_peers()
    {
        await using var met = await NodeOffers();
        var first = Offer(met);
        var high = first.FeeRange!.Value.Maximum + new Satoshi(10_000);
        await met.Mallory.Send(Signed(met, high));
        var second = await met.Mallory.Expect<ClosingSigned>();
        Assert.True(second.Fee > first.Fee && second.Fee < high);
    }

    [Fact]
    public async Task Without_ranges_a_fee_that_is_not_strictly_between_is_answered_by_a_warning_and_the_end_of_the_connection()
    {
        await using var met = await NodeOffers();
        var high = Offer(met).FeeRange!.Value.Maximum + new Satoshi(10_000);
        await met.Mallory.Send(Signed(met, high));
        await met.Mallory.Expect<ClosingSigned>();
        await met.Mallory.Send(Signed(met, high + new Satoshi(1)));
        await met.Channel.ExpectWarningAndClose(", not between");
    }

    [Fact]
    public async Task A_closing_signed_with_more_than_the_opener_has_is_answered_by_a_warning_and_the_end_of_the_connection()
    {
        await using var met = await Met(isNodeFunder: false);
        var balance = met.Channel.Commitments.Latest.LocalSpec.ToLocal.ToSatoshi();
        await met.Mallory.Send(new ClosingSigned(met.Channel.Id, balance + new Satoshi(1), met.Channel.WrongSignature));
        await met.Channel.ExpectWarningAndClose("a signature that does not fit");
    }

    [Fact]
    public async Task A_closing_signed_for_a_transaction_with_dust_fails_the_channel()
    {
        await using var met = await Met(isNodeFunder: false, push: new MilliSatoshi(200_000));
        var (latest, balances) = (met.Channel.Commitments.Latest, Balances(met));
        var closing = LegacyClosing.Build(latest.Funding, balances, localIsOpener: true, new(1_000), Satoshi.Zero);
        Assert.True(closing.HasDust);
        await met.Mallory.Send(new ClosingSigned(met.Channel.Id, new(1_000), met.Channel.Signer.SignClosing(closing)));
        await met.Channel.ExpectFailure("a transaction with dust");
    }

    private static async Task<Encounter> Met(bool isNodeFunder, MilliSatoshi? push = null)
    {
        var met = isNodeFunder ? await Encounter.Accepted(Encounter.Legacy, push) : await Encounter.Opened(Encounter.Legacy, push);
        met.Channel.Close();
        await met.Channel.SendNext<Shutdown>();
        await met.Channel.Hear<Shutdown>();
        return met;
    }

    private static async Task<Encounter> NodeOffers()
    {
        var met = await Met(isNodeFunder: true);
        await met.Mallory.Expect<ClosingSigned>();
        return met;
    }

    private static ClosingSigned Offer(Encounter met) => met.Mallory.Received.OfType<ClosingSigned>().First();

    private static ClosingSigned Signed(Encounter met, Satoshi fee)
    {
        var (latest, parameters) = (met.Channel.Commitments.Latest, met.Channel.Commitments.Parameters);
        return new ClosingSigned(met.Channel.Id, fee, met.Channel.Signer.SignClosing(LegacyClosing.Build(latest.Funding, Balances(met), parameters.IsInitiator, fee, parameters.Local.DustLimit)));
    }

    private static ClosingBalances Balances(Encounter met)
    {
        var spec = met.Channel.Commitments.Latest.LocalSpec;
        return new ClosingBalances(spec.ToLocal, met.Channel.ShutdownScript, spec.ToRemote, met.Mallory.Received.OfType<Shutdown>().Last().ScriptPubKey);
    }
}
