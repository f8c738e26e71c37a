using System.Buffers;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Wire;

namespace Lightning.Channels.Tests.States;

/// <summary>Two channels and the messages between them, through the real codec. Alice opens.</summary>
internal sealed class ChannelPair
{
    public const ChannelFeatures AllFeatures = ChannelFeatures.StaticRemoteKey | ChannelFeatures.Anchors | ChannelFeatures.UpfrontShutdownScript | ChannelFeatures.ShutdownAnySegwit;

    private int _connections;
    private uint _attempts;

    public ChannelPair(ChannelType? type = null, ChannelConfig? alice = null, ChannelConfig? bob = null, ChannelFeatures features = AllFeatures)
    {
        Type = type ?? ChannelType.AnchorOutputs;
        Features = features;
        var config = new ChannelConfig { Network = Network.Regtest };
        Alice = new ChannelNode("alice", 1, alice ?? config);
        Bob = new ChannelNode("bob", 2, bob ?? config);
    }

    public ChannelType Type { get; }

    public ChannelFeatures Features { get; set; }

    public bool Announce { get; init; }

    public ChannelNode Alice { get; }

    public ChannelNode Bob { get; }

    public Transaction? FundingTransaction { get; private set; }

    public static ChannelId TemporaryId { get; } = new(new Bytes32([.. Enumerable.Repeat((byte)9, 32)]));

    /// <summary>A channel in normal operation.</summary>
    public static ChannelPair Open(ChannelType? type = null, long sat = 1_000_000, long pushMsat = 300_000_000, ChannelConfig? alice = null, ChannelConfig? bob = null, ChannelFeatures features = AllFeatures, bool announce = false)
    {
        var pair = new ChannelPair(type, alice, bob, features) { Announce = announce };
        pair.Fund(sat, pushMsat);
        pair.Confirm();
        return pair;
    }

    public ChannelNode Other(ChannelNode node) => node == Alice ? Bob : Alice;

    public ChannelCommand.OpenAsInitiator OpenCommand(long sat, long pushMsat = 0, bool commitToScript = false) => new(
        Alice.Key, 1, Bob.NodeId, Alice.Connection!.Value, Features, TemporaryId, sat.Sat(), pushMsat.Msat(), Type, Announce, new(1_000), Alice.ShutdownScript, commitToScript);

    public ChannelCommand.AcceptOpen AcceptCommand(OpenChannel open) => new(Bob.Key, 1, Alice.NodeId, Bob.Connection!.Value, Features, open, Bob.ShutdownScript);

    /// <summary>A wire between the two, as it is before there is a channel.</summary>
    public void Wire()
    {
        var connection = new ConnectionId(new Guid(++_connections, 0, 0, new byte[8]));
        Alice.Connection = Bob.Connection = connection;
    }

    public void Fund(long sat, long pushMsat)
    {
        Wire();
        Alice.Do(OpenCommand(sat, pushMsat));
        Bob.Do(AcceptCommand((OpenChannel)Alice.Outbox.Dequeue()));
        Run();
        MakeFunding();
        Run();
    }

    /// <summary>The wallet answers.</summary>
    public void MakeFunding()
    {
        var request = Alice.Last<ChannelAction.RequestFunding>();
        var input = new TxIn(new OutPoint(new TxId(Hashes.Sha256([7])), 0), Script.Empty, 0xFFFF_FFFD, new Witness([new Bytes([1])]));
        FundingTransaction = new Transaction(2, [input], [new TxOut(5_000.Sat(), Alice.ShutdownScript), new TxOut(request.Amount, request.Script)], 0);
        Alice.Do(new ChannelCommand.FundingMade(FundingTransaction, 1));
    }

    public void Confirm()
    {
        foreach (var node in (ChannelNode[])[Alice, Bob]) node.Do(new ChannelCommand.FundingConfirmed(FundingTransaction!, 90, 4));
        Run();
    }

    public void Connect()
    {
        Wire();
        foreach (var node in (ChannelNode[])[Alice, Bob])
        {
            node.Outbox.Clear();
            node.WantsDisconnect = false;
        }

        foreach (var node in (ChannelNode[])[Alice, Bob]) node.Do(new ChannelCommand.Connected(node.Connection!.Value, 1, Features));
    }

    public void Disconnect()
    {
        foreach (var node in (ChannelNode[])[Alice, Bob])
        {
            node.Outbox.Clear();
            if (node.Connection is not { } connection) continue;
            node.Connection = null;
            node.Do(new ChannelCommand.Disconnected(connection));
        }
    }

    /// <summary>Disconnects, connects, and lets both come to rest.</summary>
    public void Reconnect()
    {
        Disconnect();
        Connect();
        Run();
    }

    /// <summary>Delivers one message to a node.</summary>
    public bool Deliver(ChannelNode to)
    {
        if (!Other(to).Outbox.TryDequeue(out var message)) return false;
        to.Do(new ChannelCommand.PeerMessages(to.Connection!.Value, [Coded(message)]));
        return true;
    }

    /// <summary>The next message for a node, as a command.</summary>
    public ChannelCommand.PeerMessages Next(ChannelNode to) => new(to.Connection!.Value, [Coded(Other(to).Outbox.Dequeue())]);

    /// <summary>Delivers all that waits for a node as one command, as a shell does that was busy writing.</summary>
    public bool DeliverAll(ChannelNode to)
    {
        var from = Other(to);
        if (from.Outbox.Count == 0) return false;
        EquatableArray<LightningMessage> messages = [.. from.Outbox.Select(Coded)];
        from.Outbox.Clear();
        to.Do(new ChannelCommand.PeerMessages(to.Connection!.Value, messages));
        return true;
    }

    /// <summary>Delivers messages until there are none.</summary>
    public void Run()
    {
        for (var i = 0; i < 10_000; i++)
        {
            if (!Deliver(Alice) && !Deliver(Bob)) return;
        }

        throw new InvalidOperationException("The channels do not come to rest.");
    }

    public HtlcOrigin Add(ChannelNode from, long msat, PaymentPreimage preimage, uint? expiry = null, HtlcOrigin? origin = null)
    {
        origin ??= new HtlcOrigin.Local(preimage.Hash, _attempts++, 0);
        from.Do(AddCommand(from, msat, preimage, expiry, origin));
        return origin;
    }

    public static ChannelCommand.AddHtlc AddCommand(ChannelNode from, long msat, PaymentPreimage preimage, uint? expiry, HtlcOrigin origin) =>
        new(origin, msat.Msat(), preimage.Hash, expiry ?? from.Height + 100, Onion, null, from.Height + 1000);

    public static Bytes Onion { get; } = Bytes.Wrap(new byte[UpdateAddHtlc.OnionLength]);

    public static PaymentPreimage Preimage(int number) => new(Hashes.Sha256(BitConverter.GetBytes(number)));

    private static LightningMessage Coded(LightningMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        MessageCodec.Encode(message, buffer);
        return MessageCodec.Decode(buffer.WrittenSpan);
    }
}
