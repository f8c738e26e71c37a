using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Claims;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;

namespace Lightning.Channels.OnChain;

/// <summary>
/// What a channel's journal says of its money and its state does not keep: sums of what went through it, which HTLCs were paid, what was ever published to claim something. It is filled with
/// every durable event, in order; those of earlier versions do as well.
/// </summary>
public sealed class ChannelBook
{
    private readonly Dictionary<ulong, BookedHtlc> _offered = [];
    private readonly Dictionary<ulong, BookedHtlc> _received = [];
    private readonly Dictionary<TxId, EquatableArray<ClaimCoin>> _claims = [];
    private readonly HashSet<Script> _scripts = [];
    private readonly HashSet<ulong> _takenLate = [];
    private readonly Settling _ofPeer = new();
    private readonly Settling _ofThisNode = new();
    private OutPoint? _funding;

    /// <summary>What the channel held for this node at first, push_msat included; millisatoshi.</summary>
    public MilliSatoshi Opening { get; private set; }

    /// <summary>The part of the capacity that was given away at the opening; millisatoshi.</summary>
    public MilliSatoshi Pushed { get; private set; }

    /// <summary>What was received: HTLCs of the peer to which this node gave the preimage; millisatoshi.</summary>
    public MilliSatoshi Received { get; private set; }

    /// <summary>What was sent: HTLCs of this node whose preimage the peer gave; millisatoshi.</summary>
    public MilliSatoshi Sent { get; private set; }

    /// <summary>The part of <see cref="Sent"/> whose preimage came after the HTLC had failed to whom it was for, too late to be of use there: nobody pays it back. Millisatoshi.</summary>
    public MilliSatoshi SentLate { get; private set; }

    /// <summary>Where the funding output stands; null before it is deep enough.</summary>
    public ShortChannelId? ShortChannelId { get; private set; }

    /// <summary>Height of the block from which on the funding transaction may be on chain; 0 before there is one.</summary>
    public uint BornAt { get; private set; }

    /// <summary>Whether the channel comes from a backup: what it held is not known.</summary>
    public bool IsRestored { get; private set; }

    /// <summary>Takes the next event.</summary>
    /// <param name="happened">The event.</param>
    public void Add(DurableEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        switch (happened)
        {
            case DurableEvent.FundingCreated created:
                Open(created.Parameters, created.Funding, created.Push, created.BlockHeight);
                break;
            case DurableEvent.FundingAccepted accepted:
                Open(accepted.Parameters, accepted.Funding, accepted.Push, accepted.BlockHeight);
                break;
            case DurableEvent.RestoredFromBackup restored:
                IsRestored = true;
                Begin(restored.Parameters, restored.Funding, restored.BlockHeight);
                break;
            case DurableEvent.FundingConfirmed confirmed when _funding is { } funding:
                ShortChannelId = new ShortChannelId(confirmed.BlockHeight, confirmed.TransactionIndex, (ushort)funding.Index);
                break;
            case DurableEvent.CommitmentSent sent:
                // The peer's settlements are in its next commitment now, and this node's.
                _ofPeer.Advance();
                Add(sent.Updates, offered: _offered, settled: _received, _ofThisNode);
                break;
            case DurableEvent.CommitmentReceived received:
                _ofThisNode.Finish(_received);
                Add(received.Updates, offered: _received, settled: _offered, _ofPeer);
                break;
            case DurableEvent.RevocationReceived:
                _ofThisNode.Advance();
                _ofPeer.Finish(_offered);
                break;
            case DurableEvent.SettlementsKept kept:
                foreach (var settlement in kept.Settlements)
                {
                    if (settlement is CommitmentUpdate.FulfillHtlc) Pay(_received, settlement.Id);
                    else if (_received.TryGetValue(settlement.Id, out var htlc)) htlc.IsFailed = true;
                }

                break;
            case DurableEvent.PreimagesLearned learned:
                foreach (var one in learned.Fulfillments) Pay(_offered, one.HtlcId);
                break;
            case DurableEvent.PaidTooLate late:
                SentLate += late.Amount;
                break;
            case DurableEvent.ClaimPublished claim:
                _claims[claim.Attempt.Transaction.TxId] = claim.Attempt.Coins;
                break;
            case DurableEvent.ClaimsMade made:
                foreach (var transaction in made.Transactions) _claims[transaction.TxId] = [];
                break;
            case DurableEvent.SweepScriptGiven given:
                _scripts.Add(given.Script);
                break;
            case DurableEvent.ShutdownSent shutdown:
                _scripts.Add(shutdown.Script);
                break;
            case DurableEvent.ClosingCompleteSent complete:
                _scripts.Add(complete.LocalScript);
                break;
        }
    }

