using Lightning.Channels.Transactions;
using Lightning.Channels.Updates;

namespace Lightning.Channels.Commitments;

/// <summary>Applies updates to what a commitment holds.</summary>
internal static class SpecReducer
{
    /// <summary>The specification after both nodes' updates.</summary>
    /// <param name="spec">From the view of the commitment's owner.</param>
    /// <param name="owners">Updates that the owner proposed.</param>
    /// <param name="others">Updates that the other node proposed.</param>
    /// <exception cref="ArgumentException">An update settles an HTLC that is not there, or adds one that is.</exception>
    public static CommitmentSpec Reduce(CommitmentSpec spec, ReadOnlySpan<CommitmentUpdate> owners, ReadOnlySpan<CommitmentUpdate> others)
    {
        spec = Add(Add(spec, owners, HtlcDirection.Offered), others, HtlcDirection.Received);
        return Settle(Settle(spec, owners, HtlcDirection.Received), others, HtlcDirection.Offered);
    }

    private static CommitmentSpec Add(CommitmentSpec spec, ReadOnlySpan<CommitmentUpdate> updates, HtlcDirection direction)
    {
        foreach (var update in updates)
        {
            if (update is CommitmentUpdate.AddHtlc add) spec = spec.Add(new CommittedHtlc(direction, add.Id, add.Amount, add.PaymentHash, add.CltvExpiry));
        }

        return spec;
    }

    // A node settles what the other one offered.
    private static CommitmentSpec Settle(CommitmentSpec spec, ReadOnlySpan<CommitmentUpdate> updates, HtlcDirection settled)
    {
        foreach (var update in updates)
        {
            spec = update switch
            {
                CommitmentUpdate.FulfillHtlc fulfill => spec.Fulfill(settled, fulfill.Id),
                CommitmentUpdate.Settlement fail => spec.Fail(settled, fail.Id),
                CommitmentUpdate.Fee fee => spec.WithFeerate(fee.Feerate),
                _ => spec,
            };
        }

        return spec;
    }
}
