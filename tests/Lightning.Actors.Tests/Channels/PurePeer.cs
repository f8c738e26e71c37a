using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using Lightning.Channels.Signing;
using Lightning.Channels.States;
using Lightning.Protocol.Messages;

namespace Lightning.Actors.Tests.Channels;

/// <summary>
/// The other end of a channel: its pure half alone, whose messages a test may hold back, change or add to. It is made by hand because the kit's scripted peer speaks over a
/// link to a whole node: this one speaks to an entity that has neither.
/// </summary>
internal sealed class PurePeer
{
    private static readonly byte[] Seed = [.. Enumerable.Repeat((byte)77, 32)];
    private readonly LocalChannelSigner _signer = new(Seed, 1, Key.FromBytes(Seed));

    public NodeId Id { get; } = new(Key.FromBytes(Seed).PubKey);

    public Script Script { get; } = new(new Bytes([0, 20, .. Enumerable.Repeat((byte)77, 20)]));

    public ChannelConfig Config { get; } = new() { Network = Network.Regtest };

    public ChannelState State { get; private set; } = ChannelState.Empty;

    public FundedState Funded => (FundedState)State;

    public ConnectionId Connection { get; set; }

    public List<ChannelAction> Actions { get; } = [];

    /// <summary>What it has to say, in order.</summary>
    public Queue<LightningMessage> Outbox { get; } = new();

    /// <summary>Its present commitment, as it would publish it.</summary>
    public Transaction Commitment
    {
        get
        {
            var before = Actions.Count;
            var alone = Channel.Decide(State, new ChannelCommand.ForceClose(), _signer, Environment());
            Assert.Equal(before, Actions.Count);
            return alone.Actions.OfType<ChannelAction.Publish>().First().Transaction;
        }
    }

    public void Do(ChannelCommand command)
    {
        var decision = Channel.Decide(State, command, _signer, Environment());
        State = decision.State;
        foreach (var action in decision.AtOnce.AddRange(decision.Actions))
        {
            Actions.Add(action);
            if (action is ChannelAction.Send send) Outbox.Enqueue(send.Message);
        }
    }

    public void Hear(LightningMessage message) => Do(new ChannelCommand.PeerMessages(Connection, [message]));

    public ChannelEnvironment Environment(bool guarded = false) =>
        new(100, DateTimeOffset.UnixEpoch.AddDays(20_000), new(new(253), new(2_500), new(1_000), new(5_000)), Config, guarded);

    public IChannelSigner Signer => _signer;
}
