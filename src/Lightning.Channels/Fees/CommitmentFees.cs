using Lightning.Channels.Transactions;

namespace Lightning.Channels.Fees;

/// <summary>Trimming and fees of commitment transactions (BOLT 3 "Trimmed Outputs", "Fee Calculation", "Fee Payment").</summary>
public static class CommitmentFees
{
    /// <summary>Whether an HTLC gets no output: its amount minus the fee of its HTLC transaction is below the owner's dust limit.</summary>
    public static bool IsTrimmed(CommitmentTerms terms, CommittedHtlc htlc, FeeratePerKw feerate) =>
        htlc.Amount.ToSatoshi() - terms.Format.HtlcTransactionFee(htlc.Direction, feerate) < terms.DustLimit;

    /// <summary>How many HTLCs of a commitment get an output.</summary>
    public static int UntrimmedHtlcs(CommitmentTerms terms, CommitmentSpec spec)
    {
        // The same thresholds for all of a direction: two comparisons of numbers in the loop, on the hot path.
        var offered = terms.DustLimit + terms.Format.HtlcTransactionFee(HtlcDirection.Offered, spec.Feerate);
        var received = terms.DustLimit + terms.Format.HtlcTransactionFee(HtlcDirection.Received, spec.Feerate);
        var count = 0;
        foreach (var htlc in spec.Htlcs)
        {
            if (htlc.Amount.ToSatoshi() >= (htlc.Direction == HtlcDirection.Offered ? offered : received)) count++;
        }

        return count;
    }

    /// <summary>Expected weight of a commitment transaction, in weight units.</summary>
    public static long Weight(CommitmentTerms terms, CommitmentSpec spec) =>
        terms.Format.CommitmentWeight + ((long)terms.Format.HtlcOutputWeight * UntrimmedHtlcs(terms, spec));

    /// <summary>The base fee of a commitment transaction, which the opener pays; satoshi. What is trimmed comes on top in the transaction itself.</summary>
    public static Satoshi BaseFee(CommitmentTerms terms, CommitmentSpec spec) => spec.Feerate.Fee(Weight(terms, spec));

    /// <summary>
    /// All that a commitment costs its opener, base fee and anchors; satoshi. To know whether an update is affordable, ask with a specification that has
    /// the update in it: an HTLC counts if it is untrimmed at that feerate on that node's commitment.
    /// </summary>
    public static Satoshi OpenerCost(CommitmentTerms terms, CommitmentSpec spec) => BaseFee(terms, spec) + terms.Format.AnchorsCost;

    /// <summary>
    /// What HTLCs without an output would cost if this commitment confirmed; millisatoshi (BOLT 2 "Bounding exposure to trimmed in-flight HTLCs").
    /// The base fee is not in it.
    /// </summary>
    public static MilliSatoshi DustExposure(CommitmentTerms terms, CommitmentSpec spec)
    {
        var exposure = MilliSatoshi.Zero;
        foreach (var htlc in spec.Htlcs)
        {
            if (IsTrimmed(terms, htlc, spec.Feerate)) exposure += htlc.Amount;
        }

        return exposure;
    }
}
