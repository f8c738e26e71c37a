using System.Collections.Immutable;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Bitcoin.Tests.Transactions;

public sealed class Bip69Tests
{
    [SkippableFact(DisplayName = "The examples of BIP 69 come out in its order, however they are shuffled")]
    public void Examples_of_the_bip()
    {
        foreach (var example in Vectors.Json("bips/bip69.json").EnumerateArray())
        {
            var inputs = example.GetProperty("sorted_inputs").EnumerateArray()
                .Select(i => new TxIn(new OutPoint(TxId.Parse(i[0].GetString()!), i[1].GetUInt32()), Script.Empty, 0, Witness.Empty)).ToImmutableArray();
            var outputs = example.GetProperty("sorted_outputs").EnumerateArray()
                .Select(o => new TxOut(new Satoshi(o[0].GetInt64()), Script.FromHex(o[1].GetString()!))).ToImmutableArray();

            var sorted = Bip69.Sort(new Transaction(1, [.. inputs.Reverse()], [.. outputs.Reverse()], 0));

            Assert.Equal(inputs.Select(i => i.PreviousOutput.ToString()), sorted.Inputs.Select(i => i.PreviousOutput.ToString()));
            Assert.Equal(outputs.Select(o => o.ToString()), sorted.Outputs.Select(o => o.ToString()));
        }
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_sorted_transaction_is_in_order_and_stays_the_same_when_sorted_again(int file)
    {
        var hex = File.ReadAllText(Vectors.PathOf($"bips/bip69-btcd/bip69-{file}.hex")).Trim();

        var sorted = Bip69.Sort(Transaction.FromHex(hex));

        Assert.Equal(sorted, Bip69.Sort(sorted));
        Assert.All(sorted.Outputs.Zip(sorted.Outputs.Skip(1)), pair => Assert.True(Bip69.CompareOutputs(pair.First, pair.Second) <= 0));
        Assert.All(sorted.Inputs.Zip(sorted.Inputs.Skip(1)), pair => Assert.True(Bip69.CompareInputs(pair.First, pair.Second) < 0));
    }

    [Fact]
    public void Inputs_go_by_the_id_that_people_read_then_by_index()
    {
        // In wire order the first id would be the smaller one.
        var small = TxId.Parse("00000000000000000000000000000000000000000000000000000000000000ff");
        var large = TxId.Parse("ff00000000000000000000000000000000000000000000000000000000000000");

        Assert.True(Bip69.Compare(new OutPoint(small, 9), new OutPoint(large, 0)) < 0);
        Assert.True(Bip69.Compare(new OutPoint(small, 1), new OutPoint(small, 2)) < 0);
        Assert.True(small.CompareTo(large) > 0);
    }

    [Fact]
    public void Outputs_go_by_amount_then_by_script()
    {
        var outputs = new[] { "00ff", "0100", "01", "" }.Select(hex => new TxOut(new Satoshi(5), Script.FromHex(hex))).Append(new TxOut(new Satoshi(4), Script.FromHex("ff"))).ToList();

        outputs.Sort(Bip69.CompareOutputs);

        Assert.Equal(["ff", "", "00ff", "01", "0100"], outputs.Select(o => o.ScriptPubKey.ToString()));
    }
}
