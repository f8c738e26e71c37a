using CsCheck;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Scripts.Interpreter;
using Lightning.Bitcoin.Scripts.Taproot;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Bitcoin.Tests.Scripts.Interpreter;

public sealed class ScriptInterpreterTests
{
    private static readonly Key Alice = Key.FromBytes(Enumerable.Repeat((byte)1, 32).ToArray());
    private static readonly Key Bob = Key.FromBytes(Enumerable.Repeat((byte)2, 32).ToArray());

    [Fact]
    public void A_P2WPKH_input_verifies_and_a_changed_amount_does_not()
    {
        var script = ScriptTemplates.P2wpkh(Alice.PubKey);
        var spend = Spend();
        var hash = SigHash.SegwitV0(spend, 0, ScriptTemplates.P2pkh(Alice.PubKey), new Satoshi(1000));
        spend = spend.WithWitness(0, Witness.Of([.. Alice.Sign(hash).ToDer(), 1], Alice.PubKey.Span.ToArray()));

        Assert.Equal(ScriptError.Ok, Verify(spend, script));
        Assert.Equal(ScriptError.NullFail, Verify(spend, script, amount: 999));
        Assert.Equal(ScriptError.EvalFalse, Verify(spend, script, ScriptFlags.Consensus, 999));
        Assert.Equal(ScriptError.EqualVerify, Verify(spend, ScriptTemplates.P2wpkh(Bob.PubKey)));
    }

    [Fact]
    public void A_2_of_2_funding_output_needs_both_signatures_in_the_order_of_the_keys()
    {
        var witnessScript = ScriptTemplates.MultiSig2Of2(Alice.PubKey, Bob.PubKey);
        var (first, second) = Alice.PubKey.CompareTo(Bob.PubKey) < 0 ? (Alice, Bob) : (Bob, Alice);
        var spend = Spend();
        var hash = SigHash.SegwitV0(spend, 0, witnessScript, new Satoshi(1000));
        byte[] a = [.. first.Sign(hash).ToDer(), 1];
        byte[] b = [.. second.Sign(hash).ToDer(), 1];
        var script = witnessScript.ToP2wsh();

        Assert.Equal(witnessScript, ScriptTemplates.MultiSig2Of2(Bob.PubKey, Alice.PubKey));
        Assert.Equal(ScriptError.Ok, Verify(spend.WithWitness(0, Witness.Of([], a, b, witnessScript.Bytes.ToArray())), script));
        Assert.Equal(ScriptError.NullFail, Verify(spend.WithWitness(0, Witness.Of([], b, a, witnessScript.Bytes.ToArray())), script));
        Assert.Equal(ScriptError.NullFail, Verify(spend.WithWitness(0, Witness.Of([], a, a, witnessScript.Bytes.ToArray())), script));
        Assert.Equal(ScriptError.InvalidStackOperation, Verify(spend.WithWitness(0, Witness.Of([], a, witnessScript.Bytes.ToArray())), script));
    }

    [Theory]
    [InlineData(144u, 144u, ScriptError.Ok)]
    [InlineData(143u, 144u, ScriptError.UnsatisfiedLockTime)]
    [InlineData(0xffffffffu, 144u, ScriptError.UnsatisfiedLockTime)]
    [InlineData(0x00400090u, 144u, ScriptError.UnsatisfiedLockTime)]
    public void A_relative_lock_holds(uint sequence, uint delay, ScriptError expected)
    {
        var witnessScript = new ScriptBuilder().Number(delay).Op(OpCode.OP_CHECKSEQUENCEVERIFY).Build();
        var spend = Spend(sequence).WithWitness(0, Witness.Of(witnessScript.Bytes.ToArray()));

        Assert.Equal(expected, Verify(spend, witnessScript.ToP2wsh()));
    }

    [Theory]
    [InlineData(500u, 0u, ScriptError.Ok)]
    [InlineData(499u, 0u, ScriptError.UnsatisfiedLockTime)]
    [InlineData(500u, 0xffffffffu, ScriptError.UnsatisfiedLockTime)]
    [InlineData(500_000_500u, 0u, ScriptError.UnsatisfiedLockTime)]
    public void An_absolute_lock_holds(uint lockTime, uint sequence, ScriptError expected)
    {
        var witnessScript = new ScriptBuilder().Number(500).Op(OpCode.OP_CHECKLOCKTIMEVERIFY).Build();
        var spend = Spend(sequence, lockTime).WithWitness(0, Witness.Of(witnessScript.Bytes.ToArray()));

        Assert.Equal(expected, Verify(spend, witnessScript.ToP2wsh()));
    }

