using Lightning.Actors.Api;
using Lightning.Actors.Invoices;
using Lightning.Protocol.Onion;
using static Lightning.Actors.Tests.Invoices.InvoiceSamples;

namespace Lightning.Actors.Tests.Invoices;

/// <summary>The rules of BOLT 4 for the final node, one by one.</summary>
public sealed class InvoiceDeciderTests
{
    private Actors.Invoices.InvoiceState _state = Actors.Invoices.InvoiceState.Empty;

    private InvoiceDecision Do(InvoiceCommand command, TimeSpan after = default, uint height = Height)
    {
        var decision = InvoiceDecider.Decide(_state, command, At(after, height));
        _state = decision.Events.Aggregate(decision.State, static (state, happened) => state.Apply(happened));
        return decision;
    }

    private void Add(long? amount = 100_000, bool hold = false) => Do(new InvoiceCommand.Add(Terms(amount, hold)));

    private static FailureMessage Incorrect(long amount = 100_000, uint height = Height) =>
        FailureMessage.IncorrectOrUnknownPaymentDetails(new MilliSatoshi(amount), height);

    [Fact]
    public void One_part_with_the_whole_amount_is_taken_in_one_event()
    {
        Add();
        var decision = Do(new InvoiceCommand.Offer(Part(1)));
        Assert.Equal(new InvoiceEvent.Settled(Preimage, [Part(1)], Noon), Assert.Single(decision.Events));
        Assert.Equal(new InvoiceAction.Settle(Part(1).Key, Preimage), Assert.Single(decision.Actions));
    }

    [Fact]
    public void A_payment_that_nobody_asked_for_becomes_an_invoice_that_is_settled()
    {
        var decision = Do(new InvoiceCommand.Offer(Part(1), Preimage));
        Assert.Equal(new InvoiceAction.Settle(Part(1).Key, Preimage), Assert.Single(decision.Actions));
        Assert.Equal((true, InvoiceStatus.Settled, (PaymentPreimage?)Preimage), (_state.Terms!.IsKeysend, _state.Status, _state.Released));

        // Told again it is answered again; another one with the same preimage is not taken.
        Assert.Equal(new InvoiceAction.Settle(Part(1).Key, Preimage), Assert.Single(Do(new InvoiceCommand.Offer(Part(1), Preimage)).Actions));
        Assert.IsType<InvoiceAction.Fail>(Assert.Single(Do(new InvoiceCommand.Offer(Part(2), Preimage)).Actions));
        Assert.IsType<InvoiceAction.Refuse>(Assert.Single(Do(new InvoiceCommand.Add(Terms(100_000))).Actions));
    }

    [Fact]
    public void A_preimage_does_not_stand_in_for_the_secret_of_an_invoice()
    {
        Add();
        Assert.IsType<InvoiceAction.Fail>(Assert.Single(Do(new InvoiceCommand.Offer(Part(1), Preimage)).Actions));
        Assert.Equal(InvoiceStatus.Open, _state.Status);
    }

    [Fact]
    public void A_payment_that_nobody_asked_for_is_not_taken_in_parts_nor_near_its_expiry()
    {
        Assert.IsType<InvoiceAction.Fail>(Assert.Single(Do(new InvoiceCommand.Offer(Part(1, 60_000, 100_000), Preimage)).Actions));
        Assert.IsType<InvoiceAction.Fail>(Assert.Single(Do(new InvoiceCommand.Offer(Part(2) with { CltvExpiry = Height + 10 }, Preimage)).Actions));
        Assert.Null(_state.Terms);
    }

    [Fact]
    public void A_held_payment_of_which_a_part_is_lost_is_cancelled_and_cannot_be_settled()
    {
        Add(hold: true);
        Do(new InvoiceCommand.Offer(Part(1, 60_000, 100_000)));
        Do(new InvoiceCommand.Offer(Part(2, 40_000, 100_000, channel: 2)));
        var decision = Do(new InvoiceCommand.Lose(Part(1, 60_000, 100_000)));
        Assert.IsType<InvoiceEvent.Canceled>(Assert.Single(decision.Events));
        Assert.Equal([Part(1).Key, Part(2, channel: 2).Key], decision.Actions.Cast<InvoiceAction.Fail>().Select(static fail => fail.Part));
        Assert.Equal(InvoiceStatus.Canceled, _state.Status);
        var settle = Do(new InvoiceCommand.Settle(Preimage));
        Assert.Empty(settle.Events);
        Assert.Equal("invoice already canceled", Assert.IsType<InvoiceAction.Refuse>(Assert.Single(settle.Actions)).Message);

        // Told again, it is answered again.
        var again = Do(new InvoiceCommand.Lose(Part(1, 60_000, 100_000)));
        Assert.Empty(again.Events);
        Assert.IsType<InvoiceAction.Fail>(Assert.Single(again.Actions));
    }

