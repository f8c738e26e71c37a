using Akka.Actor;
using Lightning.Actors.Forwarding;
using Lightning.Actors.Invoices;
using Lightning.Actors.Invoices.Messages;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Actions;
using Lightning.Channels.Announcing;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.OnChain;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Onion;
using Lightning.Protocol.Wire;

namespace Lightning.Actors.Channels;

/// <content>
/// Incoming HTLCs: to an invoice of ours or on to the next channel. Both are offered again until they answer; this side never fails
/// an HTLC that it has handed over.
/// </content>
internal sealed partial class ChannelActor
{
    /// <summary>More than a channel can hold: what a peer offers beyond that is opened when it is committed to.</summary>
    private const int MaxPrepared = 1000;

    private readonly Dictionary<ulong, Incoming> _incoming = [];

    /// <summary>HTLCs that the peer has offered and not committed to yet: their onions are opened while its signatures are on their way.</summary>
    private readonly Dictionary<ulong, Prepared> _prepared = [];

    /// <summary>HTLCs that were an invoice's and pay nobody any more, with what the invoice is told.</summary>
    private readonly Dictionary<ulong, OfferPart?> _lost = [];

    /// <summary>HTLCs whose outgoing channel is fixed by the decision under way.</summary>
    private readonly HashSet<ulong> _fixing = [];

    private void Prepare(UpdateAddHtlc add)
    {
        // What comes before channel_reestablish is not listened to.
        if (!_state.Link.IsOnline || _prepared.Count >= MaxPrepared || add.OnionRoutingPacket.Length != OnionPacket.PaymentLength) return;

        // After a lost connection the peer may give the id to another HTLC: the last one counts.
        _prepared[add.Id] = new Prepared(add.Amount, add.PaymentHash, add.CltvExpiry, add.OnionRoutingPacket, add.PathKey, PaymentOnion.Open(
            _node.Keys.NodeKey, add.PaymentHash, add.Amount, add.CltvExpiry, OnionPacket.ParsePayment(add.OnionRoutingPacket.Span), add.PathKey));
    }

    // A revocation makes HTLCs irrevocable: where they go is fixed by the same write. Looked at is the HTLC that both sides have signed, never the message
    // that the peer sent last with its id: for a forward of another amount than came in, this node would pay.
    private void FixForwards()
    {
        if (!_hasRevocation || _node.Interception.IsActive || _state is not FundedState funded || _node.HeightIfKnown() is null) return;
        GatherMessages();
        foreach (var update in funded.Commitments.RemoteSigned)
        {
            if (update is not CommitmentUpdate.AddHtlc htlc || !_prepared.TryGetValue(htlc.Id, out var prepared) || !prepared.IsFor(htlc)) continue;
            if (prepared.Onion is not ForwardOnion forward || ChooseForward(htlc.Amount, htlc.CltvExpiry, forward, refused: []).Outgoing is not { } outgoing) continue;
            _fixing.Add(htlc.Id);
            _commands.Add(new ChannelCommand.FixForward(htlc.Id, outgoing));
        }
    }

    private void OnHtlcReceived(ChannelAction.HtlcReceived received)
    {
        var htlc = received.Htlc;
        if (!_incoming.TryGetValue(htlc.Id, out var incoming))
        {
            var onion = _prepared.Remove(htlc.Id, out var prepared) && prepared.IsFor(htlc)
                ? prepared.Onion
                : PaymentOnion.Open(_node.Keys.NodeKey, htlc.PaymentHash, htlc.Amount, htlc.CltvExpiry, OnionPacket.ParsePayment(htlc.Onion.Span), htlc.PathKey);
            incoming = new Incoming(htlc, received.ReceivedAt, onion, received.MustFail);
            _incoming.Add(htlc.Id, incoming);
        }

        incoming.Outgoing ??= received.Forward;
        if (incoming.Onion is RefusedOnion refused) Refuse(incoming, refused.Refusal);
        else if (received.MustFail) Refuse(htlc.Id, FailureMessage.TemporaryChannelFailure());
        else if (incoming.Onion is FinalOnion final) Offer(incoming, final);
        else if (incoming.Outgoing is { } outgoing) SendForward(incoming, (ForwardOnion)incoming.Onion, outgoing);
        else if (!_fixing.Contains(htlc.Id)) BeginForward(incoming, (ForwardOnion)incoming.Onion);
    }