    [Fact]
    public void An_anchor_output_that_anybody_may_spend_needs_nothing()
    {
        Assert.Equal(ScriptError.Ok, Verify(Spend(), ScriptTemplates.P2a));
        Assert.Equal(ScriptError.DiscourageUpgradableWitnessProgram, Verify(Spend(), Script.FromHex("5102ffff")));
        Assert.Equal(ScriptError.Ok, Verify(Spend(), Script.FromHex("5102ffff"), ScriptFlags.Consensus));
    }

    [Fact]
    public void A_tapscript_with_CHECKSIGADD_and_a_code_separator_verifies()
    {
        // 2 of 2: the second signature also commits to the position of the separator, operation 2.
        var script = new ScriptBuilder()
            .Push(Alice.PubKey.ToXOnly().Value).Op(OpCode.OP_CHECKSIG).Op(OpCode.OP_CODESEPARATOR)
            .Push(Bob.PubKey.ToXOnly().Value).Op(OpCode.OP_CHECKSIGADD).Number(2).Op(OpCode.OP_NUMEQUAL).Build();
        var leaf = new TapLeaf(script);
        var output = new TaprootOutput(Bob.PubKey.ToXOnly(), TapTree.Branch(TapTree.Of(Script.FromHex("51")), TapTree.Of(leaf)));
        var spend = Spend();
        var spent = new SpentOutputs([new TxOut(new Satoshi(1000), output.ScriptPubKey)]);
        var alice = Alice.SignSchnorr(SigHash.Taproot(spend, 0, spent, leafHash: leaf.Hash).Span, Bytes32.Zero).Span.ToArray();
        var bob = Bob.SignSchnorr(SigHash.Taproot(spend, 0, spent, leafHash: leaf.Hash, codeSeparator: 2).Span, Bytes32.Zero).Span.ToArray();
        var bobElsewhere = Bob.SignSchnorr(SigHash.Taproot(spend, 0, spent, leafHash: leaf.Hash).Span, Bytes32.Zero).Span.ToArray();
        var block = output.ControlBlock(leaf).ToArray();

        ScriptError With(params byte[][] stack) => Verify(spend.WithWitness(0, Witness.Of([.. stack, script.Bytes.ToArray(), block])), output.ScriptPubKey);

        Assert.Equal(ScriptError.Ok, With(bob, alice));
        Assert.Equal(ScriptError.SchnorrSig, With(bobElsewhere, alice));
        Assert.Equal(ScriptError.EvalFalse, With([], alice));
        Assert.Equal(ScriptError.SchnorrSigSize, With([1], alice));
        Assert.Equal(ScriptError.SchnorrSigHashType, With([.. bob, 0], alice));
        block[40] ^= 1;
        Assert.Equal(ScriptError.WitnessProgramMismatch, With(bob, alice));
        block = block[..^1];
        Assert.Equal(ScriptError.TaprootWrongControlSize, With(bob, alice));
    }

    [Fact]
    public void A_signature_over_an_annex_needs_the_annex()
    {
        var output = new TaprootOutput(Alice.PubKey.ToXOnly());
        using var key = Alice.TaprootTweak(output.Tweak);
        var spend = Spend();
        byte[] annex = [0x50, 1, 2, 3];
        var hash = SigHash.Taproot(spend, 0, new SpentOutputs([new TxOut(new Satoshi(1000), output.ScriptPubKey)]), annex: new Bytes(annex));
        var signature = key.SignSchnorr(hash.Span, Bytes32.Zero).Span.ToArray();

        Assert.Equal(ScriptError.Ok, Verify(spend.WithWitness(0, Witness.Of(signature, annex)), output.ScriptPubKey));
        Assert.Equal(ScriptError.SchnorrSig, Verify(spend.WithWitness(0, Witness.Of(signature)), output.ScriptPubKey));
    }

