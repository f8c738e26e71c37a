using System.Text.Json;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Bitcoin.Tests.Transactions;

public sealed class SegwitV0SigHashTests
{
    [Fact(DisplayName = "The native P2WPKH example of BIP 143 hashes as the BIP says")]
    public void Native_p2wpkh_example()
    {
        var transaction = Transaction.FromHex("0100000002fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f0000000000eeffffffef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206000000001976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac11000000");
        var scriptCode = Script.FromHex("76a9141d0f172a0ecb48aee1be1f2687d2963ae33f71a188ac");

        var hash = SigHash.SegwitV0(transaction, 1, scriptCode, new Satoshi(600_000_000));

        Assert.Equal("c37af31116d1b27caf68aae9e3ac82f1477929014d5b917657d0eb49478cb670", hash.ToString());
    }

    [SkippableFact(DisplayName = "Every signature hash of BIP 143 is reproduced, for all hash types")]
    public void Bip143_vectors()
    {
        var seen = 0;
        foreach (var example in Vectors.Json("bips/bip143.json").EnumerateArray())
        {
            var transactions = TransactionsOf(example).ToList();
            foreach (var (preimage, sigHash) in PairsOf(example))
            {
                // The preimage names what was hashed: the input, the script code, the amount and the type.
                var reader = new BitcoinReader(preimage);
                reader.Take(4 + 32 + 32);
                var spent = new OutPoint(new TxId(reader.Bytes32()), reader.U32());
                var scriptCode = new Script(reader.VarBytes());
                var amount = new Satoshi(reader.I64());
                reader.Take(4 + 32 + 4);
                var type = (SigHashType)reader.U32();
                var hashes = transactions.SelectMany(transaction => Enumerable.Range(0, transaction.Inputs.Length)
                    .Where(i => transaction.Inputs[i].PreviousOutput == spent)
                    .Select(i => SigHash.SegwitV0(transaction, i, scriptCode, amount, type).ToString())).ToList();
                if (hashes.Count == 0) continue; // The last example has one hash of a transaction that it does not show.
                Assert.Contains(sigHash, hashes);
                seen++;
            }
        }

        Assert.Equal(13, seen);
    }

    private static IEnumerable<(byte[] Preimage, string SigHash)> PairsOf(JsonElement example)
    {
        byte[] preimage = [];
        var used = false;
        byte anyoneCanPay = 0x81;
        foreach (var field in example.GetProperty("fields").EnumerateArray())
        {
            var (name, value) = (field[0].GetString()!, field[1].GetString()!);
            if (name.Contains("preimage", StringComparison.Ordinal)) (preimage, used) = (Convert.FromHexString(value), false);
            if (!name.Equals("sigHash", StringComparison.OrdinalIgnoreCase)) continue;

            // Three hashes of the P2SH-P2WSH example stand without a preimage: ANYONECANPAY with ALL, NONE and SINGLE.
            if (used) preimage = [.. preimage[..^4], anyoneCanPay++, 0, 0, 0];
            yield return (preimage, value);
            used = true;
        }
    }

    private static IEnumerable<Transaction> TransactionsOf(JsonElement example)
    {
        foreach (var field in example.GetProperty("fields").EnumerateArray())
        {
            if (field[0].GetString()!.Contains("signed_tx", StringComparison.Ordinal)) yield return Transaction.FromHex(field[1].GetString()!);
        }
    }
}
