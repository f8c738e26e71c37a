using Lightning.Bitcoin.Scripts;
using Lightning.Channels.Fees;

namespace Lightning.Channels.Tests.Fees;

public sealed class DustThresholdTests
{
    [Theory]
    [InlineData("76a914000102030405060708090a0b0c0d0e0f1011121388ac", 546)]
    [InlineData("a914000102030405060708090a0b0c0d0e0f1011121387", 540)]
    [InlineData("0014000102030405060708090a0b0c0d0e0f10111213", 294)]
    [InlineData("0020000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", 330)]
    [InlineData("51024e73", 240)]
    [InlineData("5120000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", 354)]
    [InlineData("6002abcd", 354)]
    [InlineData("6a06000000000000", 0)]
    public void Thresholds_are_those_of_bolt_3(string script, long satoshi) => Assert.Equal(satoshi.Sat(), DustThreshold.Of(Script.FromHex(script)));
}
