using Lightning.Channels.Commitments;
using Lightning.Channels.Transactions;
using Lightning.Channels.Updates;

namespace Lightning.Channels.States;

/// <summary>The preimages that a channel knows for its incoming HTLCs.</summary>
internal static class Preimages
{
    /// <summary>The preimage of an incoming HTLC, given by this node; null where none was.</summary>
    public static PaymentPreimage? OfIncoming(FundedState state, ulong id)
    {
        foreach (var one in state.Transient.Proposed)
        {
            if (one.Update is CommitmentUpdate.FulfillHtlc fulfill && fulfill.Id == id) return fulfill.Preimage;
        }

        foreach (var kept in state.Commitments.Kept)
        {
            if (kept is CommitmentUpdate.FulfillHtlc fulfill && fulfill.Id == id) return fulfill.Preimage;
        }

        return Find(state.Commitments.LocalSigned, id) ?? Find(state.Commitments.LocalAcked, id);
    }

    /// <summary>All of them, by the ids of the HTLCs.</summary>
    public static Dictionary<ulong, PaymentPreimage> ById(FundedState state)
    {
        var known = new Dictionary<ulong, PaymentPreimage>();
        IEnumerable<CommitmentUpdate> updates =
            [.. state.Commitments.LocalAcked, .. state.Commitments.LocalSigned, .. state.Commitments.Kept, .. state.Transient.Proposed.Items.Select(static one => one.Update)];
        foreach (var update in updates)
        {
            if (update is CommitmentUpdate.FulfillHtlc fulfill) known[fulfill.Id] = fulfill.Preimage;
        }

        return known;
    }

    /// <summary>All of them, by payment hash.</summary>
    public static Dictionary<PaymentHash, PaymentPreimage> All(FundedState state)
    {
        var known = new Dictionary<PaymentHash, PaymentPreimage>();
        Collect(known, state.Commitments.LocalSigned);
        Collect(known, state.Commitments.LocalAcked);
        foreach (var kept in state.Commitments.Kept)
        {
            if (kept is CommitmentUpdate.FulfillHtlc fulfill) known[fulfill.Preimage.Hash] = fulfill.Preimage;
        }

        return known;
    }

    private static void Collect(Dictionary<PaymentHash, PaymentPreimage> known, EquatableArray<CommitmentUpdate> updates)
    {
        foreach (var update in updates)
        {
            if (update is CommitmentUpdate.FulfillHtlc fulfill) known[fulfill.Preimage.Hash] = fulfill.Preimage;
        }
    }

    private static PaymentPreimage? Find(EquatableArray<CommitmentUpdate> updates, ulong id)
    {
        foreach (var update in updates)
        {
            if (update is CommitmentUpdate.FulfillHtlc fulfill && fulfill.Id == id) return fulfill.Preimage;
        }

        return null;
    }
}