    private void Offer(Incoming incoming, FinalOnion final)
    {
        var htlc = incoming.Htlc;

        // Checked without looking for an invoice: who guesses hashes neither wakes nor creates anything here.
        if (!IsForUs(htlc, final))
        {
            Refuse(htlc.Id, FailureMessage.IncorrectOrUnknownPaymentDetails(htlc.Amount, _node.Tip.Height));
            return;
        }

        incoming.OfferedAt = _node.Time.GetTimestamp();
        _node.Actors.Invoices.Tell(PartOf(htlc, incoming.ReceivedAt, final), Self);
    }

    private bool IsForUs(CommitmentUpdate.AddHtlc htlc, FinalOnion final) => KeysendOf(htlc, final) is not null || InvoiceSecrets.Accepts(_node.Keys, htlc.PaymentHash, final.PaymentSecret);

    private PaymentPreimage? KeysendOf(CommitmentUpdate.AddHtlc htlc, FinalOnion final) =>
        _node.Policy.AcceptKeysend && final is { PaymentSecret: null, KeysendPreimage: { } preimage } && preimage.Hash == htlc.PaymentHash ? preimage : null;

    private OfferPart PartOf(CommitmentUpdate.AddHtlc htlc, DateTimeOffset receivedAt, FinalOnion final) => new(
        htlc.PaymentHash, _key, htlc.Id, _shortChannelId ?? default, htlc.Amount, final.Amount, final.Total, htlc.CltvExpiry, receivedAt, final.Metadata, Keysend: KeysendOf(htlc, final));

    private void BeginForward(Incoming incoming, ForwardOnion forward)
    {
        // Without a block height nobody can say whether there is time enough: looked at again. Decided once: what is being failed must not be sent on.
        if (incoming.IsDecided || _node.HeightIfKnown() is null) return;
        incoming.IsDecided = true;
        if (!TryHold(incoming, forward)) GoOn(incoming, forward);
    }

    private void GoOn(Incoming incoming, ForwardOnion forward)
    {
        var decision = ChooseForward(incoming.Htlc.Amount, incoming.Htlc.CltvExpiry, forward, refused: []);
        if (decision.Outgoing is { } outgoing) Enqueue(new ChannelCommand.FixForward(incoming.Htlc.Id, outgoing));
        else RefuseForward(incoming, forward, decision.Failure!);
    }

    private void RefuseForward(Incoming incoming, ForwardOnion forward, FailureMessage failure) => Refuse(
        incoming, forward.ReturnPath.Refuse(WithTerms(failure, forward)), why: new ForwardRefusal((ushort)failure.Code, forward.ShortChannelId, forward.Amount, forward.CltvExpiry));

    // Who paid by terms that do not hold may try again with those that do, under the name by which he knows the channel. Inside a blinded path nobody is told anything.
    private FailureMessage WithTerms(FailureMessage failure, ForwardOnion forward) =>
        forward is { ReturnPath.Role: BlindedRole.None, ShortChannelId: { } name } && Named(forward)?.Funded is { } funded && ChannelUpdates.Told(funded, name, _signer!, _node.ChannelConfig) is { } update
            ? failure.Enclosing(MessageCodec.Encode(update))
            : failure;

    // Another channel with the same peer may take what one has refused, once that is durable: it refuses it for ever.
    private void GoElsewhere(Incoming incoming, ForwardOnion forward, AddRefusal reason)
    {
        if (incoming.IsFailed) return;
        var before = incoming.Outgoing!.Value;
        incoming.Refused.Add(before);
        (incoming.Outgoing, incoming.IsDecided) = (null, true);
        if (IsOfTheChannel(reason) && ChooseForward(incoming.Htlc.Amount, incoming.Htlc.CltvExpiry, forward, incoming.Refused).Outgoing is { } other) Enqueue(new ChannelCommand.FixForward(incoming.Htlc.Id, other, before));
        else Refuse(incoming, forward.ReturnPath.Refuse(WithTerms(Explain(reason, forward), forward)));
    }

    private static bool IsOfTheChannel(AddRefusal reason) => reason is not (AddRefusal.TooLate or AddRefusal.ExpiryTooSoon or AddRefusal.ExpiryTooFar or AddRefusal.Malformed);

