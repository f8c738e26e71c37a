using System.Collections.Immutable;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Formats;
using Lightning.Channels.Scripts;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Claims;

/// <summary>What a force close leaves for us to take, beside the HTLC transactions of our own commitment (BOLT 5).</summary>
public static class ClaimableOutputs
{
    /// <summary>Of our own commitment: to_local after the delay. Its HTLCs go through <see cref="CommitmentTransaction.HtlcTransactions"/>.</summary>
    public static ImmutableArray<ClaimableOutput> OfLocalCommitment(CommitmentTransaction commitment)
    {
        commitment.RequireOwner(CommitmentOwner.Local);
        return Delayed(commitment, commitment.Transaction, DelayedClaim);
    }

    /// <summary>Of a confirmed HTLC transaction of our own commitment, alone or within a larger transaction: its outputs after the delay.</summary>
    public static ImmutableArray<ClaimableOutput> OfLocalHtlcTransaction(CommitmentTransaction commitment, Transaction htlcTransaction)
    {
        commitment.RequireOwner(CommitmentOwner.Local);
        return Delayed(commitment, htlcTransaction, DelayedClaim);
    }

    /// <summary>Of the peer's latest or next commitment: to_remote, the HTLCs we offered (after their expiry), and those it offered whose preimage we know.</summary>
    /// <param name="commitment">The peer's, not revoked.</param>
    /// <param name="preimages">The preimages we know, by payment hash.</param>
    public static ImmutableArray<ClaimableOutput> OfRemoteCommitment(CommitmentTransaction commitment, IReadOnlyDictionary<PaymentHash, PaymentPreimage> preimages)
    {
        commitment.RequireOwner(CommitmentOwner.Remote);
        var claims = ImmutableArray.CreateBuilder<ClaimableOutput>();
        var key = new HtlcClaimKey(commitment.Keys.PerCommitmentPoint);
        var sequence = commitment.Terms.Format.HtlcSequence;
        for (var index = 0; index < commitment.Outputs.Length; index++)
        {
            var output = commitment.Outputs[index];
            if (output.Kind == CommitmentOutputKind.ToRemote) claims.Add(ToRemote(commitment, index));
            if (output.Htlc is not { } htlc) continue;
            if (htlc.Direction == HtlcDirection.Received)
            {
                claims.Add(new ClaimableOutput(
                    ClaimKind.HtlcTimeout, OutPointOf(commitment, index), output.Output, key, sequence, output.WitnessScript, [Bytes.Empty, output.WitnessScript.Bytes], htlc.CltvExpiry));
            }
            else if (preimages.TryGetValue(htlc.PaymentHash, out var preimage))
            {
                claims.Add(new ClaimableOutput(
                    ClaimKind.HtlcPreimage, OutPointOf(commitment, index), output.Output, key, sequence, output.WitnessScript, [new Bytes(preimage.Value.Span), output.WitnessScript.Bytes]));
            }
        }

        return claims.DrainToImmutable();
    }

    /// <summary>Of a revoked commitment of the peer: everything.</summary>
    /// <param name="commitment">Rebuilt with the HTLCs it had.</param>
    /// <param name="perCommitmentSecret">What the peer revealed for it.</param>
    /// <exception cref="ArgumentException">It is not the secret of that commitment.</exception>
    public static ImmutableArray<ClaimableOutput> OfRevokedCommitment(CommitmentTransaction commitment, in Bytes32 perCommitmentSecret)
    {
        var key = RevocationKey(commitment, perCommitmentSecret);
        var claims = ImmutableArray.CreateBuilder<ClaimableOutput>();
        var revocation = new Bytes(commitment.Keys.Revocation.Span);
        for (var index = 0; index < commitment.Outputs.Length; index++)
        {
            var output = commitment.Outputs[index];
            switch (output.Kind)
            {
                case CommitmentOutputKind.ToRemote:
                    claims.Add(ToRemote(commitment, index));
                    break;
                case CommitmentOutputKind.ToLocal:
                    claims.Add(Penalty(OutPointOf(commitment, index), output.Output, key, output.WitnessScript, WitnessItems.True));
                    break;
                case CommitmentOutputKind.Htlc:
                    claims.Add(Penalty(OutPointOf(commitment, index), output.Output, key, output.WitnessScript, revocation));
                    break;
                default:
                    // Anchors are worth less than taking them costs.
                    break;
            }
        }

        return claims.DrainToImmutable();
    }

    /// <summary>Of a transaction by which the peer took HTLCs of its revoked commitment: the outputs it must wait for.</summary>
    /// <param name="commitment">The revoked commitment.</param>
    /// <param name="htlcTransaction">What spends it: one HTLC transaction or several in one.</param>
    /// <param name="perCommitmentSecret">What the peer revealed for that commitment.</param>
    /// <exception cref="ArgumentException">It is not the secret of that commitment.</exception>
    public static ImmutableArray<ClaimableOutput> OfRevokedHtlcTransaction(CommitmentTransaction commitment, Transaction htlcTransaction, in Bytes32 perCommitmentSecret)
    {
        var key = RevocationKey(commitment, perCommitmentSecret);
        return Delayed(commitment, htlcTransaction, (_, outPoint, output, script) => Penalty(outPoint, output, key, script, WitnessItems.True));
    }