    /// <summary>Whether the preimage of an incoming HTLC was given, as far as that is remembered: until no commitment has it any more, and for ever where it took the place of a failure.</summary>
    /// <param name="htlcId">The HTLC.</param>
    public bool HasTaken(ulong htlcId) => _takenLate.Contains(htlcId) || IsPaid(offered: false, htlcId);

    /// <summary>Whether a script is one of this node's that the channel named.</summary>
    internal bool IsOurs(Script script) => _scripts.Contains(script);

    /// <summary>The wallet's coins in a transaction that this node published to claim something; null for every other transaction.</summary>
    internal EquatableArray<ClaimCoin>? CoinsOf(TxId txId) => _claims.TryGetValue(txId, out var coins) ? coins : null;

    /// <summary>Whether an HTLC was paid: its receiver gave the preimage.</summary>
    internal bool IsPaid(bool offered, ulong id) => (offered ? _offered : _received).TryGetValue(id, out var htlc) && htlc.IsPaid;

    /// <summary>HTLCs that were paid by their preimage alone: no commitment was signed without them.</summary>
    internal IEnumerable<(ulong Id, MilliSatoshi Amount)> PaidUnsigned(bool offered) =>
        (offered ? _offered : _received).Where(static one => one.Value is { IsPaid: true, IsSigned: false }).Select(static one => (one.Key, one.Value.Amount));

    private void Open(ChannelParameters parameters, FundingOutput funding, MilliSatoshi push, uint height)
    {
        Opening = parameters.IsInitiator ? funding.Amount.ToMilliSatoshi() - push : push;
        Pushed = push;
        Begin(parameters, funding, height);
    }

    private void Begin(ChannelParameters parameters, FundingOutput funding, uint height)
    {
        BornAt = height;
        _funding = funding.OutPoint;
        _scripts.Add(parameters.ShutdownScript);
        if (parameters.Local.UpfrontShutdownScript is { } upfront) _scripts.Add(upfront);
    }

    private void Add(EquatableArray<CommitmentUpdate> updates, Dictionary<ulong, BookedHtlc> offered, Dictionary<ulong, BookedHtlc> settled, Settling settling)
    {
        foreach (var update in updates)
        {
            if (update is CommitmentUpdate.AddHtlc add) offered[add.Id] = new BookedHtlc(add.Amount);
            if (update is not CommitmentUpdate.Settlement settlement || !settled.TryGetValue(settlement.Id, out var htlc)) continue;
            settling.Begin(settlement.Id);
            if (update is not CommitmentUpdate.FulfillHtlc)
            {
                htlc.IsFailed = true;
                continue;
            }

            htlc.IsSigned = true;
            Pay(settled, settlement.Id);
        }
    }

    private void Pay(Dictionary<ulong, BookedHtlc> htlcs, ulong id)
    {
        if (!htlcs.TryGetValue(id, out var htlc) || htlc.IsPaid) return;
        htlc.IsPaid = true;
        if (htlcs == _received)
        {
            Received += htlc.Amount;
            if (htlc.IsFailed) _takenLate.Add(id);
            return;
        }

        Sent += htlc.Amount;
    }

    private sealed class BookedHtlc(MilliSatoshi amount)
    {
        public MilliSatoshi Amount { get; } = amount;

        public bool IsPaid { get; set; }

        public bool IsSigned { get; set; }

        public bool IsFailed { get; set; }
    }

    /// <summary>Settled HTLCs on their way out of both commitments: those of one side, in two steps. After these no commitment that may still come has them.</summary>
    private sealed class Settling
    {
        private List<ulong> _first = [];
        private List<ulong> _second = [];

        public void Begin(ulong id) => _first.Add(id);

        public void Advance()
        {
            if (_first.Count == 0) return;
            _second.AddRange(_first);
            _first = [];
        }

        public void Finish(Dictionary<ulong, BookedHtlc> htlcs)
        {
            foreach (var id in _second) htlcs.Remove(id);
            _second.Clear();
        }
    }
}
