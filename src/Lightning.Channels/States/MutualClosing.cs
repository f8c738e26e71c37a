using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Closing;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.OnChain;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>shutdown, and what both ways to negotiate a closing transaction share (BOLT 2 "Channel Close").</summary>
internal static class MutualClosing
{
    // Whoever raises the fee does it a few times; each closing transaction costs this node a write.
    private const int SignedPerBlock = 10;

    /// <summary>Begins a mutual close.</summary>
    public static void Begin(Turn turn, FundedState state, ChannelCommand.CloseMutual close)
    {
        if (!state.Link.IsOnline)
        {
            turn.Refuse(close, CommandRefusal.Offline, "There is no connection to the peer.");
            return;
        }

        var script = close.Script ?? state.Parameters.ShutdownScript;
        if (ScriptViolation(state, script) is { } violation)
        {
            turn.Refuse(close, CommandRefusal.Invalid, violation);
            return;
        }

        SendShutdown(turn, state, script, close.Feerate);
        turn.Record(new TransientEvent.CommandHeld(close));
    }

    /// <summary>Why this node may not close to a script; null where it may.</summary>
    public static string? ScriptViolation(FundedState state, Script script)
    {
        if (state.Parameters.Local.UpfrontShutdownScript is { } promised && promised != script) return "At its opening the channel was bound to another script.";
        return IsAllowed(state, script) ? null : "The peer does not take a script of this form.";
    }

    /// <summary>Whether a shutdown may name the script.</summary>
    public static bool IsAllowed(FundedState state, Script script) =>
        ShutdownScript.IsStandard(script, state.Link.Has(ChannelFeatures.ShutdownAnySegwit), state.Link.Has(ChannelFeatures.SimpleClose));

    /// <summary>Sends shutdown. Adds that wait to be sent are refused: none may follow it.</summary>
    public static void SendShutdown(Turn turn, FundedState state, Script script, FeeratePerKw? feerate)
    {
        HtlcCommands.RefuseProposedAdds(turn, state, AddRefusal.Closing);
        turn.Record(new DurableEvent.ShutdownSent(script, feerate));
        turn.Send(new Shutdown(state.ChannelId, script));
        turn.Act(new ChannelAction.ReportClosing());
    }

    /// <summary>The peer's shutdown; this node's follows at the end of the decision, if it was not sent before.</summary>
    public static void ReceiveShutdown(Turn turn, FundedState state, Shutdown shutdown)
    {
        if (Refused(state, shutdown.ScriptPubKey) is { } reason)
        {
            state.Warn(turn, reason);
            return;
        }

        if (!state.Transient.Received.IsEmpty && state.Transient.Received.Items.Any(static update => update is CommitmentUpdate.AddHtlc))
        {
            state.Warn(turn, "shutdown while an update_add_htlc waits for its commitment_signed.");
            return;
        }

        // Again after a reconnection. Another script than the first is for closing_complete to name, once it is negotiated.
        if (state is ShuttingDown { RemoteScript: { } known })
        {
            if (known != shutdown.ScriptPubKey) state.Warn(turn, "A second shutdown with another script.");
            return;
        }

        HtlcCommands.RefuseProposedAdds(turn, state, AddRefusal.Closing);
        turn.Record(new DurableEvent.ShutdownReceived(shutdown.ScriptPubKey));
    }

    /// <summary>What is wrong with a script of the peer; null where nothing is.</summary>
    public static string? Refused(FundedState state, Script script)
    {
        if (state.Parameters.Remote.UpfrontShutdownScript is { } promised && promised != script) return "The shutdown script is not the one of the opening.";
        return IsAllowed(state, script) ? null : "The shutdown script is of no allowed form.";
    }

    /// <summary>What a closing transaction divides.</summary>
    public static ClosingBalances Balances(ChannelCommitments commitments, Script local, Script remote) =>
        new(commitments.Latest.LocalSpec.ToLocal, local, commitments.Latest.LocalSpec.ToRemote, remote);

