using System.Collections.Immutable;
using Lightning.Actors.Api;
using Lightning.Protocol.Onion;

namespace Lightning.Actors.Invoices;

/// <summary>
/// One invoice as pure functions: the sole decider over the parts of its payment (BOLT 4, "Basic Multi-Part Payments"). A payment is taken as one event over a
/// fixed set of parts, and a part that was answered once is answered the same for ever: never is a part taken after it was sent back, nor a set of
/// which a part was sent back.
/// </summary>
/// <remarks>
/// Parts that are still being collected are not durable. Whoever loses them (a crash) has answered none of them, and the channels offer them again.
/// A part is sent back only in an event's callback, so that an incarnation that has been replaced cannot send back what its successor takes. Once the set
/// is fixed, or the invoice cancelled, no other part will ever be taken: those are sent back without a write.
/// </remarks>
internal static class InvoiceDecider
{
    /// <summary>The most parts of one payment.</summary>
    public const int MaxParts = 500;

    /// <summary>An invoice that has sent back so many parts is cancelled: what it must remember is bounded, and nobody pays like that.</summary>
    public const int MaxFailedParts = 1000;

    /// <summary>Decides a command.</summary>
    public static InvoiceDecision Decide(InvoiceState state, InvoiceCommand command, InvoiceEnvironment environment) => command switch
    {
        InvoiceCommand.Add add => Add(state, add.Terms),
        InvoiceCommand.Offer offer => Offer(state, offer.Part, offer.Keysend, environment),
        InvoiceCommand.Lose lose => Lose(state, lose.Part, environment),
        InvoiceCommand.Settle settle => Settle(state, settle.Preimage, environment),
        InvoiceCommand.Cancel => Cancel(state, environment),
        InvoiceCommand.Tick => Tick(state, environment),
        _ => throw new NotSupportedException($"{command.GetType()} is no command of an invoice."),
    };

    private static InvoiceDecision Add(InvoiceState state, InvoiceTerms terms) => state.Terms is null
        ? new(state, [new InvoiceEvent.Added(terms)], [new InvoiceAction.Confirm()])
        : Refuse(state, LightningException.InvoiceAlreadyExists());

    private static InvoiceDecision Offer(InvoiceState state, InvoicePart part, PaymentPreimage? keysend, InvoiceEnvironment environment)
    {
        if (state.Failed.TryGetValue(part.Key, out var answered)) return Only(state, new InvoiceAction.Fail(part.Key, answered.Failed.Failure));
        if (state.IsInSet(part.Key))
            return state.Released is { } preimage ? Only(state, new InvoiceAction.Settle(part.Key, preimage)) : Nothing(state);
        if (state.IsCollecting(part.Key)) return Nothing(state);
        if (state.Status is InvoiceStatus.Held or InvoiceStatus.Settled or InvoiceStatus.Canceled)
            return Only(state, new InvoiceAction.Fail(part.Key, Incorrect(part, environment)));
        if (keysend is { } preimageOfAll) return TakeKeysend(state, part, preimageOfAll, environment);
        if (state.Terms is not { } terms || !IsAcceptable(terms, part, environment) || state.Collecting.Length >= MaxParts)
            return FailAll(state, [new FailedPart(part, Incorrect(part, environment))], environment);

        var parts = state.Collecting.Add(part);
        if (state.Collecting.Length > 0 && state.Collecting[0].Total != part.Total)
            return FailAll(state, Refusals(parts, environment), environment);

        var received = MilliSatoshi.Zero;
        foreach (var collected in parts) received += collected.Amount;
        if (received < part.Total)
        {
            var since = state.Collecting.IsEmpty ? environment.Elapsed : state.CollectingSince;
            return Nothing(state with { Collecting = parts, CollectingSince = since });
        }

        if (IsLate(parts, environment)) return FailAll(state, Refusals(parts, environment), environment);
        EquatableArray<InvoicePart> set = parts;
        return terms.Preimage is { } known
            ? new(state, [new InvoiceEvent.Settled(known, set, environment.Now)], [.. parts.Select(p => new InvoiceAction.Settle(p.Key, known))])
            : new(state, [new InvoiceEvent.Held(set)], []);
    }

    // Who has the preimage of an invoice, and not its secret, is not its payer. One part only: nothing holds several together.
    private static InvoiceDecision TakeKeysend(InvoiceState state, InvoicePart part, PaymentPreimage preimage, InvoiceEnvironment environment)
    {
        var terms = new InvoiceTerms(preimage.Hash, preimage, default, "", part.Total, part.ReceivedAt, TimeSpan.Zero, environment.SafetyMargin + 1) { IsKeysend = true };
        return state.Terms is null && part.Amount == part.Total && IsAcceptable(terms, part, environment)
            ? new(state, [new InvoiceEvent.Added(terms), new InvoiceEvent.Settled(preimage, [part], environment.Now)], [new InvoiceAction.Settle(part.Key, preimage)])
            : FailAll(state, [new FailedPart(part, Incorrect(part, environment))], environment);
    }

    // A payment of which a part is lost cannot be taken any more: the other parts go back. What was taken before stays so.
    private static InvoiceDecision Lose(InvoiceState state, InvoicePart part, InvoiceEnvironment environment)
    {
        if (state.Failed.TryGetValue(part.Key, out var answered)) return Only(state, new InvoiceAction.Fail(part.Key, answered.Failed.Failure));
        if (state.IsInSet(part.Key))
            return state.Released is { } preimage ? Only(state, new InvoiceAction.Settle(part.Key, preimage)) : CancelWith(state, Refusals(state.Set.Items, environment), environment);
        return state.Status is InvoiceStatus.Held or InvoiceStatus.Settled or InvoiceStatus.Canceled
            ? Only(state, new InvoiceAction.Fail(part.Key, Incorrect(part, environment)))
            : FailAll(state, [new FailedPart(part, Incorrect(part, environment))], environment);
    }

