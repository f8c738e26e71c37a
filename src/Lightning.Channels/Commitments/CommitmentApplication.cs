using System.Collections.Immutable;
using Lightning.Channels.Events;
using Lightning.Channels.Updates;

namespace Lightning.Channels.Commitments;

/// <summary>How the events of normal operation change the commitments (BOLT 2 "Normal Operation").</summary>
internal static class CommitmentApplication
{
    public static ChannelCommitments Apply(this ChannelCommitments commitments, DurableEvent.CommitmentSent sent)
    {
        var outgoing = commitments.Outgoing;
        var incoming = commitments.Incoming;
        var nextId = commitments.NextLocalHtlcId;
        var add = 0;
        foreach (var update in sent.Updates)
        {
            switch (update)
            {
                case CommitmentUpdate.AddHtlc htlc:
                    outgoing = outgoing.Add(sent.Origins[add++], htlc.Id, htlc.Amount);
                    nextId = htlc.Id + 1;
                    break;
                case CommitmentUpdate.Settlement settlement:
                    incoming = incoming.Remove(settlement.Id);
                    break;
                default:
                    break;
            }
        }

        return commitments with
        {
            Active = commitments.Active.Select(one => one with { NextRemoteSpec = SpecReducer.Reduce(one.RemoteSpec, commitments.RemoteAcked.Span, sent.Updates.Span) }),
            SentAtLocalNumber = commitments.LocalNumber,
            LocalSigned = sent.Updates,
            RemoteSigned = commitments.RemoteAcked,
            RemoteAcked = [],
            Kept = [],
            NextLocalHtlcId = nextId,
            Incoming = incoming,
            Outgoing = outgoing,
        };
    }

    public static ChannelCommitments Apply(this ChannelCommitments commitments, DurableEvent.CommitmentReceived received)
    {
        var outgoing = commitments.Outgoing;
        var nextId = commitments.NextRemoteHtlcId;
        foreach (var update in received.Updates)
        {
            if (update is CommitmentUpdate.FulfillHtlc fulfill) outgoing = outgoing.Fulfill(new LearnedPreimage(fulfill.Id, fulfill.Preimage, fulfill.AttributionData));
            if (update is CommitmentUpdate.AddHtlc add) nextId = add.Id + 1;
        }

        return commitments with
        {
            Active = commitments.Active.Select(one => one with
            {
                LocalSpec = SpecReducer.Reduce(one.LocalSpec, commitments.LocalAcked.Span, received.Updates.Span),
                LocalSignatures = received.SignaturesOf(one.Funding.OutPoint.TxId),
            }),
            LocalNumber = commitments.LocalNumber + 1,
            LocalAcked = [],
            RemoteAcked = commitments.RemoteAcked.Concat(received.Updates),
            NextRemoteHtlcId = nextId,
            Outgoing = outgoing,
        };
    }

    public static ChannelCommitments Apply(this ChannelCommitments commitments, DurableEvent.RevocationReceived received)
    {
        var outgoing = commitments.Outgoing;
        var incoming = commitments.Incoming;
        foreach (var update in commitments.RemoteSigned)
        {
            switch (update)
            {
                case CommitmentUpdate.AddHtlc add:
                    incoming = incoming.Add(add.Id, new IncomingHtlc(add, received.At, received.MustFail.Span.Contains(add.Id), Forward: null));
                    break;
                case CommitmentUpdate.FailHtlc fail:
                    outgoing = outgoing.Fail(fail.Id, new HtlcFailure.Remote(fail.Reason, fail.AttributionData));
                    break;
                case CommitmentUpdate.FailMalformedHtlc fail:
                    outgoing = outgoing.Fail(fail.Id, new HtlcFailure.Malformed(fail.OnionHash, fail.FailureCode));
                    break;
                default:
                    break;
            }
        }

        return commitments with
        {
            Active = commitments.Active.Select(static one => one with { RemoteSpec = one.LatestRemoteSpec, NextRemoteSpec = null }),
            RemoteNumber = commitments.RemoteNumber + 1,
            RemotePoint = commitments.RemoteNextPoint ?? throw new InvalidOperationException("A revocation cannot come before channel_ready."),
            RemoteNextPoint = received.NextPoint,
            Secrets = commitments.Secrets.TryInsert(received.Secret, out var secrets) ? secrets : throw new InvalidOperationException("A revocation secret does not fit the earlier ones."),
            SentAtLocalNumber = null,
            LocalAcked = commitments.LocalAcked.Concat(commitments.LocalSigned),
            LocalSigned = [],
            RemoteSigned = [],
            Incoming = incoming,
            Outgoing = outgoing,
        };
    }

    public static ChannelCommitments Apply(this ChannelCommitments commitments, DurableEvent.SettlementsKept kept)
    {
        var all = commitments.Kept.Items.ToBuilder();
        var incoming = commitments.Incoming;
        foreach (var settlement in kept.Settlements)
        {
            // A preimage that comes after a failure, both unsent, takes its place.
            all.RemoveAll(earlier => earlier.Id == settlement.Id);
            all.Add(settlement);
            incoming = incoming.Remove(settlement.Id);
        }

        return commitments with { Kept = all.ToImmutable(), Incoming = incoming };
    }

    private static Signing.CommitmentSignatures SignaturesOf(this DurableEvent.CommitmentReceived received, TxId funding)
    {
        foreach (var one in received.Signatures)
        {
            if (one.FundingTxId == funding) return one.Signatures;
        }

        throw new InvalidOperationException($"There is no signature for the commitment on {funding}.");
    }

    private static EquatableArray<Commitment> Select(this EquatableArray<Commitment> active, Func<Commitment, Commitment> change)
    {
        var changed = ImmutableArray.CreateBuilder<Commitment>(active.Count);
        foreach (var one in active) changed.Add(change(one));
        return changed.MoveToImmutable();
    }

    private static EquatableArray<CommitmentUpdate> Concat(this EquatableArray<CommitmentUpdate> first, EquatableArray<CommitmentUpdate> second) =>
        first.IsEmpty ? second : second.IsEmpty ? first : first.Items.AddRange(second.Items);
}