    private ForwardDecision ChooseForward(MilliSatoshi amount, uint cltvExpiry, ForwardOnion forward, IReadOnlyCollection<LocalChannelKey> refused)
    {
        var named = Named(forward);
        List<OutgoingChannel> others = named?.Peer is { } peer ? [.. _node.Directory.With(peer).Where(entry => entry.Key != named.Key && entry.Funded is not null).Select(Outgoing)] : [];
        return ForwardRules.Decide(new ForwardRequest(_key, _state.Parameters!.Peer, amount, cltvExpiry, forward), named is null ? null : Outgoing(named), others, refused, _node.Tip.Height, _node.ChannelConfig.MaxCltvDelta);
    }

    // The channel by one of its names, or one with the node that a blinded path names.
    private ChannelEntry? Named(ForwardOnion forward)
    {
        if (forward.ShortChannelId is { } id)
        {
            // Where aliases were agreed on, who knows the real place does not know it from the peer (BOLT 2).
            return _node.Directory.TryGet(id, out var entry) && entry.Funded is { } funded && !(funded.Parameters.Type.ScidAlias && id == entry.ShortChannelId) ? entry : null;
        }

        return forward.NextNodeId is { } next ? _node.Directory.With(next).Where(static entry => entry.Funded is not null).OrderByDescending(static entry => entry.IsUsable).FirstOrDefault() : null;
    }

    private OutgoingChannel Outgoing(ChannelEntry entry) => OutgoingChannel.Of(
        entry, _node.ChannelConfig.Forwarding, _node.Now, _node.Policy.MaxSlotShare, key => _node.Directory.TryGet(key, out var other) ? other.Peer : null);

    private void OnForwardFixed(ChannelAction.ForwardFixed forward)
    {
        if (!_incoming.TryGetValue(forward.HtlcId, out var incoming) || incoming.MustFail || incoming.IsFailed || incoming.Onion is not ForwardOnion onion) return;
        incoming.Outgoing = forward.Outgoing;
        SendForward(incoming, onion, forward.Outgoing);
    }

    private void SendForward(Incoming incoming, ForwardOnion onion, LocalChannelKey outgoing)
    {
        // What is being failed must not be sent on, though by what was said before it might.
        if (incoming.IsFailed) return;
        incoming.OfferedAt = _node.Time.GetTimestamp();
        _node.Actors.Channels.Tell(
            new ChannelRequest(outgoing, new ChannelCommand.AddHtlc(
                new HtlcOrigin.Relayed(_key, incoming.Htlc.Id),
                onion.Amount,
                incoming.Htlc.PaymentHash,
                onion.CltvExpiry,
                onion.Next.Serialized,
                onion.NextPathKey,
                RefuseFrom: incoming.Htlc.CltvExpiry)),
            Self);
    }

    private void OnForwardNews(ForwardNews news)
    {
        _incoming.TryGetValue(news.HtlcId, out var incoming);
        switch (news)
        {
            case ForwardAccepted:
                if (incoming is not null) incoming.IsAccepted = true;
                break;
            case ForwardFulfilled fulfilled:
                _settling[news.HtlcId] = (news.Outgoing, IsPaid: true);
                Fulfill(news.HtlcId, fulfilled.Preimage, fulfilled.AttributionData);
                break;
            case ForwardRefused refused:
                if (incoming is { Onion: ForwardOnion onion } && incoming.Outgoing == news.Outgoing) GoElsewhere(incoming, onion, refused.Reason);
                break;
            case ForwardFailed failed:
                _settling[news.HtlcId] = (news.Outgoing, IsPaid: false);
                if (incoming?.ReturnPath is { } path) Refuse(incoming, Relay(path, failed.Failure), failed.Failure as HtlcFailure.Remote);
                else Enqueue(new ChannelCommand.FailHtlc(news.HtlcId, Bytes.Empty));
                break;
        }
    }

    // The codes of BOLT 4 for a forwarding node; whatever else keeps a channel from taking an HTLC now may be over soon.
    private static FailureMessage Explain(AddRefusal reason, ForwardOnion onion) => reason switch
    {
        AddRefusal.AmountTooSmall => FailureMessage.AmountBelowMinimum(onion.Amount),
        AddRefusal.ExpiryTooSoon or AddRefusal.TooLate => FailureMessage.ExpiryTooSoon(),
        AddRefusal.ExpiryTooFar => new FailureMessage(FailureCode.ExpiryTooFar),
        _ => FailureMessage.TemporaryChannelFailure(),
    };

