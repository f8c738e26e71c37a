using Akka.Actor;
using Lightning.Actors.Channels;
using Lightning.Actors.Hosting;
using Lightning.Actors.Tests.Chain;
using Lightning.Actors.Wallet;
using Lightning.Bitcoin.Scripts;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Tests.Wallet;

/// <summary>The node's wallet over the real journal, with coins that a test gives it.</summary>
public abstract class WalletActors : ChainActors
{
    private protected static readonly LocalChannelKey Alice = new(1, 1);
    private protected static readonly LocalChannelKey Bob = new(1, 2);
    private protected static readonly LocalChannelKey Carol = new(1, 3);
    private protected static readonly Script Script = Script.FromHex("0020" + new string('e', 64));
    private NodeRuntime? _node;

    private protected ScriptedWallet Coins { get; } = new();

    private protected NodeRuntime Runtime => _node ??= Node(Chain, Coins, Region);

    private protected IActorRef Started(ActorSystem? system = null) => (system ?? Sys).ActorOf(WalletActor.Props(Runtime));

    private protected static FundChannel Fund(LocalChannelKey channel, long amount, bool needsReserve = false) => new(channel, Script, new Satoshi(amount), new FeeratePerKw(1_000), needsReserve);

    private protected T Answer<T>(LocalChannelKey channel)
        where T : ChannelCommand
    {
        var request = Region.ExpectMsg<ChannelRequest>(Wait);
        Assert.Equal(channel, request.Channel);
        return Assert.IsType<T>(request.Command);
    }

    // A wallet that starts wakes the channels that it holds coins for.
    private protected void Wakes(params ReadOnlySpan<LocalChannelKey> channels)
    {
        foreach (var channel in channels) Assert.Equal(new CoinsHeld(channel), Region.ExpectMsg<CoinsHeld>(Wait));
    }
}
