using Lightning.Bitcoin.Scripts;
using Lightning.Channels.Closing;

namespace Lightning.Channels.Tests.Closing;

public sealed class ShutdownScriptTests
{
    private const string Hash20 = "000102030405060708090a0b0c0d0e0f10111213", Hash32 = Hash20 + "1415161718191a1b1c1d1e1f";

    [Theory]
    [InlineData("0014" + Hash20, true, true, true)]
    [InlineData("0020" + Hash32, true, true, true)]
    [InlineData("0002abcd", false, false, false)]
    [InlineData("0015" + Hash20 + "00", false, false, false)]
    [InlineData("5120" + Hash32, false, true, false)]
    [InlineData("5102abcd", false, true, false)]
    [InlineData("6002abcd", false, true, false)]
    [InlineData("5101ab", false, false, false)]
    [InlineData("5102abcdef", false, false, false)]
    [InlineData("5128" + Hash32 + Hash20, false, false, false)]
    [InlineData("76a914" + Hash20 + "88ac", false, false, false)]
    [InlineData("a914" + Hash20 + "87", false, false, false)]
    [InlineData("6a06000102030405", false, false, true)]
    [InlineData("6a050001020304", false, false, false)]
    [InlineData("6a0600010203040506", false, false, false)]
    [InlineData("6a", false, false, false)]
    [InlineData("", false, false, false)]
    public void Only_the_forms_of_bolt_2_pass(string script, bool always, bool anySegwit, bool simpleClose)
    {
        var parsed = Script.FromHex(script);
        Assert.Equal(always, ShutdownScript.IsStandard(parsed, anySegwit: false, simpleClose: false));
        Assert.Equal(anySegwit, ShutdownScript.IsStandard(parsed, anySegwit: true, simpleClose: false));
        Assert.Equal(simpleClose, ShutdownScript.IsStandard(parsed, anySegwit: false, simpleClose: true));
    }

    [Theory]
    [InlineData(6, true)]
    [InlineData(75, true)]
    [InlineData(76, true)]
    [InlineData(80, true)]
    [InlineData(81, false)]
    public void An_op_return_carries_6_to_80_bytes_with_the_shortest_push(int length, bool standard)
    {
        var script = ScriptTemplates.OpReturn(new byte[length]);
        Assert.Equal(standard, ShutdownScript.IsStandard(script, anySegwit: true, simpleClose: true));
        Assert.True(ShutdownScript.IsOpReturn(script));
        if (length == 75) Assert.False(ShutdownScript.IsStandard(new Script(new Bytes([0x6a, 0x4c, 75, .. new byte[75]])), anySegwit: true, simpleClose: true));
    }
}
