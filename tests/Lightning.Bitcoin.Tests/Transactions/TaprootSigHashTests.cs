using System.Collections.Immutable;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Scripts.Interpreter;
using Lightning.Bitcoin.Scripts.Taproot;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Bitcoin.Tests.Transactions;

public sealed class TaprootSigHashTests
{
    [SkippableFact(DisplayName = "Every key path hash and signature of BIP 341 is reproduced, and the interpreter accepts it")]
    public void Key_path_vectors()
    {
        foreach (var test in Vectors.Json("bips/bip341-wallet-test-vectors.json").GetProperty("keyPathSpending").EnumerateArray())
        {
            var given = test.GetProperty("given");
            var transaction = Transaction.FromHex(given.GetProperty("rawUnsignedTx").GetString()!);
            var spent = new SpentOutputs(given.GetProperty("utxosSpent").EnumerateArray()
                .Select(o => new TxOut(new Satoshi(o.GetProperty("amountSats").GetInt64()), Script.FromHex(o.GetProperty("scriptPubKey").GetString()!))).ToImmutableArray());
            foreach (var input in test.GetProperty("inputSpending").EnumerateArray())
            {
                var (index, type) = (input.GetProperty("given").GetProperty("txinIndex").GetInt32(), (SigHashType)input.GetProperty("given").GetProperty("hashType").GetInt32());
                var merkleRoot = input.GetProperty("given").GetProperty("merkleRoot").GetString() is { } hex ? Bytes32.FromHex(hex) : (Bytes32?)null;
                using var internalKey = Key.FromBytes(Convert.FromHexString(input.GetProperty("given").GetProperty("internalPrivkey").GetString()!));
                var expected = input.GetProperty("intermediary");

                var hash = SigHash.Taproot(transaction, index, spent, type);
                var tweak = TaprootOutput.TweakOf(internalKey.PubKey.ToXOnly(), merkleRoot);
                using var key = internalKey.TaprootTweak(tweak);
                var signature = key.SignSchnorr(hash.Span, Bytes32.Zero);
                byte[] item = type == SigHashType.Default ? signature.Span.ToArray() : [.. signature.Span, (byte)type];

                Assert.Equal(expected.GetProperty("sigHash").GetString()!, hash.ToString());
                Assert.Equal(expected.GetProperty("tweak").GetString()!, tweak.ToString());
                Assert.Equal(input.GetProperty("expected").GetProperty("witness")[0].GetString()!, Convert.ToHexStringLower(item));
                transaction = transaction.WithWitness(index, Witness.Of(item));
                Assert.Equal(ScriptError.Ok, ScriptInterpreter.Verify(transaction, index, spent, ScriptFlags.Standard));
                item[5] ^= 1;
                Assert.Equal(ScriptError.SchnorrSig, ScriptInterpreter.Verify(transaction.WithWitness(index, Witness.Of(item)), index, spent, ScriptFlags.Standard));
            }

            // The other inputs of the BIP's transaction are not taproot.
            var full = Transaction.FromHex(test.GetProperty("auxiliary").GetProperty("fullySignedTx").GetString()!);
            for (var i = 0; i < full.Inputs.Length; i++) Assert.Equal(ScriptError.Ok, ScriptInterpreter.Verify(full, i, spent, ScriptFlags.Standard));
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(0x80)]
    [InlineData(0x84)]
    [InlineData((int)SigHashType.Single)]
    public void Undefined_types_are_refused(int type)
    {
        var transaction = new Transaction(2, [new TxIn(default, Script.Empty, 0, Witness.Empty)], [], 0);
        var spent = new SpentOutputs([new TxOut(new Satoshi(1), Script.Empty)]);

        Assert.Throws<ArgumentException>(() => SigHash.Taproot(transaction, 0, spent, (SigHashType)type));
    }
}
