using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;
using Lightning.Channels.Actions;
using Lightning.Channels.Claims;
using Lightning.Channels.Events;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;

namespace Lightning.Actors.Channels;

/// <content>What the chain says of a channel, and what is claimed there.</content>
internal static partial class ChannelEventFormats
{
    private static void AddOnChain(FormatRegistry formats)
    {
        AddFacts(formats);
        AddClaims(formats);
    }

    private static void AddFacts(FormatRegistry formats)
    {
        formats.Add<DurableEvent.FundingSpent, FundingSpentProto>(
            "ch.funding-spent.1",
            e => new() { Transaction = e.Transaction.ToProto(), Kind = (uint)e.Kind, CommitmentNumber = e.CommitmentNumber, BlockHeight = e.BlockHeight },
            p => new(p.Transaction.ToTransaction(), (SpendKind)p.Kind, p.CommitmentNumber, p.BlockHeight));
        formats.Add<DurableEvent.OutputSpent, OutputSpentProto>(
            "ch.output-spent.1",
            e => new() { Transaction = e.Transaction.ToProto(), BlockHeight = e.BlockHeight },
            p => new(p.Transaction.ToTransaction(), p.BlockHeight));
        formats.Add<DurableEvent.SpendUndone, SpendUndoneProto>(
            "ch.spend-undone.1", e => new() { TxId = e.TxId.Value.ToProto() }, p => new(p.TxId.ToTxId()));
        formats.Add<DurableEvent.ChannelReopened, ChannelReopenedProto>(
            "ch.reopened.1", e => new() { BlockHeight = e.BlockHeight }, p => new(p.BlockHeight));
        formats.Add<DurableEvent.RestoredFromBackup, RestoredFromBackupProto>(
            "ch.restored.1",
            e => new()
            {
                Parameters = e.Parameters.ToProto(), Funding = e.Funding.OutPoint.ToProto(), FundingAmount = e.Funding.Amount.Value, BlockHeight = e.BlockHeight,
            },
            p => new(p.Parameters.ToParameters(), new FundingOutput(p.Funding.ToOutPoint(), new Satoshi(p.FundingAmount)), p.BlockHeight));
        formats.Add<DurableEvent.SpendConfirmed, SpendConfirmedProto>(
            "ch.spend-confirmed.1",
            e => new() { TxId = e.TxId.Value.ToProto(), BlockHeight = e.BlockHeight },
            p => new(p.TxId.ToTxId(), p.BlockHeight));
        formats.Add<DurableEvent.HtlcsFailedOnChain, HtlcsFailedOnChainProto>(
            "ch.htlcs-failed-on-chain.1",
            e =>
            {
                var proto = new HtlcsFailedOnChainProto();
                foreach (var id in e.HtlcIds) proto.HtlcIds.Add(id);
                return proto;
            },
            p => new(p.HtlcIds.ToArray(id => id)));
        formats.Add<DurableEvent.PaidTooLate, PaidTooLateProto>(
            "ch.paid-too-late.1", e => new() { HtlcId = e.HtlcId, Amount = e.Amount.Value }, p => new(p.HtlcId, new MilliSatoshi(p.Amount)));
        formats.Add<DurableEvent.RevokedCommitmentRebuilt, RevokedCommitmentRebuiltProto>(
            "ch.revoked-commitment-rebuilt.1",
            e =>
            {
                var proto = new RevokedCommitmentRebuiltProto { Feerate = e.Spec.Feerate.Value, ToLocal = e.Spec.ToLocal.Value, ToRemote = e.Spec.ToRemote.Value };
                foreach (var htlc in e.Spec.Htlcs)
                {
                    proto.Htlcs.Add(new CommittedHtlcProto
                    {
                        Direction = (uint)htlc.Direction,
                        Id = htlc.Id,
                        Amount = htlc.Amount.Value,
                        PaymentHash = htlc.PaymentHash.Value.ToProto(),
                        CltvExpiry = htlc.CltvExpiry,
                    });
                }

                return proto;
            },
            p => new(new CommitmentSpec(
                new FeeratePerKw(p.Feerate),
                new MilliSatoshi(p.ToLocal),
                new MilliSatoshi(p.ToRemote),
                p.Htlcs.ToArray(h => new CommittedHtlc(
                    (HtlcDirection)h.Direction, h.Id, new MilliSatoshi(h.Amount), new PaymentHash(h.PaymentHash.ToBytes32()), h.CltvExpiry)).Items)));
    }

    private static void AddClaims(FormatRegistry formats)
    {
        formats.Add<DurableEvent.ClaimsMade, ClaimsMadeProto>(
            "ch.claims-made.1",
            e =>
            {
                var proto = new ClaimsMadeProto();
                foreach (var transaction in e.Transactions) proto.Transactions.Add(transaction.ToProto());
                foreach (var output in e.Outputs) proto.Outputs.Add(output.ToProto());
                return proto;
            },
            p => new(p.Transactions.ToArray(t => t.ToTransaction()), p.Outputs.ToArray(o => o.ToOutPoint())));
        formats.Add<DurableEvent.OutputsResolved, OutputsResolvedProto>(
            "ch.outputs-resolved.1",
            e =>
            {
                var proto = new OutputsResolvedProto();
                foreach (var output in e.Outputs) proto.Outputs.Add(output.ToProto());
                return proto;
            },
            p => new(p.Outputs.ToArray(o => o.ToOutPoint())));
        formats.Add<DurableEvent.ClaimPublished, ClaimPublishedProto>(
            "ch.claim-published.1",
            e =>
            {
                var attempt = e.Attempt;
                var proto = new ClaimPublishedProto
                {
                    Number = attempt.Number,
                    Transaction = attempt.Transaction.ToProto(),
                    Purpose = (uint)attempt.Purpose,
                    Fee = attempt.Fee.Value,
                    Feerate = attempt.Feerate.Value,
                    BlockHeight = attempt.BlockHeight,
                };
                if (attempt.Parent is { } parent) proto.Parent = parent.Value.ToProto();
                foreach (var coin in attempt.Coins) proto.Coins.Add(coin.ToProto());
                if (attempt.Deadline is { } deadline) proto.Deadline = deadline;
                return proto;
            },
            p => new(new ClaimAttempt(
                p.Number,
                p.Transaction.ToTransaction(),
                (TransactionPurpose)p.Purpose,
                p.HasParent ? p.Parent.ToTxId() : null,
                new Satoshi(p.Fee),
                new FeeratePerKw(p.Feerate),
                p.Coins.ToArray(c => c.ToClaimCoin()),
                p.BlockHeight,
                p.HasDeadline ? p.Deadline : null)));
        formats.Add<DurableEvent.ClaimsDropped, ClaimsDroppedProto>(
            "ch.claims-dropped.1",
            e =>
            {
                var proto = new ClaimsDroppedProto();
                foreach (var number in e.Numbers) proto.Numbers.Add(number);
                return proto;
            },
            p => new(p.Numbers.ToArray(number => number)));
        formats.Add<DurableEvent.SweepScriptGiven, SweepScriptGivenProto>(
            "ch.sweep-script.1", e => new() { Script = e.Script.ToProto() }, p => new(p.Script.ToScript()));
    }
}
