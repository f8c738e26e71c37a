using Lightning.Actors.Channels;
using Lightning.Actors.Hosting;
using Lightning.Actors.Invoices;
using Lightning.Actors.Wallet;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Parameters;
using Lightning.Channels.Signing;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.TestKit.Guards;

/// <summary>
/// Watches one node for the first rule that guards money: nothing leaves a channel, a payment or an invoice before the write that causes it. It follows the journal event
/// by event, and looks at each thing that they do, at the moment they do it, with what was durable by then. Not watched are what shows nothing that a write causes (watches of the
/// chain, disconnections, refusals of an operator's commands, warnings), what a channel tells its own node of being ready or closing, and the lists, which are made of the journal.
/// </summary>
internal sealed partial class DurabilityGuard(NodeKeys keys, TimeProvider time, Action<string> violated, Func<LocalChannelKey, bool> isBackedUp)
{
    private readonly Dictionary<ulong, LocalChannelSigner> _signers = [];

    /// <summary>An entity is sent something by another one.</summary>
    public void Sent(object message)
    {
        switch (message)
        {
            case SettlePart settle when _invoices.GetValueOrDefault(settle.Preimage.Hash)?.Status != InvoiceStatus.Settled:
                violated($"the invoice {settle.Preimage.Hash} settles a part, before it is durable");
                break;
            case FailPart fail when IncomingOf(fail) is { } part && !IsSentBack(part.Htlc.PaymentHash, fail):
                violated($"the invoice {part.Htlc.PaymentHash} sends a part back, before it is durable");
                break;
            case ChannelRequest { Command: ChannelCommand.AddHtlc { Origin: HtlcOrigin.Local origin } } when !_parts.Contains(origin):
                violated($"the payment {origin.Payment} sends a part, before it is durable");
                break;
            case ChannelRequest { Command: ChannelCommand.AddHtlc { Origin: HtlcOrigin.Relayed origin } } request
                when DurableState(origin.Channel) is FundedState state && state.Commitments.Incoming.TryGetValue(origin.HtlcId, out var incoming) && incoming.Forward != request.Channel:
                violated($"channel {origin.Channel} forwards HTLC {origin.HtlcId}, before it is durable where to");
                break;
            case ChannelRequest { Command: ChannelCommand.ClaimFunded funded } request when !_wallet.Claims.ContainsKey(new LockId(request.Channel, funded.Number)):
                violated($"the wallet gives channel {request.Channel} coins for claim {funded.Number}, before they are locked");
                break;
        }
    }

    /// <summary>A channel is about to do something.</summary>
    public void Performing(LocalChannelKey key, ChannelAction action)
    {
        var problem = action switch
        {
            ChannelAction.Send send => Problem(key, send.Message),
            ChannelAction.Publish publish => Problem(DurableState(key), publish),
            ChannelAction.FundClaim fund => Problem(DurableState(key), fund),
            ChannelAction.ReleaseClaimCoins release => Problem(DurableState(key), release),
            ChannelAction.RequestSweepScript => DurableState(key) is Closing ? null : "asks where its money goes",
            ChannelAction.CommandDone done => Problem(DurableState(key), done.Command),
            ChannelAction.ReleaseFunding release => Problem(DurableState(key), release),
            ChannelAction.ReportClosed => DurableState(key) is Closed ? null : "is over",
            // Perhaps only for the rest of the decision.
            ChannelAction.ReportReopened => _reopened.Contains(ChannelActor.PersistenceIdOf(key)) ? null : "is open again",
            ChannelAction.ReportForgotten => DurableState(key) is Closed ? null : "is forgotten",
            ChannelAction.HtlcReceived received => DurableState(key) is FundedState state && IsReceived(state, received.Htlc.Id) ? null : "offers a part that is not irrevocably received",
            ChannelAction.HtlcAccepted accepted => DurableState(key) is FundedState state && state.Commitments.Outgoing.Find(accepted.Origin) is not null ? null : "accepts an HTLC that is in no commitment",
            ChannelAction.HtlcRefused refused => DurableState(key) is FundedState state && state.Commitments.Outgoing.Find(refused.Origin)?.Result is HtlcResult.Refused ? null : "refuses an HTLC",
            ChannelAction.ForwardFixed fixedTo => DurableState(key) is FundedState state && state.Commitments.Incoming.TryGetValue(fixedTo.HtlcId, out var htlc) && htlc.Forward != fixedTo.Outgoing ? "fixes a forward" : null,
            ChannelAction.SettlementAccepted accepted => DurableState(key) is FundedState state && !state.Commitments.Incoming.ContainsKey(accepted.HtlcId) ? null : "accepts a settlement",
            // But for those whose incoming HTLC is about to expire: that they failed is an event by itself.
            ChannelAction.HtlcFailed failed => DurableState(key) is OperatingState state && state.Commitments.Outgoing.Find(failed.Origin) is { HtlcId: { } id, Result: not HtlcResult.Failed { Failure: HtlcFailure.OnChain } } && IsCommitted(state.Commitments, id)
                ? "tells of a failure while a commitment still has the HTLC"
                : null,
            _ => null,
        };
        if (problem is not null) violated($"channel {key} {problem}, before it is durable: {Actors.Charts.Describe.Action(action)}");
    }