    private static HtlcRefusal Relay(OnionReturnPath path, HtlcFailure failure) => failure switch
    {
        HtlcFailure.Remote remote => path.Relay(remote.Reason.Span),
        HtlcFailure.Malformed malformed => path.RelayMalformed((FailureCode)malformed.FailureCode, malformed.OnionHash),
        _ => path.Refuse(new FailureMessage(FailureCode.PermanentChannelFailure)),
    };

    private void Refuse(ulong htlcId, FailureMessage failure)
    {
        // No peer ever hears of it.
        if (_lost.ContainsKey(htlcId)) Enqueue(new ChannelCommand.FailHtlc(htlcId, Bytes.Empty));
        else if (_incoming.TryGetValue(htlcId, out var incoming) && incoming.ReturnPath is { } path) Refuse(incoming, path.Refuse(failure));
    }

    private void Refuse(Incoming incoming, HtlcRefusal refusal, HtlcFailure.Remote? relayed = null, ForwardRefusal? why = null)
    {
        var id = incoming.Htlc.Id;
        incoming.IsFailed = true;
        Enqueue(refusal switch
        {
            EncryptedRefusal encrypted => new ChannelCommand.FailHtlc(
                id,
                encrypted.Reason,
                IsAttributed(incoming) ? incoming.ReturnPath?.Attribute(encrypted, relayed?.AttributionData, relayed is null ? default : relayed.Reason.Span, HoldTime(incoming)) : null,
                why),
            MalformedRefusal malformed => new ChannelCommand.FailMalformedHtlc(id, malformed.OnionHash, (ushort)malformed.Code),
            _ => throw new NotSupportedException($"{refusal.GetType().Name} is no known refusal."),
        });
    }

    private void Fulfill(ulong htlcId, PaymentPreimage preimage, AttributionData? downstream)
    {
        var attribution = _incoming.TryGetValue(htlcId, out var incoming) && IsAttributed(incoming) ? incoming.ReturnPath?.Attribute(downstream, HoldTime(incoming)) : null;
        Enqueue(new ChannelCommand.FulfillHtlc(htlcId, preimage, attribution));
    }

    // Whoever does not know it only carries the bytes.
    private bool IsAttributed(Incoming incoming) => incoming.Htlc.PathKey is null && _state.Link.Has(ChannelFeatures.AttributionData);

    private TimeSpan HoldTime(Incoming incoming) => _node.Now - incoming.ReceivedAt;

    private void OnSettlementAccepted(ulong htlcId)
    {
        _incoming.Remove(htlcId);

        // The outgoing side repeats its result until here. A preimage may come after a failure, and when the HTLC is gone.
        if (!_settling.Remove(htlcId, out var settling)) return;
        var what = !settling.IsPaid ? Acknowledgement.Failure : _book.HasTaken(htlcId) ? Acknowledgement.Result : Acknowledgement.TooLate;
        _node.Actors.Channels.Tell(new ChannelRequest(settling.Outgoing, new ChannelCommand.AcknowledgeResult(new HtlcOrigin.Relayed(_key, htlcId), what)), Self);
    }

    // Those that wait for the first block height.
    private void BeginForwards()
    {
        TellLosses();
        DropLost();
        FailHeldTooLong();
        foreach (var incoming in _incoming.Values.ToArray())
        {
            if (incoming is { Onion: ForwardOnion waiting, MustFail: false, Outgoing: null } && !_fixing.Contains(incoming.Htlc.Id)) BeginForward(incoming, waiting);
        }
    }

    // What the chain has taken from an invoice for good the invoice hears of, until it has answered: no longer may it hold that for a payment.
    private bool TellLosses()
    {
        if (_signer is null || _node.HeightIfKnown() is null || _state is not (Lightning.Channels.States.Closing or Closed) || _state is not FundedState { Commitments.Incoming: { IsEmpty: false } there } state) return false;
        var environment = Environment();
        foreach (var htlc in there.Values)
        {
            if (htlc is { MustFail: false, Forward: null } && LostHtlcs.Has(state, htlc.Htlc.Id, _signer, environment) && !_lost.ContainsKey(htlc.Htlc.Id)) _lost.Add(htlc.Htlc.Id, LostPartOf(htlc));
        }

        var isWaiting = false;
        foreach (var (id, part) in _lost)
        {
            if (part is null || !there.ContainsKey(id)) continue;
            isWaiting = true;
            _node.Actors.Invoices.Tell(part, Self);
        }

        return isWaiting;
    }

