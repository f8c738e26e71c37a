using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Actions;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>Accepter: accept_channel was sent.</summary>
/// <param name="Outgoing">Adds refused so far.</param>
/// <param name="Agreed">What never changes.</param>
/// <param name="Open">The open_channel.</param>
/// <param name="Connection">The connection.</param>
public sealed record WaitForFundingCreated(OutgoingLedger Outgoing, ChannelParameters Agreed, OpenChannel Open, ChannelLink Connection) : OpeningState(Outgoing)
{
    /// <inheritdoc/>
    public override ChannelParameters Parameters => Agreed;

    /// <inheritdoc/>
    public override ChannelLink Link => Connection;

    private protected override ChannelId TemporaryId => Agreed.TemporaryId;

    private protected override ChannelState? AfterHere(ChannelEvent happened) =>
        happened is DurableEvent.FundingAccepted accepted ? WaitForFundingConfirmed.After(this, accepted) with { Transient = new TransientState { Link = Link } } : null;

    private protected override void OnMessage(Turn turn, LightningMessage message)
    {
        if (message is not FundingCreated created) return;
        var funding = new FundingOutput(created.FundingOutPoint, Open.Funding);
        var commitments = ChannelCommitments.Create(Agreed, funding, Open.Push, Open.Feerate, Open.FirstPerCommitmentPoint, created.Signature, Outgoing);
        if (!commitments.CurrentLocal(turn.Signer).VerifyCommitmentSignature(created.Signature))
        {
            Abort(turn, "The signature of funding_created is not valid.", tellPeer: true);
            return;
        }

        turn.Record(new DurableEvent.FundingAccepted(Agreed, funding, Open.Push, Open.Feerate, Open.FirstPerCommitmentPoint, created.Signature, turn.Environment.BlockHeight));
        turn.Act(new ChannelAction.AssignChannelId(TemporaryId, commitments.Id, funding.OutPoint));
        var remote = commitments.Remote(commitments.Latest, commitments.Latest.RemoteSpec, 0, commitments.RemotePoint);
        turn.Send(new FundingSigned(commitments.Id, turn.Signer.SignRemoteCommitment(remote).Commitment));
        Watching.Funding(turn, (FundedState)turn.State);
    }
}