    /// <summary>Our anchor on a commitment of either node, to raise its fee with a child.</summary>
    /// <returns>Null where it has none.</returns>
    public static ClaimableOutput? Anchor(CommitmentTransaction commitment)
    {
        var ours = commitment.Terms.Owner == CommitmentOwner.Local ? CommitmentOutputKind.ToLocalAnchor : CommitmentOutputKind.ToRemoteAnchor;
        for (var index = 0; index < commitment.Outputs.Length; index++)
        {
            var output = commitment.Outputs[index];
            if (output.Kind != ours) continue;
            return new ClaimableOutput(
                ClaimKind.Anchor,
                OutPointOf(commitment, index),
                output.Output,
                new FundingClaimKey(commitment.Funding.KeyIndex),
                ClaimableOutput.NoRelativeLock,
                output.WitnessScript,
                [output.WitnessScript.Bytes]);
        }

        return null;
    }

    /// <summary>
    /// Our balance in a commitment of the peer that we cannot rebuild, because we lost data: to_remote needs nothing but our payment basepoint.
    /// </summary>
    /// <param name="transaction">The commitment transaction on chain.</param>
    /// <param name="format">The channel's format.</param>
    /// <param name="paymentBasepoint">Ours.</param>
    /// <returns>Null where it pays us nothing.</returns>
    public static ClaimableOutput? FindToRemote(Transaction transaction, CommitmentFormat format, PubKey paymentBasepoint)
    {
        for (var index = 0; index < transaction.Outputs.Length; index++)
        {
            var output = format.ToRemote(paymentBasepoint, transaction.Outputs[index].Value);
            if (output.Output == transaction.Outputs[index]) return ToRemote(new OutPoint(transaction.TxId, (uint)index), output, paymentBasepoint);
        }

        return null;
    }

    /// <summary>Our balance in a commitment of ours that we cannot rebuild: to_local needs nothing but its number.</summary>
    /// <param name="transaction">The commitment transaction on chain.</param>
    /// <param name="terms">Of our commitments.</param>
    /// <param name="point">Our per-commitment point of its number.</param>
    /// <returns>Null where it pays us nothing.</returns>
    public static ClaimableOutput? FindToLocal(Transaction transaction, CommitmentTerms terms, PubKey point)
    {
        var keys = terms.DeriveKeys(point);
        var script = ChannelScripts.Delayed(keys.Revocation, terms.ToSelfDelay, keys.DelayedPayment);
        var scriptPubKey = script.ToP2wsh();
        for (var index = 0; index < transaction.Outputs.Length; index++)
        {
            if (transaction.Outputs[index].ScriptPubKey != scriptPubKey) continue;
            return new ClaimableOutput(
                ClaimKind.Delayed, new OutPoint(transaction.TxId, (uint)index), transaction.Outputs[index], new DelayedPaymentClaimKey(point), terms.ToSelfDelay, script, [Bytes.Empty, script.Bytes]);
        }

        return null;
    }

    private static ClaimableOutput ToRemote(CommitmentTransaction commitment, int index) =>
        ToRemote(OutPointOf(commitment, index), commitment.Outputs[index], commitment.Keys.RemotePayment);

    private static ClaimableOutput ToRemote(OutPoint outPoint, CommitmentOutput output, PubKey key) => output.WitnessScript.IsEmpty
        ? new ClaimableOutput(
            ClaimKind.ToRemote, outPoint, output.Output, PaymentClaimKey.Instance, ClaimableOutput.NoRelativeLock, ScriptTemplates.P2pkh(key), [new Bytes(key.Span)])
        : new ClaimableOutput(
            ClaimKind.ToRemote, outPoint, output.Output, PaymentClaimKey.Instance, sequence: 1, output.WitnessScript, [output.WitnessScript.Bytes]);

    private static ClaimableOutput Penalty(OutPoint outPoint, TxOut output, RevocationClaimKey key, Script witnessScript, Bytes branch) =>
        new(ClaimKind.Penalty, outPoint, output, key, ClaimableOutput.NoRelativeLock, witnessScript, [branch, witnessScript.Bytes]);

    private static ClaimableOutput DelayedClaim(CommitmentTransaction commitment, OutPoint outPoint, TxOut output, Script script) =>
        new(ClaimKind.Delayed, outPoint, output, new DelayedPaymentClaimKey(commitment.Keys.PerCommitmentPoint), commitment.Terms.ToSelfDelay, script, [Bytes.Empty, script.Bytes]);

    // to_local and the outputs of HTLC transactions have one script: found by it, whatever else the transaction holds.
    private static ImmutableArray<ClaimableOutput> Delayed(
        CommitmentTransaction commitment, Transaction transaction, Func<CommitmentTransaction, OutPoint, TxOut, Script, ClaimableOutput> claim)
    {
        var script = ChannelScripts.Delayed(commitment.Keys.Revocation, commitment.Terms.ToSelfDelay, commitment.Keys.DelayedPayment);
        var scriptPubKey = script.ToP2wsh();
        var claims = ImmutableArray.CreateBuilder<ClaimableOutput>();
        for (var index = 0; index < transaction.Outputs.Length; index++)
        {
            var output = transaction.Outputs[index];
            if (output.ScriptPubKey == scriptPubKey) claims.Add(claim(commitment, new OutPoint(transaction.TxId, (uint)index), output, script));
        }

        return claims.DrainToImmutable();
    }

    private static RevocationClaimKey RevocationKey(CommitmentTransaction commitment, in Bytes32 perCommitmentSecret)
    {
        commitment.RequireOwner(CommitmentOwner.Remote);
        using var secret = Key.FromBytes(perCommitmentSecret.Span);
        if (secret.PubKey != commitment.Keys.PerCommitmentPoint) throw new ArgumentException($"The secret is not that of commitment {commitment.Number}.", nameof(perCommitmentSecret));
        return new RevocationClaimKey(perCommitmentSecret);
    }

    private static OutPoint OutPointOf(CommitmentTransaction commitment, int index) => new(commitment.TxId, (uint)index);
}
