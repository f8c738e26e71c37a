using Lightning.Channels.Actions;
using Lightning.Channels.States;

namespace Lightning.Channels.Tests.States;

public class OpeningTests
{
    [Fact]
    public void A_channel_opens()
    {
        var pair = ChannelPair.Open();
        Assert.IsType<Normal>(pair.Alice.State);
        Assert.IsType<Normal>(pair.Bob.State);
        Assert.Equal(pair.Alice.State.Id, pair.Bob.State.Id);
        Assert.Equal(700_000_000.Msat(), pair.Alice.Funded.Commitments.Latest.LocalSpec.ToLocal);
        Assert.Equal(300_000_000.Msat(), pair.Bob.Funded.Commitments.Latest.LocalSpec.ToLocal);
    }
}