    private string? Problem(LocalChannelKey key, LightningMessage message)
    {
        if (DurableState(key) is not FundedState { Commitments: var commitments } state)
            return message is Protocol.Messages.FundingCreated or FundingSigned or CommitmentSigned or RevokeAndAck or ChannelReestablish or ChannelReady or Shutdown or ClosingSigned or ClosingComplete or ClosingSig ? "sends what commits it" : null;
        var channel = ChannelActor.PersistenceIdOf(key);
        return message switch
        {
            Protocol.Messages.FundingCreated created => Commits(key, commitments) ?? (created.FundingOutPoint == commitments.Latest.Funding.OutPoint ? LacksCoins(key, created) : "funds another output"),
            FundingSigned => Commits(key, commitments),
            CommitmentSigned signed => IsOurs(commitments, signed) ? null : "signs a commitment",
            RevokeAndAck revocation => IsRevoked(commitments, revocation) ? null : "reveals a secret",
            UpdateAddHtlc add => commitments.LocalSigned.Items.Any(update => update is CommitmentUpdate.AddHtlc one && one.Id == add.Id) ? null : "offers an HTLC",
            UpdateFulfillHtlc fulfill => Removes(commitments, fulfill.Id) is not { } removal ? "reveals a preimage" : removal is CommitmentUpdate.FulfillHtlc one && IsUnsettledInvoice(one) ? "reveals the preimage of an invoice that is not settled" : null,
            IHtlcRemovalMessage removal => Removes(commitments, removal.Id) is not null ? null : "fails an HTLC",
            UpdateFee => commitments.LocalSigned.Items.Any(static update => update is CommitmentUpdate.Fee) ? null : "changes the feerate",
            ChannelReestablish reestablish => reestablish.NextCommitmentNumber == commitments.LocalNumber + 1 && reestablish.NextRevocationNumber == commitments.RemoteNumber ? null : "shows other numbers than it has",
            ChannelReady => state is WaitForFundingSigned or WaitForFundingConfirmed ? "is ready" : null,
            ChannelUpdate update => commitments.Gossip.Told?.Timestamp == update.Timestamp ? null : "tells its terms",
            Shutdown shutdown => _shutdowns.Contains((channel, shutdown.ScriptPubKey)) ? null : "shuts down",
            ClosingSigned signed => Problem(channel, state, signed),
            ClosingComplete complete => Problem(channel, state, complete),
            ClosingSig sig => Problem(state, sig),
            Error => state is OperatingState or WaitForFundingConfirmed or WaitForChannelReady ? "ends the channel" : null,
            _ => null,
        };
    }

