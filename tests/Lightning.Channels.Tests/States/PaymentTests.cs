using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;

namespace Lightning.Channels.Tests.States;

public class PaymentTests
{
    [Fact]
    public void A_payment_goes_through()
    {
        var pair = ChannelPair.Open();
        var preimage = ChannelPair.Preimage(1);
        var origin = pair.Add(pair.Alice, 10_000_000, preimage);
        pair.Run();
        Assert.Equal(0ul, pair.Alice.Accepted[origin]);
        var received = Assert.Single(pair.Bob.Received);
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(received.Htlc.Id, preimage));
        pair.Run();
        Assert.Equal(preimage, pair.Alice.Fulfilled[origin]);
        Assert.Equal(690_000_000.Msat(), pair.Alice.Funded.Commitments.Latest.LocalSpec.ToLocal);
        Assert.Equal(310_000_000.Msat(), pair.Bob.Funded.Commitments.Latest.LocalSpec.ToLocal);
        Assert.Empty(pair.Bob.Funded.Commitments.Latest.RemoteSpec.Htlcs);
    }
}
