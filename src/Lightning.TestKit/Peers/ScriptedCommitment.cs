using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Claims;
using Lightning.Channels.Signing;
using Lightning.Channels.Transactions;

namespace Lightning.TestKit;

/// <summary>A commitment of a channel, of either side, as a scripted peer can spend it (BOLT 5): at any time, whether or not it is revoked.</summary>
public sealed class ScriptedCommitment
{
    private readonly CommitmentTransaction _commitment;
    private readonly CommitmentSignatures? _signatures;
    private readonly IChannelSigner _signer;
    private readonly Script _script;

    internal ScriptedCommitment(CommitmentTransaction commitment, CommitmentSignatures? signatures, IChannelSigner signer, Script script)
    {
        (_commitment, _signatures, _signer, _script) = (commitment, signatures, signer, script);
        Transaction = signatures is { } known ? commitment.WithSignatures(signer.SignLocalCommitment(commitment), known.Commitment) : commitment.Transaction;
    }

    /// <summary>The transaction; with both signatures where it is the peer's own.</summary>
    public Transaction Transaction { get; }

    /// <summary>The output of an HTLC.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="isIncoming">Whether the node offered it, or this peer did.</param>
    /// <returns>Null where it has none.</returns>
    public OutPoint? HtlcOutput(ulong id, bool isIncoming) => IndexOf(id, isIncoming) is >= 0 and var index ? new OutPoint(_commitment.TxId, (uint)index) : null;

    /// <summary>
    /// A transaction that takes HTLCs of it, signed. Of the peer's own commitment by its HTLC transactions, put together into one: with anchors it pays no fee, so that only a miner takes it who is
    /// given it; of the node's commitment it pays 1,000 sat.
    /// </summary>
    /// <param name="htlcs">Their ids: with a preimage those that the node offered, without one those that this peer did and that have expired.</param>
    /// <exception cref="ArgumentException">One has no output.</exception>
    public Transaction Take(params (ulong Id, PaymentPreimage? Preimage)[] htlcs)
    {
        ArgumentNullException.ThrowIfNull(htlcs);
        return Sign(htlcs.Select<(ulong Id, PaymentPreimage? Preimage), ClaimInput>(htlc => _signatures is null ? Single(htlc.Id, htlc.Preimage) : Own(htlc.Id, htlc.Preimage)));
    }

    /// <summary>The same, paid for by a coin of the peer's, so that the network relays it: what is left of the coin and of HTLCs that give it change goes to the peer.</summary>
    /// <param name="coin">The coin, with the witness that spends it: one that signs nothing.</param>
    /// <param name="fee">What it pays.</param>
    /// <param name="htlcs">As above; none for a transaction that spends the coin alone.</param>
    internal Transaction Take((OutPoint OutPoint, TxOut Output, Witness Witness) coin, Satoshi fee, params (ulong Id, PaymentPreimage? Preimage)[] htlcs) =>
        Sign(htlcs.Select<(ulong Id, PaymentPreimage? Preimage), ClaimInput>(htlc => _signatures is null ? Single(htlc.Id, htlc.Preimage) : Own(htlc.Id, htlc.Preimage)), coin, fee);

    /// <summary>A transaction that takes this peer's balance, signed: of its own commitment after the delay.</summary>
    /// <exception cref="InvalidOperationException">It has none.</exception>
    public Transaction TakeBalance()
    {
        var claims = _signatures is null ? ClaimableOutputs.OfRemoteCommitment(_commitment, new Dictionary<PaymentHash, PaymentPreimage>()) : ClaimableOutputs.OfLocalCommitment(_commitment);
        var balance = claims.FirstOrDefault(static claim => claim.Kind is ClaimKind.ToRemote or ClaimKind.Delayed) ?? throw new InvalidOperationException("It pays this peer nothing.");
        return Sign([new ClaimInput.Single(balance)]);
    }

    private Transaction Sign(IEnumerable<ClaimInput> claims, (OutPoint OutPoint, TxOut Output, Witness Witness)? coin = null, Satoshi? fee = null)
    {
        ClaimInput[] inputs = [.. claims];
        List<TxOut> outputs = [.. inputs.Select(static input => input.FixedOutput).OfType<TxOut>()];
        var rest = inputs.Where(static input => input.FixedOutput is null).Aggregate(Satoshi.Zero, static (sum, input) => sum + input.Spent.Value) + (coin?.Output.Value ?? Satoshi.Zero);
        if (rest > Satoshi.Zero) outputs.Add(new TxOut(rest - (fee ?? new Satoshi(1_000)), _script));
        List<TxIn> spent = [.. inputs.Select(static input => input.ToInput())];
        if (coin is { } paying) spent.Add(new TxIn(paying.OutPoint, Script.Empty, 0xFFFFFFFD, paying.Witness));
        var transaction = new Transaction(2, [.. spent], [.. outputs], inputs.Length == 0 ? 0 : inputs.Max(static input => input.LockTime));
        var signed = transaction;
        for (var i = 0; i < inputs.Length; i++) signed = signed.WithWitness(i, inputs[i].Sign(_signer, transaction, i));
        return signed;
    }

    private ClaimInput.OwnHtlc Own(ulong id, PaymentPreimage? preimage)
    {
        var index = Index(id, preimage is not null);
        var number = _commitment.HtlcTransactions.Select(static (htlc, number) => (htlc, number)).Single(one => one.htlc.OutputIndex == index).number;
        return new ClaimInput.OwnHtlc(_commitment.HtlcTransactions[number], _signatures!.Htlcs[number], preimage);
    }

    private ClaimInput.Single Single(ulong id, PaymentPreimage? preimage)
    {
        var outPoint = new OutPoint(_commitment.TxId, (uint)Index(id, preimage is not null));
        var preimages = new Dictionary<PaymentHash, PaymentPreimage>();
        if (preimage is { } known) preimages.Add(known.Hash, known);
        return new ClaimInput.Single(ClaimableOutputs.OfRemoteCommitment(_commitment, preimages).Single(claim => claim.OutPoint == outPoint));
    }

    private int Index(ulong id, bool isIncoming) => IndexOf(id, isIncoming) is >= 0 and var index ? index : throw new ArgumentException($"HTLC {id} has no output.", nameof(id));

    private int IndexOf(ulong id, bool isIncoming)
    {
        var direction = _signatures is not null == isIncoming ? HtlcDirection.Received : HtlcDirection.Offered;
        for (var i = 0; i < _commitment.Outputs.Length; i++)
        {
            if (_commitment.Outputs[i].Htlc is { } htlc && htlc.Id == id && htlc.Direction == direction) return i;
        }

        return -1;
    }
}