    /// <summary>The feerate for a closing transaction.</summary>
    public static FeeratePerKw Feerate(FeeratePerKw? wanted, ChannelEnvironment environment)
    {
        var feerate = wanted ?? environment.Fees.MutualClose;
        return feerate < environment.Fees.Minimum ? environment.Fees.Minimum : feerate;
    }

    /// <summary>Which of two closing transactions of one side, both signed by both, is published: the one that pays more, or else the newer. The other may be mined all the same.</summary>
    /// <param name="known">What was published so far; null for none.</param>
    /// <param name="next">The newer one.</param>
    public static Transaction Better(Transaction? known, Transaction next)
    {
        if (known is null) return next;
        var isDusty = ClosingTransaction.HasDustIn(next);
        if (isDusty != ClosingTransaction.HasDustIn(known)) return isDusty ? known : next;
        return Kept(next) <= Kept(known) ? next : known;

        // What is not paid for fees.
        static long Kept(Transaction transaction) => transaction.Outputs.Sum(static output => output.Value.Value);
    }

    /// <summary>Whether this node signs another closing transaction now: a peer may ask for as many as it likes.</summary>
    public static bool MaySign(Turn turn, FundedState state) =>
        state.Transient.ClosingsAt != turn.Environment.BlockHeight || state.Transient.ClosingsSigned < SignedPerBlock;

    /// <summary>What to tell a peer for which <see cref="MaySign"/> is false.</summary>
    public static string TooMany => $"More than {SignedPerBlock} closing transactions within a block.";

    /// <summary>Publishes a closing transaction in place of what was published before it.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="before">What it was; null for none.</param>
    /// <param name="now">What it is.</param>
    public static void Replace(Turn turn, Transaction? before, Transaction now)
    {
        if (before?.TxId == now.TxId) return;
        if (before is not null) turn.Act(new ChannelAction.StopPublishing(before.TxId));
        Publish(turn, now);
    }

    /// <summary>
    /// Publishes a closing transaction, unless nobody has seen what it spends; that it is mined shows in the spend of the funding output, which is watched.
    /// </summary>
    public static void Publish(Turn turn, Transaction transaction)
    {
        if (turn.State is not FundedState { MayNeverBeFunded: true }) turn.Act(new ChannelAction.Publish(transaction, TransactionPurpose.MutualClose));
    }

    /// <summary>A transaction in a block spends the funding output while a mutual close is negotiated.</summary>
    /// <returns>Whether it is a mutual close.</returns>
    public static bool FundingSpent(Turn turn, FundedState state, ChannelCommand.FundingSpent spent)
    {
        if (!ForceClosing.SpendsFunding(state, spent.Transaction) || ForceClosing.Identify(state, spent.Transaction, turn.Signer).Kind != SpendKind.Mutual) return false;
        turn.Record(new TransientEvent.ClosingMined(new MinedSpend(spent.Transaction, spent.BlockHeight)));
        Finish(turn);
        return true;
    }

    /// <summary>A spend of the funding output is undone: whichever closing transaction is mined instead counts.</summary>
    public static void SpendUndone(Turn turn, FundedState state, ChannelCommand.SpendUndone undone, EquatableArray<Transaction> signed)
    {
        if (state.Transient.MutualClose is not { } mined || state.Commitments.Latest.Funding.OutPoint != undone.Output) return;
        if (undone.Spender != mined.Transaction.TxId) return;
        turn.Record(new TransientEvent.ClosingMined(null));
        foreach (var transaction in signed) Publish(turn, transaction);
    }

    /// <summary>Once a closing transaction is deep enough the channel is over.</summary>
    /// <returns>Whether it is.</returns>
    public static bool Finish(Turn turn)
    {
        if (turn.State is not FundedState { Transient.MutualClose: { } mined } state || !ChainView.IsFinal(mined.BlockHeight, turn.Environment)) return false;
        var command = state.Transient.Command;
        turn.Record(new DurableEvent.ChannelClosed(CloseReason.Mutual, mined.Transaction, mined.BlockHeight, turn.Environment.BlockHeight));
        if (command is not null) turn.Done(command);
        turn.Act(new ChannelAction.ReportClosed(CloseReason.Mutual));
        return true;
    }
}
