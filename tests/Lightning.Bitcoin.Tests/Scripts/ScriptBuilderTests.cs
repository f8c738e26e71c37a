using Lightning.Bitcoin.Scripts;

namespace Lightning.Bitcoin.Tests.Scripts;

public sealed class ScriptBuilderTests
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(1, "51")]
    [InlineData(16, "60")]
    [InlineData(-1, "4f")]
    [InlineData(17, "0111")]
    [InlineData(127, "017f")]
    [InlineData(128, "028000")]
    [InlineData(-128, "028080")]
    [InlineData(144, "029000")]
    [InlineData(255, "02ff00")]
    [InlineData(256, "020001")]
    [InlineData(500_000, "0320a107")]
    [InlineData(-255, "02ff80")]
    [InlineData(uint.MaxValue, "05ffffffff00")]
    public void Numbers_take_their_shortest_form(long number, string hex) =>
        Assert.Equal(hex, new ScriptBuilder().Number(number).Build().ToString());

    [Theory]
    [InlineData(75, "4b")]
    [InlineData(76, "4c4c")]
    [InlineData(255, "4cff")]
    [InlineData(256, "4d0001")]
    [InlineData(65536, "4e00000100")]
    public void Pushes_take_their_shortest_form(int length, string head)
    {
        var script = new ScriptBuilder(1).Push(new byte[length]).Build();

        Assert.Equal(head.Length / 2 + length, script.Length);
        Assert.StartsWith(head, script.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-255L)]
    [InlineData(0x80L)]
    [InlineData(-0x7fffffffffffL)]
    public void Script_numbers_round_trip(long number)
    {
        Assert.True(ScriptNumber.TryDecode(ScriptNumber.Encode(number).Span, 8, true, out var read));
        Assert.Equal(number, read);
    }

    [Theory]
    [InlineData("00", true)]
    [InlineData("80", true)]
    [InlineData("0100", true)]
    [InlineData("0180", true)]
    [InlineData("0102030405", false)]
    public void Script_numbers_that_are_too_long_or_not_minimal_are_refused(string hex, bool acceptedWhenLax)
    {
        var bytes = Convert.FromHexString(hex);

        Assert.False(ScriptNumber.TryDecode(bytes, 4, true, out _));
        Assert.Equal(acceptedWhenLax, ScriptNumber.TryDecode(bytes, 4, false, out _));
    }

    [Fact]
    public void Operations_are_read_back()
    {
        var script = Script.FromHex("632103aabb00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff67029000b27568ac");

        Assert.Equal(
            "OP_IF 03aabb00112233445566778899aabbccddeeff00112233445566778899aabbccdd OP_INVALIDOPCODE",
            Script.FromHex("632103aabb00112233445566778899aabbccddeeff00112233445566778899aabbccddff").ToAsm());
        Assert.NotEmpty(script.ToOperations());
    }

    [Theory]
    [InlineData("02ff")]
    [InlineData("4c")]
    [InlineData("4cff00")]
    [InlineData("4dffff00")]
    [InlineData("4effffffff00")]
    [InlineData("4e0000")]
    public void A_push_beyond_the_end_is_refused(string hex)
    {
        var reader = new ScriptReader(Convert.FromHexString(hex));

        Assert.False(reader.TryRead(out _, out _));
        Assert.Throws<FormatException>(() => Script.FromHex(hex).ToOperations());
    }

    [Theory]
    [InlineData("0014" + "0000000000000000000000000000000000000000", ScriptType.P2wpkh)]
    [InlineData("0020" + "0000000000000000000000000000000000000000000000000000000000000000", ScriptType.P2wsh)]
    [InlineData("5120" + "0000000000000000000000000000000000000000000000000000000000000000", ScriptType.P2tr)]
    [InlineData("51024e73", ScriptType.P2a)]
    [InlineData("5202ffff", ScriptType.OtherWitness)]
    [InlineData("a914" + "0000000000000000000000000000000000000000" + "87", ScriptType.P2sh)]
    [InlineData("76a914" + "0000000000000000000000000000000000000000" + "88ac", ScriptType.P2pkh)]
    [InlineData("6a01ff", ScriptType.OpReturn)]
    [InlineData("51", ScriptType.Other)]
    [InlineData("", ScriptType.Other)]
    public void Output_scripts_are_recognized(string hex, ScriptType type) => Assert.Equal(type, Script.FromHex(hex).TypeOf());

    [Fact]
    public void A_witness_script_hash_is_the_SHA_256_of_the_script() =>
        Assert.Equal(
            "0020c015c4a6be010e21657068fc2e6a9d02b27ebe4d490a25846f7237f104d1a3cd",
            Script.FromHex("5221023da092f6980e58d2c037173180e9a465476026ee50f96695963e8efe436f54eb21030e9f7b623d2ccc7c9bd44d66d5ce21ce504c0acf6385a132cec6d3c39fa711c152ae").ToP2wsh().ToString());
}
