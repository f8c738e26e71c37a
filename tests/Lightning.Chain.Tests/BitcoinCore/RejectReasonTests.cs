using Lightning.Chain.BitcoinCore;

namespace Lightning.Chain.Tests.BitcoinCore;

public sealed class RejectReasonTests
{
    [Theory]
    [InlineData("Transaction outputs already in utxo set", BroadcastOutcome.AlreadyKnown)]
    [InlineData("txn-already-in-mempool", BroadcastOutcome.AlreadyKnown)]
    [InlineData("bad-txns-inputs-missingorspent", BroadcastOutcome.MissingInputs)]
    [InlineData("txn-mempool-conflict", BroadcastOutcome.Conflict)]
    [InlineData("insufficient fee, rejecting replacement 01, less fees than conflicting txs; 0.00001 < 0.0001", BroadcastOutcome.Conflict)]
    [InlineData("min relay fee not met, 0 < 110", BroadcastOutcome.FeeTooLow)]
    [InlineData("mempool min fee not met, 110 < 500", BroadcastOutcome.FeeTooLow)]
    [InlineData("non-BIP68-final", BroadcastOutcome.NotFinal)]
    [InlineData("non-final", BroadcastOutcome.NotFinal)]
    [InlineData("something that a later version says", BroadcastOutcome.Rejected)]
    [InlineData("", BroadcastOutcome.Rejected)]
    public void A_reason_that_is_not_known_is_never_final(string reason, BroadcastOutcome expected) => Assert.Equal(expected, RejectReason.Classify(reason));
}