    private static InvoiceDecision Settle(InvoiceState state, PaymentPreimage preimage, InvoiceEnvironment environment)
    {
        switch (state.Status)
        {
            case InvoiceStatus.Unknown:
                return Refuse(state, LightningException.UnknownInvoice());
            case InvoiceStatus.Held when preimage.Hash != state.Terms!.PaymentHash:
                return Refuse(state, LightningException.InvalidArgument("the preimage does not fit the invoice"));
            case InvoiceStatus.Held when IsLate(state.Set.Items, environment):
                // The peer would have to close its channel on chain to get its money back: too late to take it safely.
                var late = Cancel(state, environment);
                return late with
                {
                    Actions = [.. late.Actions.Where(a => a is InvoiceAction.Fail), InvoiceAction.Refuse.With(LightningException.FailedPrecondition("invoice is too near its payment's expiry and was cancelled"))],
                };
            case InvoiceStatus.Held:
                return new(
                    state,
                    [new InvoiceEvent.Settled(preimage, state.Set, environment.Now)],
                    [.. state.Set.Items.Select(p => new InvoiceAction.Settle(p.Key, preimage)), new InvoiceAction.Confirm()]);
            case InvoiceStatus.Open:
                return Refuse(state, LightningException.FailedPrecondition("invoice has not been paid yet"));
            case InvoiceStatus.Settled:
                return Refuse(state, LightningException.FailedPrecondition("invoice already settled"));
            default:
                return Refuse(state, LightningException.FailedPrecondition("invoice already canceled"));
        }
    }

    private static InvoiceDecision Cancel(InvoiceState state, InvoiceEnvironment environment) => state.Status switch
    {
        InvoiceStatus.Unknown => Refuse(state, LightningException.UnknownInvoice()),
        InvoiceStatus.Settled => Refuse(state, LightningException.FailedPrecondition("invoice already settled")),
        InvoiceStatus.Canceled => Only(state, new InvoiceAction.Confirm()),
        _ => CancelWith(state, Refusals(state.Status == InvoiceStatus.Held ? state.Set.Items : state.Collecting, environment), environment, new InvoiceAction.Confirm()),
    };

    private static InvoiceDecision Tick(InvoiceState state, InvoiceEnvironment environment)
    {
        if (state.Status == InvoiceStatus.Held && IsLate(state.Set.Items, environment))
            return CancelWith(state, Refusals(state.Set.Items, environment), environment);
        if (!state.Collecting.IsEmpty && (environment.Elapsed - state.CollectingSince >= environment.MultiPartTimeout || IsLate(state.Collecting, environment)))
            return FailAll(state, [.. state.Collecting.Select(static p => new FailedPart(p, new FailureMessage(FailureCode.MppTimeout)))], environment);
        return Nothing(state);
    }

    private static bool IsAcceptable(InvoiceTerms terms, InvoicePart part, InvoiceEnvironment environment) =>
        part.ReceivedAt <= terms.ExpiresAt
        && part.Amount > MilliSatoshi.Zero
        && part.Amount <= part.HtlcAmount
        && part.Total > MilliSatoshi.Zero
        && (terms.Amount is not { } asked || (part.Total >= asked && (Int128)part.Total.Value <= (Int128)asked.Value * 2))
        && part.CltvExpiry >= (ulong)environment.Height + Math.Max(terms.MinFinalCltvExpiryDelta, environment.SafetyMargin + 1);

    /// <summary>Whether the earliest part is so near its expiry that the peer might close the channel before a settlement is through.</summary>
    private static bool IsLate(ImmutableArray<InvoicePart> parts, InvoiceEnvironment environment)
    {
        foreach (var part in parts)
        {
            if (part.CltvExpiry <= (ulong)environment.Height + environment.SafetyMargin) return true;
        }

        return false;
    }

    private static FailureMessage Incorrect(InvoicePart part, InvoiceEnvironment environment) =>
        FailureMessage.IncorrectOrUnknownPaymentDetails(part.HtlcAmount, environment.Height);

    private static ImmutableArray<FailedPart> Refusals(ImmutableArray<InvoicePart> parts, InvoiceEnvironment environment) =>
        [.. parts.Select(part => new FailedPart(part, Incorrect(part, environment)))];

    private static InvoiceDecision FailAll(InvoiceState state, ImmutableArray<FailedPart> parts, InvoiceEnvironment environment)
    {
        if (state.Status == InvoiceStatus.Open && state.Failed.Count + parts.Length > MaxFailedParts)
        {
            var collecting = Refusals(state.Collecting, environment).Where(c => parts.All(p => p.Part.Key != c.Part.Key));
            return CancelWith(state, [.. parts, .. collecting], environment);
        }

        return new(state, [new InvoiceEvent.PartsFailed(parts, environment.Now)], Failing(parts));
    }

    private static InvoiceDecision CancelWith(InvoiceState state, ImmutableArray<FailedPart> parts, InvoiceEnvironment environment, params InvoiceAction[] then) =>
        new(state, [new InvoiceEvent.Canceled(parts, environment.Now)], [.. Failing(parts), .. then]);

    private static ImmutableArray<InvoiceAction> Failing(ImmutableArray<FailedPart> parts) => [.. parts.Select(static p => new InvoiceAction.Fail(p.Part.Key, p.Failure))];

    private static InvoiceDecision Nothing(InvoiceState state) => new(state, [], []);

    private static InvoiceDecision Only(InvoiceState state, InvoiceAction action) => new(state, [], [action]);

    private static InvoiceDecision Refuse(InvoiceState state, LightningException error) => Only(state, InvoiceAction.Refuse.With(error));
}
