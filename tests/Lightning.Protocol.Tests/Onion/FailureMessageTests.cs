using CsCheck;
using Lightning.Protocol.Onion;

namespace Lightning.Protocol.Tests.Onion;

public sealed class FailureMessageTests
{
    [Theory]
    [InlineData(FailureCode.TemporaryNodeFailure, 0x2002)]
    [InlineData(FailureCode.PermanentNodeFailure, 0x6002)]
    [InlineData(FailureCode.RequiredNodeFeatureMissing, 0x6003)]
    [InlineData(FailureCode.InvalidOnionVersion, 0xC004)]
    [InlineData(FailureCode.InvalidOnionHmac, 0xC005)]
    [InlineData(FailureCode.InvalidOnionKey, 0xC006)]
    [InlineData(FailureCode.TemporaryChannelFailure, 0x1007)]
    [InlineData(FailureCode.PermanentChannelFailure, 0x4008)]
    [InlineData(FailureCode.RequiredChannelFeatureMissing, 0x4009)]
    [InlineData(FailureCode.UnknownNextPeer, 0x400A)]
    [InlineData(FailureCode.AmountBelowMinimum, 0x100B)]
    [InlineData(FailureCode.FeeInsufficient, 0x100C)]
    [InlineData(FailureCode.IncorrectCltvExpiry, 0x100D)]
    [InlineData(FailureCode.ExpiryTooSoon, 0x100E)]
    [InlineData(FailureCode.IncorrectOrUnknownPaymentDetails, 0x400F)]
    [InlineData(FailureCode.FinalIncorrectCltvExpiry, 18)]
    [InlineData(FailureCode.FinalIncorrectHtlcAmount, 19)]
    [InlineData(FailureCode.ChannelDisabled, 0x1014)]
    [InlineData(FailureCode.ExpiryTooFar, 21)]
    [InlineData(FailureCode.InvalidOnionPayload, 0x4016)]
    [InlineData(FailureCode.MppTimeout, 23)]
    [InlineData(FailureCode.InvalidOnionBlinding, 0xC018)]
    public void Codes_are_those_of_the_specification(FailureCode code, int value) => Assert.Equal(value, (int)code);

    [Fact]
    public void Data_of_each_failure_is_encoded_as_the_specification_says()
    {
        Assert.Equal("400f00000000000003e8000c3500", Hex(FailureMessage.IncorrectOrUnknownPaymentDetails(1000.Msat(), 800_000)));
        Assert.Equal("10070000", Hex(FailureMessage.TemporaryChannelFailure()));
        Assert.Equal("100b00000000000000070000", Hex(FailureMessage.AmountBelowMinimum(7.Msat())));
        Assert.Equal("100c00000000000000070000", Hex(FailureMessage.FeeInsufficient(7.Msat())));
        Assert.Equal("100d000001000000", Hex(FailureMessage.IncorrectCltvExpiry(256)));
        Assert.Equal("100e0000", Hex(FailureMessage.ExpiryTooSoon()));
        Assert.Equal("101400000000", Hex(FailureMessage.ChannelDisabled()));
        Assert.Equal("001200000100", Hex(FailureMessage.FinalIncorrectCltvExpiry(256)));
        Assert.Equal("00130000000000000100", Hex(FailureMessage.FinalIncorrectHtlcAmount(256.Msat())));
        Assert.Equal("4016fd01000005", Hex(FailureMessage.InvalidOnionPayload(256, 5)));
    }

    [Fact]
    public void Enclosed_channel_update_is_found_behind_the_other_data()
    {
        Assert.Equal("abcd", FailureMessage.Decode(Convert.FromHexString("10070002abcd")).ChannelUpdate.ToString());
        Assert.Equal("abcd", FailureMessage.Decode(Convert.FromHexString("100c00000000000000070002abcdffff")).ChannelUpdate.ToString());
        Assert.Equal("abcd", FailureMessage.Decode(Convert.FromHexString("101400000002abcd")).ChannelUpdate.ToString());
        Assert.Equal("abcd", FailureMessage.Decode(Convert.FromHexString("100d000000010002abcd")).ChannelUpdate.ToString());
        Assert.Null(FailureMessage.Decode(Convert.FromHexString("10070003abcd")).ChannelUpdate);
        Assert.Null(FailureMessage.TemporaryChannelFailure().ChannelUpdate);
    }

    [Fact]
    public void Refusal_of_an_unreadable_onion_needs_the_badonion_flag()
    {
        Assert.Equal(Bytes32.Zero, FailureMessage.BadOnion(FailureCode.InvalidOnionKey, Bytes32.Zero).OnionHash);
        Assert.Throws<ArgumentException>(() => FailureMessage.BadOnion(FailureCode.UnknownNextPeer, Bytes32.Zero));
    }

    [Fact]
    public void Any_code_with_any_data_is_kept_and_read_without_an_exception() =>
        (from code in Gen.OneOf(Gen.UShort, Gen.Enum<FailureCode>().Select(c => (ushort)c))
         from data in Gen.Byte.Array[0, 60]
         select new FailureMessage((FailureCode)code, new Bytes(data))).Sample(
            m =>
            {
                Assert.Equal(m, FailureMessage.Decode(m.Encode()));
                _ = (m.HtlcAmount, m.Height, m.CltvExpiry, m.OnionHash, m.ChannelUpdate, m.ToString());
            },
            iter: 2000,
            seed: "0000KOIgQ4N2");

    [Fact]
    public void Message_without_a_code_is_refused() => Assert.Throws<FormatException>(() => FailureMessage.Decode([1]));

    private static string Hex(FailureMessage failure) => Convert.ToHexStringLower(failure.Encode());
}
