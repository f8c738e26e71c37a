using Lightning.Bitcoin.Scripts;
using Lightning.Channels.Closing;
using Lightning.Channels.Tests.Transactions;
using Lightning.Channels.Transactions;
using static Lightning.Channels.Closing.SimpleClosingVariant;
using static Lightning.Channels.Tests.Closing.ClosingChannel;

namespace Lightning.Channels.Tests.Closing;

public sealed class SimpleClosingTests
{
    private static readonly Script OpReturn = ScriptTemplates.OpReturn(new byte[8]);

    [Theory]
    [InlineData(CommitmentOwner.Local, 599_000, 400_000)]
    [InlineData(CommitmentOwner.Remote, 600_000, 399_000)]
    public void The_closer_pays_the_fee(CommitmentOwner closer, long toAlice, long toBob)
    {
        var balances = BalancesByAlice(600_000_000);
        var byAlice = SimpleClosing.Build(ByAlice, balances, closer, CloserAndCloseeOutputs, 1000.Sat(), 800_000);
        var mirrored = closer == CommitmentOwner.Local ? CommitmentOwner.Remote : CommitmentOwner.Local;
        AssertBothCanBroadcast(byAlice, SimpleClosing.Build(ByBob, balances.Mirrored(), mirrored, CloserAndCloseeOutputs, 1000.Sat(), 800_000));
        Assert.Equal((toAlice.Sat(), toBob.Sat()), (byAlice.LocalOutput!.Value, byAlice.RemoteOutput!.Value));
        Assert.Equal((2u, 800_000u, 0xFFFF_FFFDu), (byAlice.Transaction.Version, byAlice.Transaction.LockTime, byAlice.Transaction.Inputs[0].Sequence));
        Assert.InRange(byAlice.WithSignatures(TestChannel.Alice.SignClosing(byAlice), TestChannel.Alice.SignClosing(byAlice)).Weight, SimpleClosing.Weight(balances) - 8, SimpleClosing.Weight(balances));
    }

    [Fact]
    public void A_variant_keeps_one_output()
    {
        var balances = BalancesByAlice(600_000_000);
        var closerOnly = SimpleClosing.Build(ByAlice, balances, CommitmentOwner.Local, CloserOutputOnly, 1000.Sat(), 0);
        Assert.Equal((599_000.Sat(), AliceScript), (closerOnly.Transaction.Outputs.Single().Value, closerOnly.Transaction.Outputs.Single().ScriptPubKey));
        var closeeOnly = SimpleClosing.Build(ByAlice, balances, CommitmentOwner.Local, CloseeOutputOnly, 1000.Sat(), 0);
        Assert.Equal((400_000.Sat(), BobScript), (closeeOnly.Transaction.Outputs.Single().Value, closeeOnly.Transaction.Outputs.Single().ScriptPubKey));
    }

    [Fact]
    public void An_op_return_output_is_zero_and_its_amount_goes_to_fees()
    {
        var balances = BalancesByAlice(500_000, aliceScript: OpReturn);
        var closing = SimpleClosing.Build(ByAlice, balances, CommitmentOwner.Local, CloserAndCloseeOutputs, 100.Sat(), 0);
        Assert.Equal((Satoshi.Zero, 999_500.Sat(), 500.Sat()), (closing.LocalOutput!.Value, closing.RemoteOutput!.Value, closing.Fee));
        Assert.False(closing.HasDust);
        AssertBothCanBroadcast(closing, SimpleClosing.Build(ByBob, balances.Mirrored(), CommitmentOwner.Remote, CloserAndCloseeOutputs, 100.Sat(), 0));
    }

    [Fact]
    public void The_richer_closer_signs_with_and_without_the_closees_output() =>
        Assert.Equal<IEnumerable<SimpleClosingVariant>>([CloserOutputOnly, CloserAndCloseeOutputs], SimpleClosing.VariantsToSign(BalancesByAlice(600_000_000), 1000.Sat()));

    [Fact]
    public void The_richer_closer_leaves_out_the_closees_dust() => Assert.Equal<IEnumerable<SimpleClosingVariant>>([CloserOutputOnly], SimpleClosing.VariantsToSign(BalancesByAlice(999_700_000), 1000.Sat()));

    [Fact]
    public void The_poorer_closer_keeps_both_outputs_unless_its_own_is_dust()
    {
        Assert.Equal<IEnumerable<SimpleClosingVariant>>([CloserAndCloseeOutputs], SimpleClosing.VariantsToSign(BalancesByAlice(400_000_000), 1000.Sat()));
        Assert.Equal<IEnumerable<SimpleClosingVariant>>([CloseeOutputOnly], SimpleClosing.VariantsToSign(BalancesByAlice(1_293_000), 1000.Sat()));
        Assert.Equal<IEnumerable<SimpleClosingVariant>>([CloserAndCloseeOutputs], SimpleClosing.VariantsToSign(BalancesByAlice(1_294_000), 1000.Sat()));
        Assert.Equal<IEnumerable<SimpleClosingVariant>>([CloserAndCloseeOutputs], SimpleClosing.VariantsToSign(BalancesByAlice(1_000_000, aliceScript: OpReturn), 1000.Sat()));
    }

    [Fact]
    public void The_closee_uses_the_signature_that_bolt_2_names()
    {
        Assert.Equal(CloserOutputOnly, SimpleClosing.VariantToUse(BalancesByAlice(293_000), 1000.Sat(), hasBothOutputs: true));
        Assert.Equal(CloserAndCloseeOutputs, SimpleClosing.VariantToUse(BalancesByAlice(294_000), 1000.Sat(), hasBothOutputs: true));
        Assert.Equal(CloseeOutputOnly, SimpleClosing.VariantToUse(BalancesByAlice(999_000_000), 1000.Sat(), hasBothOutputs: false));
    }

    [Fact]
    public void A_fee_beyond_the_closers_balance_is_refused() =>
        Assert.Throws<ArgumentException>(() => SimpleClosing.Build(ByAlice, BalancesByAlice(999_000), CommitmentOwner.Local, CloserAndCloseeOutputs, 1000.Sat(), 0));
}
