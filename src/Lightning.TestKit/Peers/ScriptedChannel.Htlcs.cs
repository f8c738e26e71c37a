using System.Collections.Immutable;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.TestKit;

/// <content>What an honest peer can do with the channel; each puts the messages into the outbox, a signature with them.</content>
public sealed partial class ScriptedChannel
{
    /// <summary>The HTLCs that came in irrevocably, oldest first.</summary>
    public IEnumerable<CommitmentUpdate.AddHtlc> Incoming => _actions.OfType<ChannelAction.HtlcReceived>().Select(static received => received.Htlc);

    /// <summary>The preimages that the node gave for HTLCs of this side.</summary>
    public IEnumerable<PaymentPreimage> Preimages => _actions.OfType<ChannelAction.HtlcFulfilled>().Select(static fulfilled => fulfilled.Preimage);

    /// <summary>How HTLCs of this side failed.</summary>
    public IEnumerable<HtlcFailure> Failures => _actions.OfType<ChannelAction.HtlcFailed>().Select(static failed => failed.Failure);

    /// <summary>Offers an HTLC: <c>update_add_htlc</c> and <c>commitment_signed</c> are due.</summary>
    /// <param name="amount">amount_msat.</param>
    /// <param name="hash">payment_hash.</param>
    /// <param name="cltvExpiry">cltv_expiry, a block height.</param>
    /// <param name="onion">onion_routing_packet; null for bytes that no node can read.</param>
    /// <exception cref="ScenarioException">An honest peer would not offer it.</exception>
    public void Add(MilliSatoshi amount, PaymentHash hash, uint cltvExpiry, ScriptedOnion? onion = null)
    {
        var origin = new HtlcOrigin.Local(hash, ++_attempts, 0);
        Do(new ChannelCommand.AddHtlc(origin, amount, hash, cltvExpiry, onion?.Packet ?? Bytes.Wrap(new byte[UpdateAddHtlc.OnionLength]), PathKey: null, RefuseFrom: uint.MaxValue));
        if (_actions.OfType<ChannelAction.HtlcRefused>().FirstOrDefault(refused => refused.Origin == origin) is { } refusal) throw Peer.Failure($"may not offer such an HTLC: {refusal.Reason}");
    }

    /// <summary>Pays an invoice of the node over this channel: <c>update_add_htlc</c> and <c>commitment_signed</c> are due.</summary>
    /// <param name="invoice">The invoice.</param>
    /// <returns>The onion that it sends.</returns>
    public ScriptedOnion Pay(ScenarioInvoice invoice)
    {
        var onion = Peer.OnionFor(invoice, out var expiry);
        Add(invoice.Amount, invoice.PaymentHash, expiry, onion);
        return onion;
    }

    /// <summary>Takes an incoming HTLC: <c>update_fulfill_htlc</c> and <c>commitment_signed</c> are due.</summary>
    public void Fulfill(ulong id, PaymentPreimage preimage) => Do(new ChannelCommand.FulfillHtlc(id, preimage));

    /// <summary>Fails an incoming HTLC: <c>update_fail_htlc</c> and <c>commitment_signed</c> are due.</summary>
    public void Fail(ulong id, Bytes reason) => Do(new ChannelCommand.FailHtlc(id, reason));

    /// <summary>Fails an incoming HTLC for its onion: <c>update_fail_malformed_htlc</c> and <c>commitment_signed</c> are due.</summary>
    public void FailMalformed(ulong id, Bytes32 onionHash, ushort failureCode) => Do(new ChannelCommand.FailMalformedHtlc(id, onionHash, failureCode));

    /// <summary>Changes the feerate: <c>update_fee</c> and <c>commitment_signed</c> are due.</summary>
    public void SetFeerate(FeeratePerKw feerate) => Do(new ChannelCommand.UpdateFee(feerate));

    /// <summary>Begins a mutual close: <c>shutdown</c> is due.</summary>
    /// <param name="script">Where this side's money goes; null for <see cref="ShutdownScript"/>.</param>
    /// <param name="feerate">What the closing transaction pays; null for the estimate.</param>
    public void Close(Script? script = null, FeeratePerKw? feerate = null) => Do(new ChannelCommand.CloseMutual(script, feerate));

    /// <summary>
    /// Signs the node's next commitment with these updates of this side, on top of all that both sides have committed to, whether or not an honest peer could: a
    /// valid <c>commitment_signed</c> for what may be against the rules. The honest side does not learn of it.
    /// </summary>
    /// <param name="updates">The updates, as they were sent.</param>
    public CommitmentSigned Sign(params LightningMessage[] updates)
    {
        ArgumentNullException.ThrowIfNull(updates);
        var commitments = Commitments;
        var one = commitments.Latest;
        ImmutableArray<CommitmentUpdate> ours = [.. updates.Cast<IUpdateMessage>().Select(static update => update.ToUpdate())];
        var spec = SpecReducer.Reduce(one.LatestRemoteSpec, commitments.RemoteAcked.Span, ours.AsSpan());
        var point = commitments.RemoteNextPoint ?? throw Peer.Failure("has no point for the node's next commitment: channel_ready has not come");
        var signatures = _signer.SignRemoteCommitment(commitments.Remote(one, spec, commitments.RemoteNumber + 1, point));
        return new CommitmentSigned(Id, signatures.Commitment, signatures.Htlcs) { FundingTxId = one.Funding.OutPoint.TxId };
    }
}