    private string? Problem(ChannelState? durable, ChannelAction.Publish publish) => publish.Purpose switch
    {
        TransactionPurpose.Funding => durable is FundedState and not WaitForFundingSigned ? null : "publishes the funding transaction",
        TransactionPurpose.Commitment => durable is Closing ? null : "publishes its commitment",
        TransactionPurpose.MutualClose => _closings.ContainsKey(publish.Transaction.TxId) ? null : "publishes a closing transaction",
        _ => ProblemOfClaim(publish),
    };

    private bool IsOurs(ChannelCommitments commitments, CommitmentSigned signed)
    {
        if (!commitments.AwaitsRevocation || commitments.RemoteNextPoint is not { } point) return false;
        var signer = SignerOf(commitments.Parameters);
        return commitments.Active.Items.Any(one => CommitmentExchange.Signature(commitments, one, commitments.RemoteNumber + 1, point, signer).Signature == signed.Signature);
    }

    // The last one, or the one before where both are sent again.
    private bool IsRevoked(ChannelCommitments commitments, RevokeAndAck revocation)
    {
        var signer = SignerOf(commitments.Parameters);
        for (var number = commitments.LocalNumber; number > 0 && number + 2 > commitments.LocalNumber; number--)
        {
            if (signer.PerCommitmentSecret(number - 1) == revocation.PerCommitmentSecret) return true;
        }

        return false;
    }

    private bool IsUnsettledInvoice(CommitmentUpdate.FulfillHtlc fulfill) => _invoices.TryGetValue(fulfill.Preimage.Hash, out var invoice) && invoice.Status != InvoiceStatus.Settled;

    // Who is not registered is woken by nobody, and would watch no chain; who is not in the backup is lost with the database.
    private string? Commits(LocalChannelKey key, ChannelCommitments commitments) =>
        !_listed.TryGetValue(key, out var funding) || funding != commitments.Latest.Funding.OutPoint ? "commits itself without being registered"
        : isBackedUp(key) ? null
        : "commits itself without being in the backup";

    private string? LacksCoins(LocalChannelKey key, Protocol.Messages.FundingCreated created) =>
        _wallet.Locks.TryGetValue(key, out var locked) && locked.Transaction?.TxId == created.FundingTxId ? null : "funds itself with coins that are not locked";

    private static CommitmentUpdate.Settlement? Removes(ChannelCommitments commitments, ulong id) =>
        commitments.LocalSigned.Items.OfType<CommitmentUpdate.Settlement>().FirstOrDefault(settlement => settlement.Id == id);

    // Irrevocable and open; or settled since, durably; or gone from both commitments.
    private static bool IsReceived(FundedState state, ulong id)
    {
        var commitments = state.Commitments;
        return commitments.Incoming.ContainsKey(id)
            || commitments.Kept.Items.Any(one => one.Id == id)
            || commitments.LocalSigned.Items.Concat(commitments.LocalAcked.Items).OfType<CommitmentUpdate.Settlement>().Any(one => one.Id == id)
            || (id < commitments.NextRemoteHtlcId && !commitments.Active.Items.Any(one =>
                Has(one.LocalSpec, HtlcDirection.Received, id) || Has(one.RemoteSpec, HtlcDirection.Offered, id) || (one.NextRemoteSpec is { } next && Has(next, HtlcDirection.Offered, id))));
    }

    private static bool IsCommitted(ChannelCommitments commitments, ulong id) => commitments.Active.Items.Any(one =>
        Has(one.LocalSpec, HtlcDirection.Offered, id) || Has(one.RemoteSpec, HtlcDirection.Received, id) || (one.NextRemoteSpec is { } next && Has(next, HtlcDirection.Received, id)));

    private static bool Has(CommitmentSpec spec, HtlcDirection direction, ulong id) => spec.Htlcs.Any(htlc => htlc.Direction == direction && htlc.Id == id);

    private LocalChannelSigner SignerOf(ChannelParameters parameters) =>
        _signers.TryGetValue(parameters.KeyIndex, out var signer) ? signer : _signers[parameters.KeyIndex] = new LocalChannelSigner(keys.Seed, parameters.KeyIndex);
}