    [Fact]
    public void Signatures_beyond_the_weight_of_the_witness_are_refused()
    {
        // Each CHECKSIGADD of the same 65 bytes costs 50; the script makes the witness grow by 3 only.
        var builder = new ScriptBuilder().Number(0);
        for (var i = 0; i < 10; i++) builder.Op(OpCode.OP_2DUP, OpCode.OP_DROP, OpCode.OP_1, OpCode.OP_CHECKSIG, OpCode.OP_DROP);
        var script = builder.Build();
        var output = new TaprootOutput(Alice.PubKey.ToXOnly(), TapTree.Of(script));
        var witness = Witness.Of([1], script.Bytes.ToArray(), output.ControlBlock(new TapLeaf(script)).ToArray());

        Assert.Equal(ScriptError.TapscriptValidationWeight, Verify(Spend().WithWitness(0, witness), output.ScriptPubKey, ScriptFlags.Consensus));
    }

    [Fact]
    public void An_unknown_operation_makes_a_tapscript_valid_for_consensus_only()
    {
        var script = Script.FromHex("006a7e");
        var output = new TaprootOutput(Alice.PubKey.ToXOnly(), TapTree.Of(script));
        var spend = Spend().WithWitness(0, Witness.Of(script.Bytes.ToArray(), output.ControlBlock(new TapLeaf(script)).ToArray()));

        Assert.Equal(ScriptError.Ok, Verify(spend, output.ScriptPubKey, ScriptFlags.Consensus));
        Assert.Equal(ScriptError.DiscourageOpSuccess, Verify(spend, output.ScriptPubKey));
    }

    [Fact]
    public void Deep_nesting_neither_overflows_the_stack_nor_takes_long()
    {
        var script = new byte[200_000];
        script.AsSpan().Fill((byte)OpCode.OP_NOTIF);
        script[0] = (byte)OpCode.OP_0;
        script[1] = (byte)OpCode.OP_IF;
        var output = new TaprootOutput(Alice.PubKey.ToXOnly(), TapTree.Of(new Script(new Bytes(script))));
        var witness = Witness.Of(script, output.ControlBlock(output.Tree!.Leaves.First()).ToArray());

        Assert.Equal(ScriptError.UnbalancedConditional, Verify(Spend().WithWitness(0, witness), output.ScriptPubKey));
    }

    [Fact]
    public void Random_scripts_never_throw() =>
        Gen.Select(Gen.Byte.Array[0, 60], Gen.Byte.Array[0, 60], Gen.Byte[0, 20].Array[0, 40], Gen.Int[0, 3]).Sample(
            (first, second, third, kind) =>
            {
                var script = new Script(new Bytes(second));
                var output = new TaprootOutput(Alice.PubKey.ToXOnly(), TapTree.Of(script));
                var (scriptSig, scriptPubKey, witness) = kind switch
                {
                    0 => (new Script(new Bytes(first)), script, Witness.Empty),
                    1 => (new ScriptBuilder().Push(first).Push(third).Push(second).Build(), script.ToP2sh(), Witness.Empty),
                    2 => (Script.Empty, script.ToP2wsh(), Witness.Of(first, third, second)),
                    _ => (Script.Empty, output.ScriptPubKey, Witness.Of(first, third, second, output.ControlBlock(output.Tree!.Leaves.First()).ToArray())),
                };
                var spend = new Transaction(2, [new TxIn(default, scriptSig, 0, witness)], [new TxOut(new Satoshi(900), Script.Empty)], 0);
                Verify(spend, scriptPubKey);
                Verify(spend, scriptPubKey, ScriptFlags.Consensus);
            },
            iter: 5000);

    private static Transaction Spend(uint sequence = 0, uint lockTime = 0) =>
        new(2, [new TxIn(new OutPoint(new TxId(Bytes32.FromHex(new string('a', 64))), 3), Script.Empty, sequence, Witness.Empty)], [new TxOut(new Satoshi(900), ScriptTemplates.P2wpkh(Bob.PubKey))], lockTime);

    private static ScriptError Verify(Transaction spend, Script scriptPubKey, ScriptFlags flags = ScriptFlags.Standard, long amount = 1000) =>
        ScriptInterpreter.Verify(spend, 0, new SpentOutputs([new TxOut(new Satoshi(amount), scriptPubKey)]), flags);
}
