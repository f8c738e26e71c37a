using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;

namespace Lightning.Channels.Tests.States;

/// <summary>The outgoing channel of an incoming HTLC.</summary>
public sealed class ForwardFixTests
{
    private static readonly LocalChannelKey First = new(5, 5), Second = new(6, 6);

    [Fact]
    public void What_is_about_to_be_failed_is_never_fixed_to_a_channel()
    {
        var pair = Arrived();

        // Bob awaits a revocation: his failure waits to be signed.
        pair.Add(pair.Bob, 5_000_000, ChannelPair.Preimage(2));
        pair.Bob.Do(new ChannelCommand.FailHtlc(0, new Bytes(new byte[292])));
        Assert.True(pair.Bob.Funded.Commitments.Incoming.ContainsKey(0));
        pair.Bob.Do(new ChannelCommand.FixForward(0, First));

        Assert.Empty(pair.Bob.Actions.OfType<ChannelAction.ForwardFixed>());
        Assert.Empty(pair.Bob.Journal.OfType<DurableEvent.ForwardFixed>());
    }

    [Fact]
    public void Another_channel_takes_the_place_of_the_one_that_has_refused_and_of_no_other()
    {
        var pair = Arrived();
        pair.Bob.Do(new ChannelCommand.FixForward(0, First));
        pair.Bob.Do(new ChannelCommand.FixForward(0, Second));
        Assert.Equal(First, pair.Bob.Last<ChannelAction.ForwardFixed>().Outgoing);

        pair.Bob.Do(new ChannelCommand.FixForward(0, Second, Replaces: First));
        Assert.Equal(Second, pair.Bob.Last<ChannelAction.ForwardFixed>().Outgoing);
        pair.Bob.Do(new ChannelCommand.FixForward(0, new LocalChannelKey(7, 7), Replaces: First));
        Assert.Equal(Second, pair.Bob.Last<ChannelAction.ForwardFixed>().Outgoing);
        Assert.Equal([First, Second], pair.Bob.Journal.OfType<DurableEvent.ForwardFixed>().Select(static one => one.Outgoing));
    }

    private static ChannelPair Arrived()
    {
        var pair = ChannelPair.Open();
        pair.Add(pair.Alice, 10_000_000, ChannelPair.Preimage(1));
        pair.Run();
        return pair;
    }
}
