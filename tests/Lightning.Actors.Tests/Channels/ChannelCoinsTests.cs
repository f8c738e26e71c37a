using Akka.Actor;
using Lightning.Actors.Channels;
using Lightning.Actors.Wallet;

namespace Lightning.Actors.Tests.Channels;

/// <summary>What a channel tells the wallet.</summary>
public sealed class ChannelCoinsTests : ChannelBench
{
    [Fact]
    public void A_channel_that_is_woken_for_its_coins_says_that_its_funding_is_durable()
    {
        Open();
        Kill();
        Spawn();
        Entity.Tell(new CoinsHeld(Self));
        Assert.Equal(new FundingIsDurable(Self), Wallet.FishForMessage<FundingIsDurable>(static _ => true, Wait));
    }

    [Fact]
    public void A_channel_with_anchors_asks_for_a_reserve_before_it_signs_and_again_with_every_block()
    {
        Open();
        Assert.Equal(new KeepReserve(Self, IsNeeded: true), Wallet.ExpectMsg<KeepReserve>(Wait));
        while (Wallet.HasMessages) Wallet.ReceiveOne(TimeSpan.Zero);
        SetHeight(101);
        Assert.Equal(new KeepReserve(Self, IsNeeded: true), Wallet.ExpectMsg<KeepReserve>(Wait));
        Kill();
        Spawn();
        Assert.Equal(new KeepReserve(Self, IsNeeded: true), Wallet.ExpectMsg<KeepReserve>(Wait));
    }
}