    [Fact]
    public void A_payment_that_was_taken_stays_so_when_a_part_of_it_is_lost()
    {
        Add();
        Do(new InvoiceCommand.Offer(Part(1)));
        var decision = Do(new InvoiceCommand.Lose(Part(1)));
        Assert.Empty(decision.Events);
        Assert.Equal(new InvoiceAction.Settle(Part(1).Key, Preimage), Assert.Single(decision.Actions));
        Assert.Equal(InvoiceStatus.Settled, _state.Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_part_that_is_lost_while_others_are_awaited_is_never_counted(bool isKnown)
    {
        Add();
        if (isKnown) Do(new InvoiceCommand.Offer(Part(1, 60_000, 100_000)));
        Assert.IsType<InvoiceEvent.PartsFailed>(Assert.Single(Do(new InvoiceCommand.Lose(Part(1, 60_000, 100_000))).Events));
        Assert.Empty(Do(new InvoiceCommand.Offer(Part(2, 40_000, 100_000, channel: 2))).Actions);
        Assert.IsType<InvoiceAction.Fail>(Assert.Single(Do(new InvoiceCommand.Offer(Part(1, 60_000, 100_000))).Actions));
        Assert.Equal(InvoiceStatus.Open, _state.Status);
    }

    [Fact]
    public void A_part_that_is_offered_again_is_answered_again_without_an_event()
    {
        Add();
        Do(new InvoiceCommand.Offer(Part(1)));
        var again = Do(new InvoiceCommand.Offer(Part(1)), TimeSpan.FromDays(3), Height + 500);
        Assert.Empty(again.Events);
        Assert.Equal(new InvoiceAction.Settle(Part(1).Key, Preimage), Assert.Single(again.Actions));
    }

    [Fact]
    public void Parts_wait_for_each_other_and_are_taken_together()
    {
        Add();
        Assert.Empty(Do(new InvoiceCommand.Offer(Part(1, 60_000, 100_000))).Actions);
        Assert.Empty(Do(new InvoiceCommand.Offer(Part(1, 60_000, 100_000))).Actions);
        var decision = Do(new InvoiceCommand.Offer(Part(2, 40_000, 100_000, channel: 2)));
        Assert.IsType<InvoiceEvent.Settled>(Assert.Single(decision.Events));
        Assert.Equal(2, decision.Actions.Length);
        Assert.Empty(_state.Collecting);
    }

    [Fact]
    public void Parts_that_do_not_add_up_in_time_are_sent_back_with_mpp_timeout_and_the_invoice_stays_open()
    {
        Add();
        Do(new InvoiceCommand.Offer(Part(1, 60_000, 100_000)), TimeSpan.FromSeconds(5));
        Assert.Empty(Do(new InvoiceCommand.Tick(), TimeSpan.FromSeconds(64)).Events);
        var timeout = Do(new InvoiceCommand.Tick(), TimeSpan.FromSeconds(65));
        Assert.Equal(new InvoiceAction.Fail(Part(1).Key, new FailureMessage(FailureCode.MppTimeout)), Assert.Single(timeout.Actions));
        Assert.IsType<InvoiceEvent.PartsFailed>(Assert.Single(timeout.Events));
        Assert.Equal<InvoiceAction>(timeout.Actions, Do(new InvoiceCommand.Offer(Part(1, 60_000, 100_000)), TimeSpan.FromSeconds(70)).Actions);
        Assert.IsType<InvoiceEvent.Settled>(Assert.Single(Do(new InvoiceCommand.Offer(Part(2)), TimeSpan.FromSeconds(80)).Events));
    }

    [Fact]
    public void Parts_that_name_different_totals_are_all_sent_back()
    {
        Add();
        Do(new InvoiceCommand.Offer(Part(1, 60_000, 100_000)));
        var decision = Do(new InvoiceCommand.Offer(Part(2, 40_000, 110_000)));
        Assert.Equal<InvoiceAction>([new InvoiceAction.Fail(Part(1).Key, Incorrect(60_000)), new InvoiceAction.Fail(Part(2).Key, Incorrect(40_000))], decision.Actions);
    }

    [Theory]
    [InlineData(99_999, false)]
    [InlineData(100_000, true)]
    [InlineData(200_000, true)]
    [InlineData(200_001, false)]
    public void At_least_the_amount_and_at_most_twice_as_much_is_taken(long total, bool taken)
    {
        Add();
        var action = Assert.Single(Do(new InvoiceCommand.Offer(Part(1, total))).Actions);
        Assert.Equal(taken ? new InvoiceAction.Settle(Part(1).Key, Preimage) : new InvoiceAction.Fail(Part(1).Key, Incorrect(total)), action);
    }

    [Fact]
    public void Without_an_amount_any_amount_is_taken()
    {
        Add(amount: null);
        Assert.IsType<InvoiceEvent.Settled>(Assert.Single(Do(new InvoiceCommand.Offer(Part(1, 1))).Events));
    }

    [Theory]
    [InlineData(80, true)]
    [InlineData(79, false)]
    public void The_last_hop_needs_the_blocks_that_the_invoice_asked_for(uint blocks, bool taken)
    {
        Add();
        var action = Assert.Single(Do(new InvoiceCommand.Offer(Part(1, expiry: Height + blocks))).Actions);
        Assert.Equal(taken ? new InvoiceAction.Settle(Part(1).Key, Preimage) : new InvoiceAction.Fail(Part(1).Key, Incorrect()), action);
    }

    [Fact]
    public void A_part_that_came_after_the_expiry_is_sent_back_but_one_that_came_before_and_is_offered_late_is_taken()
    {
        Add();
        Assert.IsType<InvoiceEvent.PartsFailed>(Assert.Single(Do(new InvoiceCommand.Offer(Part(1, after: TimeSpan.FromMinutes(61))), TimeSpan.FromMinutes(61)).Events));
        Assert.IsType<InvoiceEvent.Settled>(Assert.Single(Do(new InvoiceCommand.Offer(Part(2, after: TimeSpan.FromMinutes(59))), TimeSpan.FromMinutes(61)).Events));
    }

    [Fact]
    public void A_part_for_no_invoice_is_sent_back_durably()
    {
        var decision = Do(new InvoiceCommand.Offer(Part(1)));
        Assert.IsType<InvoiceEvent.PartsFailed>(Assert.Single(decision.Events));
        Assert.Equal(new InvoiceAction.Fail(Part(1).Key, Incorrect()), Assert.Single(decision.Actions));
        Assert.Null(_state.ToInfo(Noon));
    }

    [Fact]
    public void A_late_part_of_a_paid_invoice_is_sent_back_and_needs_no_event()
    {
        Add();
        Do(new InvoiceCommand.Offer(Part(1)));
        var late = Do(new InvoiceCommand.Offer(Part(2)));
        Assert.Empty(late.Events);
        Assert.Equal(new InvoiceAction.Fail(Part(2).Key, Incorrect()), Assert.Single(late.Actions));
    }

    [Fact]
    public void A_hold_invoice_keeps_its_parts_until_its_owner_settles()
    {
        Add(hold: true);
        Assert.Equal(LightningErrorKind.FailedPrecondition, Assert.IsType<InvoiceAction.Refuse>(Assert.Single(Do(new InvoiceCommand.Settle(Preimage)).Actions)).Kind);
        var held = Do(new InvoiceCommand.Offer(Part(1)));
        Assert.IsType<InvoiceEvent.Held>(Assert.Single(held.Events));
        Assert.Empty(held.Actions);
        Assert.Equal(Api.InvoiceState.Accepted, _state.ToInfo(Noon)!.State);
        Assert.Empty(Do(new InvoiceCommand.Offer(Part(1)), TimeSpan.FromDays(1)).Actions);
        var settled = Do(new InvoiceCommand.Settle(Preimage), TimeSpan.FromDays(1));
        Assert.Equal<InvoiceAction>([new InvoiceAction.Settle(Part(1).Key, Preimage), new InvoiceAction.Confirm()], settled.Actions);
    }

    [Fact]
    public void A_held_payment_is_sent_back_before_its_channel_would_have_to_close()
    {
        Add(hold: true);
        Do(new InvoiceCommand.Offer(Part(1)));
        Assert.Empty(Do(new InvoiceCommand.Tick(), height: Height + 90 - Margin - 1).Events);
        var late = Do(new InvoiceCommand.Settle(Preimage), height: Height + 90 - Margin);
        Assert.IsType<InvoiceEvent.Canceled>(Assert.Single(late.Events));
        Assert.IsType<InvoiceAction.Fail>(late.Actions[0]);
        Assert.IsType<InvoiceAction.Refuse>(late.Actions[1]);
        Assert.Single(late.Actions, static a => a is InvoiceAction.Refuse);
    }

    [Fact]
    public void The_margin_is_kept_without_anybody_asking()
    {
        Add(hold: true);
        Do(new InvoiceCommand.Offer(Part(1)));
        Assert.IsType<InvoiceEvent.Canceled>(Assert.Single(Do(new InvoiceCommand.Tick(), height: Height + 90 - Margin).Events));
        Assert.Equal(Api.InvoiceState.Canceled, _state.ToInfo(Noon)!.State);
    }

    [Fact]
    public void Cancelling_sends_back_what_is_held_and_does_nothing_the_second_time()
    {
        Add(hold: true);
        Do(new InvoiceCommand.Offer(Part(1)));
        Assert.Equal<InvoiceAction>([new InvoiceAction.Fail(Part(1).Key, Incorrect()), new InvoiceAction.Confirm()], Do(new InvoiceCommand.Cancel()).Actions);
        var again = Do(new InvoiceCommand.Cancel());
        Assert.Empty(again.Events);
        Assert.IsType<InvoiceAction.Confirm>(Assert.Single(again.Actions));
        Assert.IsType<InvoiceAction.Refuse>(Assert.Single(Do(new InvoiceCommand.Settle(Preimage)).Actions));
    }

    [Fact]
    public void A_settled_invoice_is_not_cancelled()
    {
        Add();
        Do(new InvoiceCommand.Offer(Part(1)));
        var decision = Do(new InvoiceCommand.Cancel());
        Assert.Empty(decision.Events);
        Assert.Equal(LightningErrorKind.FailedPrecondition, Assert.IsType<InvoiceAction.Refuse>(Assert.Single(decision.Actions)).Kind);
    }

    [Fact]
    public void A_second_invoice_with_the_hash_is_refused()
    {
        Add();
        var decision = Do(new InvoiceCommand.Add(Terms()));
        Assert.Empty(decision.Events);
        Assert.Equal(LightningErrorKind.InvoiceAlreadyExists, Assert.IsType<InvoiceAction.Refuse>(Assert.Single(decision.Actions)).Kind);
    }

    [Fact]
    public void A_wrong_preimage_settles_nothing()
    {
        Add(hold: true);
        Do(new InvoiceCommand.Offer(Part(1)));
        Assert.Empty(Do(new InvoiceCommand.Settle(new PaymentPreimage(Bytes32.Zero))).Events);
    }

    [Fact]
    public void Endless_failing_parts_end_in_a_cancelled_invoice()
    {
        Add();
        for (var i = 0ul; i <= InvoiceDecider.MaxFailedParts; i++) Do(new InvoiceCommand.Offer(Part(i, 1)));
        Assert.Equal(InvoiceStatus.Canceled, _state.Status);
        var next = Do(new InvoiceCommand.Offer(Part(5000)));
        Assert.Empty(next.Events);
        Assert.IsType<InvoiceAction.Fail>(Assert.Single(next.Actions));
        Assert.InRange(_state.Failed.Count, InvoiceDecider.MaxFailedParts, InvoiceDecider.MaxFailedParts + 2);
    }

    [Fact]
    public void An_unpaid_invoice_past_its_expiry_counts_as_cancelled()
    {
        Add();
        Assert.Equal(Api.InvoiceState.Open, _state.ToInfo(Noon + TimeSpan.FromMinutes(60))!.State);
        Assert.Equal(Api.InvoiceState.Canceled, _state.ToInfo(Noon + TimeSpan.FromMinutes(61))!.State);
    }
}
