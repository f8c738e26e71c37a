namespace Lightning.Chain.BitcoinCore;

/// <summary>Reads Bitcoin Core's reasons for refusing a transaction. A reason that is not known is <see cref="BroadcastOutcome.Rejected"/>: to be tried again, never final.</summary>
internal static class RejectReason
{
    private static readonly (string Text, BroadcastOutcome Outcome)[] Known =
    [
        ("already in block chain", BroadcastOutcome.AlreadyKnown),
        ("already in utxo set", BroadcastOutcome.AlreadyKnown),
        ("txn-already-in-mempool", BroadcastOutcome.AlreadyKnown),
        ("txn-already-known", BroadcastOutcome.AlreadyKnown),
        ("txn-same-nonwitness-data-in-mempool", BroadcastOutcome.AlreadyKnown),
        ("missingorspent", BroadcastOutcome.MissingInputs),
        ("missing-inputs", BroadcastOutcome.MissingInputs),
        ("txn-mempool-conflict", BroadcastOutcome.Conflict),
        ("insufficient fee", BroadcastOutcome.Conflict),
        ("min relay fee not met", BroadcastOutcome.FeeTooLow),
        ("mempool min fee not met", BroadcastOutcome.FeeTooLow),
        ("mempool full", BroadcastOutcome.FeeTooLow),
        ("non-BIP68-final", BroadcastOutcome.NotFinal),
        ("non-final", BroadcastOutcome.NotFinal),
    ];

    /// <summary>The outcome that a reason means.</summary>
    public static BroadcastOutcome Classify(string reason)
    {
        foreach (var (text, outcome) in Known)
        {
            if (reason.Contains(text, StringComparison.OrdinalIgnoreCase)) return outcome;
        }

        return BroadcastOutcome.Rejected;
    }
}
