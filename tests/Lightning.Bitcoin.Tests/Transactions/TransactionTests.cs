using CsCheck;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Bitcoin.Tests.Transactions;

public sealed class TransactionTests
{
    // BOLT 3, appendix B: the funding transaction.
    private const string Funding = "0200000001adbb20ea41a8423ea937e76e8151636bf6093b70eaff942930d20576600521fd000000006b48304502210090587b6201e166ad6af0227d3036a9454223d49a1f11839c1a362184340ef0240220577f7cd5cca78719405cbf1de7414ac027f0239ef6e214c90fcaab0454d84b3b012103535b32d5eb0a6ed0982a0479bbadc9868d9836f6ba94dd5a63be16d875069184ffffffff028096980000000000220020c015c4a6be010e21657068fc2e6a9d02b27ebe4d490a25846f7237f104d1a3cd20256d29010000001600143ca33c2e4446f4a305f23c80df8ad1afdcf652f900000000";

    // A native P2WPKH and a P2PK input, signed: BIP 143, first example.
    private const string Segwit = "01000000000102fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f00000000494830450221008b9d1dc26ba6a9cb62127b02742fa9d754cd3bebf337f7a55d114c8e5cdd30be022040529b194ba3f9281a99f2b1c0a19c0489bc22ede944ccf4ecbab4cc618ef3ed01eeffffffef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206000000001976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac000247304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a0220573a954c4518331561406f90300e8f3358f51928d43c212a8caed02de67eebee0121025476c2e83188368da1ff3e292e7acafcdb3566bb0ad253f62fc70f07aeee635711000000";

    [Fact]
    public void The_id_is_the_one_that_BOLT_3_names() =>
        Assert.Equal("8984484a580b825b9972d7adb15050b3ab624ccd731946b3eeddb92f4e7ef6be", Transaction.FromHex(Funding).TxId.ToString());

    [Fact]
    public void The_id_does_not_depend_on_witnesses_and_the_wtxid_does()
    {
        var signed = Transaction.FromHex(Segwit);
        var unsigned = signed.WithWitness(1, Witness.Empty);

        Assert.Equal(signed.TxId, unsigned.TxId);
        Assert.NotEqual(signed.Wtxid, unsigned.Wtxid);
        Assert.Equal(unsigned.TxId.Value, unsigned.Wtxid);
        Assert.NotEqual(signed, unsigned);
        Assert.Equal(signed, unsigned.WithWitness(1, signed.Inputs[1].Witness));
    }

    [Theory]
    [InlineData(Funding)]
    [InlineData(Segwit)]
    [InlineData("01000000000000000000")]
    public void Parsing_and_writing_round_trip(string hex) => Assert.Equal(hex, Transaction.FromHex(hex).ToHex());

    [Fact]
    public void Weight_counts_witness_bytes_once_and_others_four_times()
    {
        var transaction = Transaction.FromHex(Segwit);
        var stripped = transaction.WithWitness(1, Witness.Empty).ToBytes().Length;

        Assert.Equal(343, transaction.TotalSize);
        Assert.Equal((stripped * 3) + 343, transaction.Weight);
        Assert.Equal((transaction.Weight + 3) / 4, transaction.VirtualSize);
    }

    [Theory]
    [InlineData("", "nothing")]
    [InlineData(Funding + "00", "a byte too many")]
    [InlineData("02000000feffffffff", "four thousand million inputs")]
    [InlineData("0200000001adbb20ea41a8423ea937e76e8151636bf6093b70eaff942930d20576600521fd00000000ffffffffffffffff7f", "a script of 2^63 bytes")]
    [InlineData("02000000fd0100", "a count that is not in its shortest form")]
    [InlineData("0200000000020000", "unknown flags")]
    [InlineData("02000000000101adbb20ea41a8423ea937e76e8151636bf6093b70eaff942930d20576600521fd0000000000ffffffff01000000000000000000" + "00" + "00000000", "a witness record without any witness")]
    public void What_is_no_transaction_is_refused(string hex, string why) =>
        Assert.True(Record.Exception(() => Transaction.FromHex(hex)) is FormatException, why);

    [Fact]
    public void Cut_anywhere_it_is_refused()
    {
        var bytes = Convert.FromHexString(Segwit);
        for (var length = 0; length < bytes.Length; length++) Assert.Throws<FormatException>(() => Transaction.Parse(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void Random_bytes_give_a_transaction_or_a_clear_error() =>
        Gen.Byte.Array[0, 300].Sample(
            bytes =>
            {
                try
                {
                    Assert.Equal(bytes, Transaction.Parse(bytes).ToBytes());
                }
                catch (FormatException)
                {
                    // Nearly all random bytes are refused; anything else than this exception fails the test.
                }
            },
            iter: 2000);

    [SkippableTheory]
    [InlineData("core/tx_valid.json")]
    [InlineData("core/tx_invalid.json")]
    public void Transactions_of_Bitcoin_Core_round_trip(string file)
    {
        foreach (var test in Vectors.Json(file).EnumerateArray())
        {
            if (test.GetArrayLength() != 3) continue;
            var hex = test[1].GetString()!;
            Assert.Equal(hex, Transaction.FromHex(hex).ToHex());
        }
    }

    [Fact]
    public void Var_ints_round_trip_in_their_shortest_form() =>
        Gen.ULong.Sample(
            value =>
            {
                Span<byte> buffer = stackalloc byte[9];
                var size = VarInt.Write(buffer, value);
                return size == VarInt.SizeOf(value) && VarInt.TryRead(buffer[..size], out var read, out var readSize) && read == value && readSize == size;
            },
            iter: 2000);
}
