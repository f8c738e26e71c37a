using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Opening;
using Lightning.Channels.Parameters;
using Lightning.Channels.Transactions;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>Opener: open_channel was sent.</summary>
/// <param name="Outgoing">Adds refused so far.</param>
/// <param name="Open">What was asked for.</param>
/// <param name="Local">This node's parameters.</param>
/// <param name="Feerate">feerate_per_kw.</param>
public sealed record WaitForAccept(OutgoingLedger Outgoing, ChannelCommand.OpenAsInitiator Open, PartyParameters Local, FeeratePerKw Feerate) : OpeningState(Outgoing)
{
    /// <inheritdoc/>
    public override ChannelLink Link => new(LinkStatus.Online, Open.Connection, Open.Features);

    private protected override ChannelId TemporaryId => Open.TemporaryId;

    private protected override ChannelCommand Command => Open;

    private protected override ChannelState? AfterHere(ChannelEvent happened) => happened is TransientEvent.AcceptReceived accepted
        ? new WaitForFundingTransaction(
            Outgoing,
            new ChannelParameters(
                Open.Key, Open.KeyIndex, Open.Peer, IsInitiator: true, Open.Type, Open.Announce, Open.TemporaryId, Local, accepted.Remote, Open.ShutdownScript, Math.Max(1, accepted.MinimumDepth)),
            Open,
            Feerate,
            accepted.FirstPoint)
        : null;

    private protected override void OnMessage(Turn turn, LightningMessage message)
    {
        if (message is not AcceptChannel accept) return;
        if (OpeningRules.Violation(accept, Open, Local, turn.Config) is { } violation)
        {
            Abort(turn, violation, tellPeer: true);
            return;
        }

        var remote = OpeningTerms.Of(accept);
        turn.Record(new TransientEvent.AcceptReceived(remote, accept.MinimumDepth, accept.FirstPerCommitmentPoint));
        turn.Act(new ChannelAction.RequestFunding(ChannelFunding.ScriptPubKeyOf(Local.Basepoints.FundingPubKey, remote.Basepoints.FundingPubKey), Open.Amount, Open.FundingFeerate));
    }
}