    // Null for what never was an invoice's.
    private OfferPart? LostPartOf(IncomingHtlc incoming)
    {
        var htlc = incoming.Htlc;
        var onion = PaymentOnion.Open(_node.Keys.NodeKey, htlc.PaymentHash, htlc.Amount, htlc.CltvExpiry, OnionPacket.ParsePayment(htlc.Onion.Span), htlc.PathKey);
        return onion is FinalOnion final && IsForUs(htlc, final) ? PartOf(htlc, incoming.ReceivedAt, final) with { IsLost = true } : null;
    }

    // Once the channel ends on chain, what has no output there pays nobody: neither invoice nor next channel hears of it again. Nor of anything in a state that is known to be old.
    private void DropLost()
    {
        if (_state is WaitForRemoteClose) _incoming.Clear();
        if (_incoming.Count == 0 || _signer is null || _state is not Lightning.Channels.States.Closing closing) return;
        var live = closing.LiveIncoming(_signer);
        foreach (var id in _incoming.Keys.Where(id => !live.Contains(id)).ToArray()) _incoming.Remove(id);
    }

    private void Repeat()
    {
        TellLosses();
        DropLost();
        foreach (var incoming in _incoming.Values.ToArray())
        {
            if (incoming.IsAccepted || _node.Time.GetElapsedTime(incoming.OfferedAt) < RepeatInterval) continue;
            if (incoming.Onion is FinalOnion final) Offer(incoming, final);
            else if (incoming is { Onion: ForwardOnion forward, Outgoing: { } outgoing }) SendForward(incoming, forward, outgoing);
        }

        foreach (var (origin, result) in _results.ToArray())
        {
            if (_state is FundedState funded && funded.IsAcknowledged(origin)) _results.Remove(origin);
            else Tell(origin, result);
        }

        FindRevokedCommitment();
        if (_signer is not null && ChannelUpdates.IsDue(_state, Environment())) Enqueue(new ChannelCommand.Review());
    }

    /// <summary>Settlements on their way to being durable, with the channel that waits to hear of it.</summary>
    private readonly Dictionary<ulong, (LocalChannelKey Outgoing, bool IsPaid)> _settling = [];

    private sealed record Prepared(MilliSatoshi Amount, PaymentHash PaymentHash, uint CltvExpiry, Bytes OnionBytes, PubKey? PathKey, IncomingOnion Onion)
    {
        public bool IsFor(CommitmentUpdate.AddHtlc htlc) =>
            htlc.Amount == Amount && htlc.PaymentHash == PaymentHash && htlc.CltvExpiry == CltvExpiry && htlc.Onion == OnionBytes && htlc.PathKey == PathKey;
    }

    private sealed class Incoming(CommitmentUpdate.AddHtlc htlc, DateTimeOffset receivedAt, IncomingOnion onion, bool mustFail)
    {
        public bool MustFail { get; } = mustFail;

        public CommitmentUpdate.AddHtlc Htlc { get; } = htlc;

        public DateTimeOffset ReceivedAt { get; } = receivedAt;

        public IncomingOnion Onion { get; } = onion;

        public OnionReturnPath? ReturnPath => Onion switch
        {
            FinalOnion final => final.ReturnPath,
            ForwardOnion forward => forward.ReturnPath,
            RefusedOnion refused => refused.ReturnPath,
            _ => null,
        };

        public LocalChannelKey? Outgoing { get; set; }

        /// <summary>Channels that have refused it for ever.</summary>
        public HashSet<LocalChannelKey> Refused { get; } = [];

        /// <summary>Whether a channel was chosen for it, or it is being failed for want of one.</summary>
        public bool IsDecided { get; set; }

        /// <summary>Whether this incarnation has begun to fail it: it never goes on then.</summary>
        public bool IsFailed { get; set; }

        /// <summary>Whether somebody else decides about it.</summary>
        public bool IsHeld { get; set; }

        /// <summary>The name under which it is held.</summary>
        public ShortChannelId HeldAs { get; set; }

        /// <summary>A timestamp, not a time of day: clocks are set.</summary>
        public long OfferedAt { get; set; }

        public bool IsAccepted { get; set; }
    }
}
