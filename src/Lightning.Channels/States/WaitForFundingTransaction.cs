using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.Transactions;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>Opener: the terms are agreed, the wallet makes the funding transaction.</summary>
/// <param name="Outgoing">Adds refused so far.</param>
/// <param name="Agreed">What never changes.</param>
/// <param name="Open">What was asked for.</param>
/// <param name="Feerate">feerate_per_kw.</param>
/// <param name="RemoteFirstPoint">first_per_commitment_point of the peer.</param>
public sealed record WaitForFundingTransaction(
    OutgoingLedger Outgoing,
    ChannelParameters Agreed,
    ChannelCommand.OpenAsInitiator Open,
    FeeratePerKw Feerate,
    PubKey RemoteFirstPoint) : OpeningState(Outgoing)
{
    /// <inheritdoc/>
    public override ChannelParameters Parameters => Agreed;

    /// <inheritdoc/>
    public override ChannelLink Link => new(LinkStatus.Online, Open.Connection, Open.Features);

    private protected override ChannelId TemporaryId => Open.TemporaryId;

    private protected override ChannelCommand Command => Open;

    private protected override ChannelState? AfterHere(ChannelEvent happened) =>
        happened is DurableEvent.FundingCreated created ? WaitForFundingSigned.After(this, created) with { Transient = new TransientState { Link = Link, Command = Open } } : null;

    private protected override bool HandleHere(Turn turn, ChannelCommand command)
    {
        switch (command)
        {
            case ChannelCommand.FundingMade made:
                Fund(turn, made.Transaction, made.OutputIndex);
                return true;
            case ChannelCommand.FundingFailed failed:
                turn.Send(new Error(TemporaryId, "The channel cannot be funded."));
                Abort(turn, failed.Reason, tellPeer: false, failed.LacksCoins ? CommandRefusal.InsufficientBalance : CommandRefusal.WrongState);
                return true;
            default:
                return base.HandleHere(turn, command);
        }
    }

    // Nothing is expected of the peer before funding_created.
    private protected override void OnMessage(Turn turn, LightningMessage message)
    {
    }

    private void Fund(Turn turn, Transaction transaction, ushort index)
    {
        var script = ChannelFunding.ScriptPubKeyOf(Agreed.Local.Basepoints.FundingPubKey, Agreed.Remote.Basepoints.FundingPubKey);
        if (index >= transaction.Outputs.Length || transaction.Outputs[index] != new TxOut(Open.Amount, script))
        {
            turn.Act(new ChannelAction.ReleaseFunding(transaction));
            Abort(turn, "The wallet's transaction does not pay the funding output.", tellPeer: true);
            return;
        }

        turn.Record(new DurableEvent.FundingCreated(
            Agreed, new FundingOutput(new OutPoint(transaction.TxId, index), Open.Amount), Open.Push, Feerate, RemoteFirstPoint, transaction, turn.Environment.BlockHeight));
        var commitments = ((FundedState)turn.State).Commitments;
        turn.Act(new ChannelAction.AssignChannelId(TemporaryId, commitments.Id, commitments.Latest.Funding.OutPoint));
        var remote = commitments.Remote(commitments.Latest, commitments.Latest.RemoteSpec, 0, commitments.RemotePoint);
        turn.Send(new FundingCreated(TemporaryId, transaction.TxId, index, turn.Signer.SignRemoteCommitment(remote).Commitment));
    }
}
