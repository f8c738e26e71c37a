using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Closing;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Fees;
using Lightning.Channels.Transactions;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>
/// Each side offers a closing transaction that it pays for, and signs the other's (option_simple_close, BOLT 2). The channel stays here until one of
/// them is confirmed: until then either side may offer a better one.
/// </summary>
/// <param name="Commitments">What is durable.</param>
/// <param name="Transient">What is in memory only.</param>
/// <param name="LocalScript">This node's latest script.</param>
/// <param name="RemoteScript">The peer's latest script.</param>
/// <param name="Feerate">What this node wants to pay; null for the estimate.</param>
/// <param name="Offer">The closing_complete that awaits its closing_sig; null for none.</param>
/// <param name="Ours">Of the closing transactions that both signed and this node pays for, the one that is published; null for none.</param>
/// <param name="Theirs">The same of those that the peer pays for.</param>
public sealed record NegotiatingSimple(
    ChannelCommitments Commitments,
    TransientState Transient,
    Script LocalScript,
    Script RemoteScript,
    FeeratePerKw? Feerate,
    ClosingOffer? Offer,
    Transaction? Ours,
    Transaction? Theirs) : FundedState(Commitments, Transient)
{
    private static readonly SimpleClosingVariant[] Variants = Enum.GetValues<SimpleClosingVariant>();

    /// <summary>What is published of the closing transactions that both signed: at most one of each side. Those that they replaced may be mined all the same.</summary>
    public EquatableArray<Transaction> Signed => (Ours, Theirs) switch
    {
        ({ } ours, { } theirs) => [theirs, ours],
        ({ } ours, null) => [ours],
        (null, { } theirs) => [theirs],
        _ => [],
    };

    internal override AddRefusal? AddsRefused => AddRefusal.Closing;

    // BOLT 2 makes a node sign what no one relays, too. A low fee or a lock time may pass one day; dust never does: it ends nothing, and must not keep a commitment back.
    internal override bool HasClosingTransaction => Signed.Items.Any(static transaction => !ClosingTransaction.HasDustIn(transaction));

    internal override bool HasNegotiated => true;

    // What this node pays for it can pay more for. Without money of its own, or a funding, there is nothing to wait for.
    private bool IsKeptWaiting =>
        Ours is null && Transient.MutualClose is null && !MayNeverBeFunded && Commitments.Latest.LocalSpec.ToLocal.ToSatoshi() >= Parameters.Local.DustLimit;

    /// <summary>Sends closing_complete, if this node's balance pays a fee.</summary>
    internal bool Propose(Turn turn, Script localScript, FeeratePerKw? feerate)
    {
        var balances = MutualClosing.Balances(Commitments, localScript, RemoteScript);
        var fee = MutualClosing.Feerate(feerate, turn.Environment).Fee(SimpleClosing.Weight(balances));
        var (ours, theirs) = (balances.Local.ToSatoshi(), balances.Remote.ToSatoshi());
        // Not without money for the fee, nor where nothing but dust would be left.
        if (fee > ours || (ours - fee < DustThreshold.Of(localScript) && theirs < DustThreshold.Of(RemoteScript))) return false;
        var offer = new ClosingOffer(localScript, RemoteScript, fee, turn.Environment.BlockHeight);
        turn.Record(new DurableEvent.ClosingCompleteSent(offer.LocalScript, offer.RemoteScript, offer.Fee, offer.LockTime));
        var message = new ClosingComplete(ChannelId, offer.LocalScript, offer.RemoteScript, offer.Fee, offer.LockTime);
        foreach (var variant in SimpleClosing.VariantsToSign(balances, fee))
        {
            var signature = turn.Signer.SignClosing(SimpleClosing.Build(Commitments.Latest.Funding, balances, CommitmentOwner.Local, variant, fee, offer.LockTime));
            message = variant switch
            {
                SimpleClosingVariant.CloserOutputOnly => message with { CloserOutputOnly = signature },
                SimpleClosingVariant.CloseeOutputOnly => message with { CloseeOutputOnly = signature },
                _ => message with { CloserAndCloseeOutputs = signature },
            };
        }

        turn.Send(message);
        return true;
    }

    internal override void Resume(Turn turn)
    {
        Watching.Funding(turn, this);
        Watching.Htlcs(turn, Commitments);
        foreach (var transaction in Signed) MutualClosing.Publish(turn, transaction);
    }

    private protected override ChannelState? AfterHere(ChannelEvent happened) => happened switch
    {
        DurableEvent.ClosingCompleteSent sent => this with
        {
            LocalScript = sent.LocalScript,
            Offer = new ClosingOffer(sent.LocalScript, sent.RemoteScript, sent.Fee, sent.LockTime),
        },
        DurableEvent.ClosingCompleteReceived received => this with { RemoteScript = received.RemoteScript, Theirs = MutualClosing.Better(Theirs, received.Transaction) },
        TransientEvent.ClosingSignedReceived received => this with { Transient = Transient with { ClosingFeeReceived = received.Fee } },
        DurableEvent.ClosingAgreed agreed => this with { Offer = null, Ours = MutualClosing.Better(Ours, agreed.Transaction) },
        DurableEvent.ShutdownReceived received => this with { RemoteScript = received.Script, Transient = Transient with { ShutdownReceived = true } },
        TransientEvent.NegotiationLasts lasts => this with { Transient = Transient with { NegotiatesSince = lasts.BlockHeight } },
        TransientEvent.ShutdownRepeated => this with { Transient = Transient with { ShutdownReceived = true } },
        _ => null,
    };

    private protected override void OnReestablished(Turn turn) => turn.Send(new Shutdown(ChannelId, LocalScript));

    private protected override void OnMessage(Turn turn, LightningMessage message)
    {
        switch (message)
        {
            case Shutdown shutdown:
                Receive(turn, shutdown);
                break;
            case ClosingComplete complete:
                Receive(turn, complete);
                break;
            case ClosingSig sig:
                Receive(turn, sig);
                break;
            case ChannelReady:
                // The funding was confirmed after the close began.
                break;
            default:
                Unexpected(turn, message);
                break;
        }
    }

    private protected override void OnCloseMutual(Turn turn, ChannelCommand.CloseMutual close)
    {
        var script = close.Script ?? LocalScript;
        if (!Link.IsOnline) turn.Refuse(close, CommandRefusal.Offline, "There is no connection to the peer.");
        else if (Offer is not null) turn.Refuse(close, CommandRefusal.WrongState, "The peer has not answered the last closing_complete.");
        else if (MutualClosing.ScriptViolation(this, script) is { } violation) turn.Refuse(close, CommandRefusal.Invalid, violation);
        else if (!Propose(turn, script, close.Feerate)) turn.Refuse(close, CommandRefusal.InsufficientBalance, "The balance does not pay the fee.");
        else turn.Record(new TransientEvent.CommandHeld(close));
    }

    private protected override void OnFundingSpent(Turn turn, ChannelCommand.FundingSpent spent)
    {
        if (!MutualClosing.FundingSpent(turn, this, spent)) base.OnFundingSpent(turn, spent);
    }

    private protected override void OnSpendUndone(Turn turn, ChannelCommand.SpendUndone undone) => MutualClosing.SpendUndone(turn, this, undone, Signed);

    // A peer that does not sign what this node pays for, and pays too little itself, must not keep the money locked up.
    private protected override void OnBlock(Turn turn)
    {
        if (MutualClosing.Finish(turn) || !IsKeptWaiting || turn.Environment.Guarded) return;
        if (Transient.NegotiatesSince is not { } since) turn.Record(new TransientEvent.NegotiationLasts(turn.Environment.BlockHeight));
        else if (turn.Environment.BlockHeight >= since + turn.Config.ClosingTimeout)
            ForceClosing.Start(turn, this, CloseReason.ProtocolViolation, $"No closing transaction was confirmed within {turn.Config.ClosingTimeout} blocks.", sendError: true);
    }

    private protected override void OnFunded(Turn turn)
    {
        foreach (var transaction in Signed) MutualClosing.Publish(turn, transaction);
    }

    // Once on each connection: the scripts are known again, and what was not answered is offered again.
    private void Receive(Turn turn, Shutdown shutdown)
    {
        if (Transient.ShutdownReceived)
        {
            // The next script is for closing_complete to name, or for the next connection.
            if (shutdown.ScriptPubKey != RemoteScript) Warn(turn, "A second shutdown with another script.");
            return;
        }

        if (MutualClosing.Refused(this, shutdown.ScriptPubKey) is { } reason)
        {
            Warn(turn, reason);
            return;
        }

        if (shutdown.ScriptPubKey == RemoteScript) turn.Record(new TransientEvent.ShutdownRepeated());
        else turn.Record(new DurableEvent.ShutdownReceived(shutdown.ScriptPubKey));
        if (Offer is not null || !HasClosingTransaction) ((NegotiatingSimple)turn.State).Propose(turn, LocalScript, Feerate);
    }

    private void Receive(Turn turn, ClosingComplete message)
    {
        if (Violation(message) is { } reason)
        {
            Warn(turn, reason);
            return;
        }

        var balances = MutualClosing.Balances(Commitments, LocalScript, message.CloserScript);
        var variant = SimpleClosing.VariantToUse(balances, message.Fee, message.CloserAndCloseeOutputs is not null);
        var closing = SimpleClosing.Build(Commitments.Latest.Funding, balances, CommitmentOwner.Remote, variant, message.Fee, message.LockTime);
        if (SignatureOf(variant, message.CloserOutputOnly, message.CloseeOutputOnly, message.CloserAndCloseeOutputs) is not { } theirs)
        {
            Warn(turn, $"closing_complete without a signature for {variant}.");
            return;
        }

        if (!closing.VerifyRemote(theirs))
        {
            Warn(turn, $"closing_complete with a signature for {variant} that is not valid.");
            return;
        }

        // Again, after a reconnection or for fun: it is signed, and durable.
        var isKnown = closing.TxId == Theirs?.TxId && message.CloserScript == RemoteScript;
        var isReplaced = Theirs is { } before && !ClosingTransaction.HasDustIn(before);
        if (!isKnown && isReplaced && Transient.ClosingFeeReceived is { } last && message.Fee <= last)
        {
            Warn(turn, $"closing_complete with a fee of {message.Fee}: a replacement pays more than {last}.");
            return;
        }

        if (!isKnown && !MutualClosing.MaySign(turn, this))
        {
            Warn(turn, MutualClosing.TooMany);
            return;
        }

        var ours = turn.Signer.SignClosing(closing);
        if (!isKnown)
        {
            turn.Record(new DurableEvent.ClosingCompleteReceived(message.CloserScript, closing.WithSignatures(ours, theirs)));
            turn.Record(new TransientEvent.ClosingSignedReceived(message.Fee));
            turn.Record(new TransientEvent.ClosingCounted(turn.Environment.BlockHeight));
        }

        var answer = new ClosingSig(ChannelId, message.CloserScript, message.CloseeScript, message.Fee, message.LockTime);
        turn.Send(variant switch
        {
            SimpleClosingVariant.CloserOutputOnly => answer with { CloserOutputOnly = ours },
            SimpleClosingVariant.CloseeOutputOnly => answer with { CloseeOutputOnly = ours },
            _ => answer with { CloserAndCloseeOutputs = ours },
        });
        MutualClosing.Replace(turn, Theirs, ((NegotiatingSimple)turn.State).Theirs!);
    }

    private string? Violation(ClosingComplete message)
    {
        var balance = Commitments.Latest.LocalSpec.ToRemote.ToSatoshi();
        if (message.Fee < Satoshi.Zero || message.Fee > balance) return $"closing_complete with a fee of {message.Fee}, where the closer has {balance}.";
        // Both changed their scripts at once: a new connection tells both the latest ones.
        if (message.CloseeScript != LocalScript) return "closing_complete with another script than this node's latest.";
        if (MutualClosing.Refused(this, message.CloserScript) is { } reason) return reason;
        // No one would relay it, and it would stand in the way of a commitment.
        var isDust = balance - message.Fee < DustThreshold.Of(message.CloserScript) && Commitments.Latest.LocalSpec.ToLocal.ToSatoshi() < DustThreshold.Of(LocalScript);
        return isDust ? "closing_complete leaves nothing but dust." : null;
    }

    private void Receive(Turn turn, ClosingSig message)
    {
        // An answer to an offer that a newer one replaced, or of an earlier connection.
        if (Offer is not { } offer) return;
        if (Difference(message, offer) is { } field)
        {
            Warn(turn, $"closing_sig with another {field} than the last closing_complete.");
            return;
        }

        var signatures = Variants.Where(variant => SignatureOf(variant, message.CloserOutputOnly, message.CloseeOutputOnly, message.CloserAndCloseeOutputs) is not null).ToList();
        if (signatures is not [var one])
        {
            Warn(turn, $"closing_sig with {signatures.Count} signatures in place of one.");
            return;
        }

        var balances = MutualClosing.Balances(Commitments, offer.LocalScript, offer.RemoteScript);
        if (!SimpleClosing.VariantsToSign(balances, offer.Fee).Contains(one))
        {
            Warn(turn, $"closing_sig with a signature for {one}, which closing_complete did not have.");
            return;
        }

        var signed = SimpleClosing.Build(Commitments.Latest.Funding, balances, CommitmentOwner.Local, one, offer.Fee, offer.LockTime);
        var signature = SignatureOf(one, message.CloserOutputOnly, message.CloseeOutputOnly, message.CloserAndCloseeOutputs)!.Value;
        if (!signed.VerifyRemote(signature))
        {
            Warn(turn, $"closing_sig with a signature for {one} that is not valid.");
            return;
        }

        var transaction = signed.WithSignatures(turn.Signer.SignClosing(signed), signature);
        turn.Record(new DurableEvent.ClosingAgreed(transaction));
        MutualClosing.Replace(turn, Ours, ((NegotiatingSimple)turn.State).Ours!);
        if (Transient.Command is not { } command) return;
        turn.Record(new TransientEvent.CommandHeld(null));
        turn.Done(command);
    }

    // The field of closing_sig that does not repeat the offer; null where all do.
    private static string? Difference(ClosingSig message, ClosingOffer offer)
    {
        if (message.CloserScript != offer.LocalScript) return "closer_scriptpubkey";
        if (message.CloseeScript != offer.RemoteScript) return "closee_scriptpubkey";
        if (message.Fee != offer.Fee) return "fee_satoshis";
        return message.LockTime == offer.LockTime ? null : "locktime";
    }

    private static EcdsaSignature? SignatureOf(SimpleClosingVariant variant, EcdsaSignature? closerOnly, EcdsaSignature? closeeOnly, EcdsaSignature? both) => variant switch
    {
        SimpleClosingVariant.CloserOutputOnly => closerOnly,
        SimpleClosingVariant.CloseeOutputOnly => closeeOnly,
        _ => both,
    };
}
