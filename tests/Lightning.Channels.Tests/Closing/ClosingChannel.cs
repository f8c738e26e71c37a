using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Closing;
using Lightning.Channels.Tests.Transactions;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Tests.Closing;

/// <summary>A channel of a million satoshi that Alice and Bob close.</summary>
internal static class ClosingChannel
{
    public static readonly Script AliceScript = ScriptTemplates.P2wpkh(TestChannel.Alice.Basepoints.Payment);
    public static readonly Script BobScript = ScriptTemplates.WitnessProgram(1, TestChannel.Bob.Basepoints.Payment.Span[1..]);

    public static ChannelFunding ByAlice { get; } = Funding(TestChannel.Alice.Basepoints.FundingPubKey, TestChannel.Bob.Basepoints.FundingPubKey);

    public static ChannelFunding ByBob { get; } = Funding(TestChannel.Bob.Basepoints.FundingPubKey, TestChannel.Alice.Basepoints.FundingPubKey);

    public static ClosingBalances BalancesByAlice(long alice, Script? aliceScript = null, Script? bobScript = null) =>
        new(alice.Msat(), aliceScript ?? AliceScript, TestChannel.Capacity.ToMilliSatoshi() - alice.Msat(), bobScript ?? BobScript);

    public static ClosingBalances Mirrored(this ClosingBalances balances) => new(balances.Remote, balances.RemoteScript, balances.Local, balances.LocalScript);

    public static void AssertBothCanBroadcast(ClosingTransaction byAlice, ClosingTransaction byBob)
    {
        Assert.Equal(byAlice.Transaction, byBob.Transaction);
        EcdsaSignature alice = TestChannel.Alice.SignClosing(byAlice), bob = TestChannel.Bob.SignClosing(byBob);
        Assert.True(byAlice.VerifyRemote(bob));
        Assert.True(byBob.VerifyRemote(alice));
        Assert.False(byBob.VerifyRemote(bob));
        var signed = byAlice.WithSignatures(alice, bob);
        Assert.Equal(signed.ToBytes(), byBob.WithSignatures(bob, alice).ToBytes());
        Spending.AssertValid(signed, new TxOut(TestChannel.Capacity, ByAlice.ScriptPubKey));
    }

    private static ChannelFunding Funding(PubKey local, PubKey remote) => new(new OutPoint(new TxId(Hashes.Sha256("funding"u8)), 1), TestChannel.Capacity, local, remote);
}
