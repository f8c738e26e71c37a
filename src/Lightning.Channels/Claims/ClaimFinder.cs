using System.Collections.Immutable;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.OnChain;
using Lightning.Channels.Parameters;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Claims;

/// <summary>What this node is to take on chain, what it is worth and by when (BOLT 5). What a block has spent is left out, what must wait for a lock is not.</summary>
internal static class ClaimFinder
{
    // An HTLC of a payment of this node's own has nobody who waits for it: in good time, and no dearer.
    private const uint LocalTimeoutBlocks = 36;

    // A received HTLC's own transaction must follow the commitment.
    private const uint SecondStageBlocks = 2;

    /// <summary>All claims, in the order of their outputs.</summary>
    public static ImmutableArray<Claim> Find(ClaimSources sources, ChannelConfig config)
    {
        if (sources.Unconfirmed is { } unconfirmed) return sources.Commitment is { } waiting && Anchor(sources, waiting, unconfirmed, config) is { } anchor ? [anchor] : [];
        var outputs = sources.Outputs.Where(static output => output.Spend is null).ToDictionary(static output => output.OutPoint);
        var claims = ImmutableArray.CreateBuilder<Claim>();
        foreach (var single in sources.Found) Add(new ClaimInput.Single(single), PurposeOf(single.Kind));
        if (sources.Commitment is { } commitment)
        {
            foreach (var single in Singles(sources, commitment)) Add(new ClaimInput.Single(single), PurposeOf(single.Kind));
            if (commitment.Terms.Owner == CommitmentOwner.Local) AddHtlcTransactions(commitment);
        }

        claims.Sort(static (left, right) => left.OutPoint.CompareTo(right.OutPoint));
        return claims.ToImmutable();

        void AddHtlcTransactions(CommitmentTransaction ours)
        {
            if (sources.Signatures is not { } signatures) return;
            var htlcs = ours.HtlcTransactions;
            for (var i = 0; i < htlcs.Length; i++)
            {
                var preimage = sources.Preimages.TryGetValue(htlcs[i].Htlc.Id, out var known) && htlcs[i].IsSuccess ? known : (PaymentPreimage?)null;
                if (htlcs[i].IsSuccess && preimage is null) continue;
                Add(new ClaimInput.OwnHtlc(htlcs[i], signatures.Htlcs[i], preimage), htlcs[i].IsSuccess ? ClaimPurpose.HtlcSuccess : ClaimPurpose.HtlcTimeout);
            }
        }

        void Add(ClaimInput input, ClaimPurpose purpose)
        {
            if (!outputs.TryGetValue(input.OutPoint, out var output)) return;
            var mature = output.MadeAt + input.RelativeLock;
            if (input.LockTime > 0) mature = Math.Max(mature, input.LockTime + 1);
            claims.Add(new Claim(input, purpose, input.Spent.Value, mature, Deadline(sources, output, purpose, config), IsContested(output.Kind)));
        }
    }

    private static IEnumerable<ClaimableOutput> Singles(ClaimSources sources, CommitmentTransaction commitment)
    {
        var spenders = sources.Outputs.Where(output => output.Spend is not null && output.OutPoint.TxId == commitment.TxId)
            .Select(static output => output.Spend!.Transaction).DistinctBy(static transaction => transaction.TxId).ToList();
        if (commitment.Terms.Owner == CommitmentOwner.Local)
        {
            return [.. ClaimableOutputs.OfLocalCommitment(commitment), .. spenders.SelectMany(spender => ClaimableOutputs.OfLocalHtlcTransaction(commitment, spender))];
        }

        if (sources.RevocationSecret is { } secret)
        {
            return [.. ClaimableOutputs.OfRevokedCommitment(commitment, secret), .. spenders.SelectMany(spender => ClaimableOutputs.OfRevokedHtlcTransaction(commitment, spender, secret))];
        }

        var preimages = new Dictionary<PaymentHash, PaymentPreimage>();
        foreach (var preimage in sources.Preimages.Values) preimages[preimage.Hash] = preimage;
        return ClaimableOutputs.OfRemoteCommitment(commitment, preimages);
    }

    // The commitment waits for a block: in time for what its HTLCs need after it.
    private static Claim? Anchor(ClaimSources sources, CommitmentTransaction commitment, Transaction transaction, ChannelConfig config)
    {
        if (ClaimableOutputs.Anchor(commitment) is not { } anchor) return null;
        var isOurs = commitment.Terms.Owner == CommitmentOwner.Local;
        Satoshi htlcs = Satoshi.Zero, balance = Satoshi.Zero;
        uint? deadline = null;
        foreach (var output in commitment.Outputs)
        {
            if (output.Kind == (isOurs ? CommitmentOutputKind.ToLocal : CommitmentOutputKind.ToRemote)) balance = output.Output.Value;
            if (output.Htlc is not { } htlc || Needs(htlc) is not { } by) continue;
            htlcs += output.Output.Value;
            deadline = deadline is null || by < deadline ? by : deadline;
        }

        return new Claim(
            new ClaimInput.Single(anchor), ClaimPurpose.Anchor, htlcs + balance, MatureAt: 0, deadline, IsContested: false, new CommitmentParent(transaction, commitment.Fee, htlcs, balance));

        uint? Needs(CommittedHtlc htlc)
        {
            if ((htlc.Direction == HtlcDirection.Offered) != isOurs) return sources.Preimages.ContainsKey(htlc.Id) ? Before(htlc.CltvExpiry, SecondStageBlocks) : null;
            return sources.IncomingExpiries.TryGetValue(htlc.Id, out var incoming)
                ? Math.Max(htlc.CltvExpiry, Before(incoming, config.EarlyFailMargin + config.ClosingDepth))
                : htlc.CltvExpiry + LocalTimeoutBlocks;
        }
    }

    private static uint? Deadline(ClaimSources sources, ChainOutput output, ClaimPurpose purpose, ChannelConfig config) => purpose switch
    {
        ClaimPurpose.HtlcSuccess => output.Expiry,
        ClaimPurpose.HtlcTimeout when output is { HtlcId: { } id, Expiry: { } expiry } =>
            sources.IncomingExpiries.TryGetValue(id, out var incoming) ? Math.Max(expiry + 1, Before(incoming, config.EarlyFailMargin)) : expiry + LocalTimeoutBlocks,
        // In the block after that the peer can take it.
        ClaimPurpose.Penalty when sources.Commitment is { } commitment => output.MadeAt + Before(commitment.Terms.ToSelfDelay, 1),
        _ => null,
    };

    private static bool IsContested(ChainOutputKind kind) => kind is ChainOutputKind.OfferedHtlc or ChainOutputKind.ReceivedHtlc or ChainOutputKind.RevokedHtlc;

    private static ClaimPurpose PurposeOf(ClaimKind kind) => kind switch
    {
        ClaimKind.HtlcPreimage => ClaimPurpose.HtlcSuccess,
        ClaimKind.HtlcTimeout => ClaimPurpose.HtlcTimeout,
        ClaimKind.Penalty => ClaimPurpose.Penalty,
        ClaimKind.Anchor => ClaimPurpose.Anchor,
        _ => ClaimPurpose.Sweep,
    };

    private static uint Before(uint height, uint blocks) => height > blocks ? height - blocks : 0;
}
