using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Bitcoin.Tests.Transactions;

public sealed class LegacySigHashTests
{
    [SkippableFact(DisplayName = "Every hash of Bitcoin Core's sighash.json is reproduced")]
    public void Core_vectors()
    {
        var count = 0;
        foreach (var test in Vectors.Json("core/sighash.json").EnumerateArray())
        {
            if (test.GetArrayLength() < 5) continue;
            var hash = SigHash.Legacy(Transaction.FromHex(test[0].GetString()!), test[2].GetInt32(), Script.FromHex(test[1].GetString()!), unchecked((uint)test[3].GetInt64()));
            Assert.Equal(test[4].GetString()!, hash.Reversed().ToString());
            count++;
        }

        Assert.Equal(500, count);
    }

    [Fact]
    public void SINGLE_without_an_output_of_its_own_signs_the_number_one()
    {
        var input = new TxIn(default, Script.Empty, 0, Witness.Empty);
        var transaction = new Transaction(2, [input, input with { Sequence = 1 }], [new TxOut(new Satoshi(1), Script.Empty)], 0);

        Assert.Equal("0100000000000000000000000000000000000000000000000000000000000000", SigHash.Legacy(transaction, 1, Script.Empty, SigHashType.Single).ToString());
    }
}
