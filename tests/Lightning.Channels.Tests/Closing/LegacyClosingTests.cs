using Lightning.Channels.Closing;
using Lightning.Channels.Tests.Transactions;
using static Lightning.Channels.Tests.Closing.ClosingChannel;

namespace Lightning.Channels.Tests.Closing;

public sealed class LegacyClosingTests
{
    [Theory]
    [InlineData(true, 599_000, 400_000)]
    [InlineData(false, 600_000, 399_000)]
    public void The_opener_pays_the_fee(bool aliceIsOpener, long toAlice, long toBob)
    {
        var balances = BalancesByAlice(600_000_000);
        var byAlice = LegacyClosing.Build(ByAlice, balances, aliceIsOpener, 1000.Sat(), 546.Sat());
        AssertBothCanBroadcast(byAlice, LegacyClosing.Build(ByBob, balances.Mirrored(), !aliceIsOpener, 1000.Sat(), 354.Sat()));
        Assert.Equal((toAlice.Sat(), toBob.Sat()), (byAlice.LocalOutput!.Value, byAlice.RemoteOutput!.Value));
        Assert.Equal((2u, 0u, 0xFFFF_FFFFu), (byAlice.Transaction.Version, byAlice.Transaction.LockTime, byAlice.Transaction.Inputs[0].Sequence));
        Assert.Equal(1000.Sat(), byAlice.Fee);
        Assert.Equal(byAlice.Transaction.Outputs[0], toBob < toAlice ? byAlice.RemoteOutput : byAlice.LocalOutput);
        Assert.False(byAlice.HasDust);
    }

    [Fact]
    public void Millisatoshi_go_to_fees()
    {
        var closing = LegacyClosing.Build(ByAlice, BalancesByAlice(600_000_999), localIsOpener: true, 1000.Sat(), 546.Sat());
        Assert.Equal((599_000.Sat(), 399_999.Sat(), 1001.Sat()), (closing.LocalOutput!.Value, closing.RemoteOutput!.Value, closing.Fee));
    }

    [Fact]
    public void An_output_below_the_dust_limit_is_left_out()
    {
        var closing = LegacyClosing.Build(ByAlice, BalancesByAlice(545_000), localIsOpener: false, 1000.Sat(), 546.Sat());
        Assert.Null(closing.LocalOutput);
        Assert.Single(closing.Transaction.Outputs);
        Assert.NotNull(LegacyClosing.Build(ByAlice, BalancesByAlice(546_000), localIsOpener: false, 1000.Sat(), 546.Sat()).LocalOutput);
    }

    [Fact]
    public void A_fee_beyond_the_openers_balance_is_refused()
    {
        Assert.Throws<ArgumentException>(() => LegacyClosing.Build(ByAlice, BalancesByAlice(999_000), localIsOpener: true, 1000.Sat(), 546.Sat()));
        Assert.Throws<ArgumentException>(() => LegacyClosing.Build(ByAlice, BalancesByAlice(999_000), localIsOpener: true, new Satoshi(-1), 546.Sat()));
        Assert.False(LegacyClosing.TryMatch(ByAlice, BalancesByAlice(999_000), localIsOpener: true, 1000.Sat(), 546.Sat(), 546.Sat(), default, out _));
    }

    [Fact]
    public void A_received_signature_is_matched_with_the_outputs_it_covers()
    {
        // 400 sat for Alice: dust under her limit of 546, not under Bob's of 354.
        var balances = BalancesByAlice(400_000);
        foreach (var bobsLimit in new[] { 354.Sat(), 546.Sat() })
        {
            var byBob = LegacyClosing.Build(ByBob, balances.Mirrored(), localIsOpener: true, 1000.Sat(), bobsLimit);
            Assert.True(Match(balances, byBob, bobsLimit, out var closing));
            Assert.Equal(byBob.Transaction, closing!.Transaction);
        }
    }

    [Fact]
    public void The_peer_may_leave_out_its_own_output_but_not_ours()
    {
        var balances = BalancesByAlice(600_000_000);
        var withoutBobs = new ClosingTransaction(ByBob, 0xFFFF_FFFF, 0, local: null, remote: new(600_000.Sat(), AliceScript));
        Assert.True(Match(balances, withoutBobs, 354.Sat(), out var closing));
        Assert.Null(closing!.RemoteOutput);

        var withoutAlices = new ClosingTransaction(ByBob, 0xFFFF_FFFF, 0, local: new(399_000.Sat(), BobScript), remote: null);
        Assert.False(Match(balances, withoutAlices, 354.Sat(), out _));
    }

    private static bool Match(ClosingBalances balances, ClosingTransaction byBob, Satoshi bobsLimit, out ClosingTransaction? closing) => LegacyClosing.TryMatch(
        ByAlice, balances, localIsOpener: false, 1000.Sat(), localDustLimit: 546.Sat(), remoteDustLimit: bobsLimit, TestChannel.Bob.SignClosing(byBob), out closing);
}
