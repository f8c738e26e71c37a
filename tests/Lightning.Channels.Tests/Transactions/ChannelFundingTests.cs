using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Tests.Transactions;

public sealed class ChannelFundingTests
{
    private static readonly PubKey First = PubKey.FromHex("023da092f6980e58d2c037173180e9a465476026ee50f96695963e8efe436f54eb");
    private static readonly PubKey Second = PubKey.FromHex("030e9f7b623d2ccc7c9bd44d66d5ce21ce504c0acf6385a132cec6d3c39fa711c1");

    [Fact]
    public void The_funding_output_is_that_of_appendix_b_in_whatever_order_the_keys_come()
    {
        foreach (var funding in new[] { new ChannelFunding(default, 1.Sat(), First, Second), new ChannelFunding(default, 1.Sat(), Second, First) })
        {
            Assert.Equal("5221" + First + "21" + Second + "52ae", funding.WitnessScript.ToString());
            Assert.Equal("0020c015c4a6be010e21657068fc2e6a9d02b27ebe4d490a25846f7237f104d1a3cd", funding.ScriptPubKey.ToString());
            Assert.Equal(funding.ScriptPubKey, ChannelFunding.ScriptPubKeyOf(First, Second));
        }
    }

    [SkippableFact]
    public void The_funding_transaction_of_appendix_b_pays_it()
    {
        var line = File.ReadLines(Vectors.PathOf("bolt03/appendix-B-funding.txt")).Single(text => text.TrimStart().StartsWith("funding tx:", StringComparison.Ordinal));
        var transaction = Transaction.FromHex(line.Split(':')[1].Trim());
        Assert.Equal("8984484a580b825b9972d7adb15050b3ab624ccd731946b3eeddb92f4e7ef6be", transaction.TxId.ToString());
        Assert.Equal(new TxOut(10_000_000.Sat(), ChannelFunding.ScriptPubKeyOf(First, Second)), transaction.Outputs[0]);
    }
}
