using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Closing;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>
/// The fee of the closing transaction is negotiated with closing_signed (BOLT 2 "Legacy Closing Negotiation"). The channel stays here until a closing
/// transaction is confirmed: a peer that missed the last message begins anew after a reconnection.
/// </summary>
/// <param name="Commitments">What is durable.</param>
/// <param name="Transient">What is in memory only.</param>
/// <param name="LocalScript">This node's script.</param>
/// <param name="RemoteScript">The peer's script.</param>
/// <param name="Feerate">What this node wants to pay; null for the estimate.</param>
/// <param name="Signed">Of the closing transactions that both signed, the one that is published: the one that pays most. The others may be mined all the same. Empty for none.</param>
public sealed record Negotiating(
    ChannelCommitments Commitments,
    TransientState Transient,
    Script LocalScript,
    Script RemoteScript,
    FeeratePerKw? Feerate,
    EquatableArray<Transaction> Signed) : FundedState(Commitments, Transient)
{
    internal override AddRefusal? AddsRefused => AddRefusal.Closing;

    internal override bool HasClosingTransaction => !Signed.IsEmpty;

    internal override bool HasNegotiated => true;

    private Transaction? Published => Signed is [var one, ..] ? one : null;

    private ClosingBalances Balances => MutualClosing.Balances(Commitments, LocalScript, RemoteScript);

    private Satoshi OpenerBalance => (Parameters.IsInitiator ? Balances.Local : Balances.Remote).ToSatoshi();

    /// <summary>The opener makes the first offer, on each connection.</summary>
    internal void Start(Turn turn)
    {
        if (Parameters.IsInitiator) Offer(turn, Ideal(turn.Environment));
    }

    internal override void Resume(Turn turn)
    {
        Watching.Funding(turn, this);
        Watching.Htlcs(turn, Commitments);
        foreach (var transaction in Signed) MutualClosing.Publish(turn, transaction);
    }

    private protected override ChannelState? AfterHere(ChannelEvent happened) => happened switch
    {
        DurableEvent.ClosingSignedSent sent => this with { Transient = Transient with { ClosingFeeSent = sent.Fee } },
        TransientEvent.ClosingSignedReceived received => this with { Transient = Transient with { ClosingFeeReceived = received.Fee } },
        TransientEvent.NegotiationLasts lasts => this with { Transient = Transient with { NegotiatesSince = lasts.BlockHeight } },
        DurableEvent.ClosingAgreed agreed => this with { Signed = [MutualClosing.Better(Published, agreed.Transaction)] },
        DurableEvent.ShutdownReceived received => this with { RemoteScript = received.Script },
        _ => null,
    };

    private protected override void OnReestablished(Turn turn)
    {
        turn.Send(new Shutdown(ChannelId, LocalScript));
        Start(turn);
    }

    private protected override void OnMessage(Turn turn, LightningMessage message)
    {
        switch (message)
        {
            case Shutdown shutdown when shutdown.ScriptPubKey == RemoteScript:
                break;
            case ClosingSigned signed:
                Receive(turn, signed);
                break;
            case ChannelReady:
                // The funding was confirmed after the close began.
                break;
            default:
                Unexpected(turn, message);
                break;
        }
    }

    private protected override void OnFundingSpent(Turn turn, ChannelCommand.FundingSpent spent)
    {
        if (!MutualClosing.FundingSpent(turn, this, spent)) base.OnFundingSpent(turn, spent);
    }

    private protected override void OnSpendUndone(Turn turn, ChannelCommand.SpendUndone undone) => MutualClosing.SpendUndone(turn, this, undone, Signed);

    private protected override void OnFunded(Turn turn)
    {
        foreach (var transaction in Signed) MutualClosing.Publish(turn, transaction);
    }

    // A peer that does not come to terms must not keep the money locked up.
    private protected override void OnBlock(Turn turn)
    {
        if (MutualClosing.Finish(turn) || HasClosingTransaction || turn.Environment.Guarded) return;
        if (Transient.NegotiatesSince is not { } since) turn.Record(new TransientEvent.NegotiationLasts(turn.Environment.BlockHeight));
        else if (turn.Environment.BlockHeight >= since + turn.Config.ClosingTimeout)
            ForceClosing.Start(turn, this, CloseReason.ProtocolViolation, $"No fee for the closing transaction was agreed on within {turn.Config.ClosingTimeout} blocks.", sendError: true);
    }

    // What the opener may pay. Only the opener has a reason for an upper limit: what was asked for, or else what an urgent transaction would cost.
    private FeeRange Range(ChannelEnvironment environment)
    {
        var weight = LegacyClosing.Weight(Balances);
        var minimum = Satoshi.Min(environment.Fees.Minimum.Fee(weight), OpenerBalance);
        var maximum = !Parameters.IsInitiator ? OpenerBalance
            : Feerate is null ? Satoshi.Max(environment.Fees.Urgent.Fee(weight), Ideal(environment))
            : Ideal(environment);
        return new FeeRange(minimum, Satoshi.Max(minimum, Satoshi.Min(maximum, OpenerBalance)));
    }

    private Satoshi Ideal(ChannelEnvironment environment) => Satoshi.Min(MutualClosing.Feerate(Feerate, environment).Fee(LegacyClosing.Weight(Balances)), OpenerBalance);

    private void Offer(Turn turn, Satoshi fee)
    {
        if (!TryBuild(fee, out var closing)) return;
        turn.Record(new DurableEvent.ClosingSignedSent(fee));
        turn.Send(new ClosingSigned(ChannelId, fee, turn.Signer.SignClosing(closing)) { FeeRange = Range(turn.Environment) });
    }

    private bool TryBuild(Satoshi fee, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ClosingTransaction? closing)
    {
        closing = null;
        var (local, remote) = (Balances.Local.ToSatoshi(), Balances.Remote.ToSatoshi());
        var dust = Parameters.Local.DustLimit;
        // A fee that leaves no output, or a balance that pays none: only the commitment can end the channel.
        if (Satoshi.Max(Parameters.IsInitiator ? local - fee : local, Parameters.IsInitiator ? remote : remote - fee) < dust) return false;
        closing = LegacyClosing.Build(Commitments.Latest.Funding, Balances, Parameters.IsInitiator, fee, dust);
        return true;
    }

    private void Receive(Turn turn, ClosingSigned message)
    {
        var fee = message.Fee;
        if (!LegacyClosing.TryMatch(
            Commitments.Latest.Funding, Balances, Parameters.IsInitiator, fee, Parameters.Local.DustLimit, Parameters.Remote.DustLimit, message.Signature, out var closing))
        {
            // Signed with what no one relays, it would never be confirmed: BOLT 2 ends such a channel by a commitment.
            if (LegacyClosing.TryMatch(Commitments.Latest.Funding, Balances, Parameters.IsInitiator, fee, Satoshi.Zero, Satoshi.Zero, message.Signature, out var dusty) && dusty.HasDust)
                Fail(turn, "closing_signed for a transaction with dust.");
            else Warn(turn, $"closing_signed with a fee of {fee} and a signature that does not fit.");
            return;
        }

        var range = Range(turn.Environment);
        var sent = Transient.ClosingFeeSent;
        if (sent == fee)
        {
            Agree(turn, closing, message);
            return;
        }

        if (message.FeeRange is { } theirs)
        {
            var (low, high) = (Satoshi.Max(range.Minimum, theirs.Minimum), Satoshi.Min(range.Maximum, theirs.Maximum));
            if (low > high)
            {
                turn.Send(new Warning(ChannelId, $"The closing fees {theirs.Minimum} to {theirs.Maximum} and {range.Minimum} to {range.Maximum} have nothing in common."));
                return;
            }

            if (fee >= low && fee <= high) AgreeAndAnswer(turn, closing, message);
            else if (!Parameters.IsInitiator && sent is null) Offer(turn, Satoshi.Max(low, Satoshi.Min(fee, high)));
            else Fail(turn, $"closing_signed with a fee of {fee}, outside of {low} to {high}.");
            return;
        }

        // Without ranges both come nearer, step by step.
        if (fee >= range.Minimum && fee <= range.Maximum)
        {
            AgreeAndAnswer(turn, closing, message);
            return;
        }

        var mine = sent ?? Ideal(turn.Environment);
        if (Transient.ClosingFeeReceived is { } last && !IsBetween(fee, mine, last))
        {
            Warn(turn, $"closing_signed with a fee of {fee}, not between {last} and {mine}.");
            return;
        }

        turn.Record(new TransientEvent.ClosingSignedReceived(fee));
        var middle = new Satoshi((mine.Value + fee.Value) / 2);
        if (middle == mine || middle == fee) AgreeAndAnswer(turn, closing, message);
        else Offer(turn, middle);
    }

    // Once both have signed a closing transaction the channel ends by it: a commitment would only compete with it.
    private void Fail(Turn turn, string detail)
    {
        if (HasClosingTransaction) Warn(turn, detail);
        else ForceClosing.Start(turn, this, CloseReason.ProtocolViolation, detail, sendError: true);
    }

    private static bool IsBetween(Satoshi fee, Satoshi mine, Satoshi last) => mine < last ? fee > mine && fee < last : fee < mine && fee > last;

    private void AgreeAndAnswer(Turn turn, ClosingTransaction closing, ClosingSigned message)
    {
        if (!Agree(turn, closing, message)) return;
        // This node's signature is for the transaction as it builds it: its own output is in it unless it is dust to this node.
        if (!((Negotiating)turn.State).TryBuild(message.Fee, out var mine)) return;
        turn.Send(new ClosingSigned(ChannelId, message.Fee, turn.Signer.SignClosing(mine)) { FeeRange = Range(turn.Environment) });
    }

    // False where the peer asks for too many.
    private bool Agree(Turn turn, ClosingTransaction closing, ClosingSigned message)
    {
        // Again, after a reconnection: it is durable, and published.
        if (closing.TxId == Published?.TxId) return true;
        if (!MutualClosing.MaySign(turn, this))
        {
            Warn(turn, MutualClosing.TooMany);
            return false;
        }

        turn.Record(new DurableEvent.ClosingAgreed(closing.WithSignatures(turn.Signer.SignClosing(closing), message.Signature)));
        turn.Record(new TransientEvent.ClosingCounted(turn.Environment.BlockHeight));
        MutualClosing.Replace(turn, Published, ((Negotiating)turn.State).Signed[0]);
        if (Transient.Command is not { } command) return true;
        turn.Record(new TransientEvent.CommandHeld(null));
        turn.Done(command);
        return true;
    }
}
