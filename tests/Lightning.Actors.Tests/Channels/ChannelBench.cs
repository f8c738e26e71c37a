using System.Net;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.TestKit;
using Lightning.Actors.Chain;
using Lightning.Actors.Channels;
using Lightning.Actors.Connections;
using Lightning.Actors.Entities;
using Lightning.Actors.Hosting;
using Lightning.Actors.Peers;
using Lightning.Actors.ReadModels;
using Lightning.Actors.Registry;
using Lightning.Actors.Tests.Journal;
using Lightning.Actors.Wallet;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Protocol.Messages;
using Lightning.Routing.Paths;
using Lightning.Routing.Payments;

namespace Lightning.Actors.Tests.Channels;

/// <summary>
/// One channel's entity over the real journal; everybody it talks to is a probe, and its peer a <see cref="PurePeer"/>, which opened it. It is made by hand, and not of the
/// scenario kit, because there the others are whole: here each of them is silent, late or repeats itself as the test says, while the entity's writes wait.
/// </summary>
public abstract class ChannelBench : JournalSystem
{
    internal const ChannelFeatures Features = ChannelFeatures.StaticRemoteKey | ChannelFeatures.Anchors | ChannelFeatures.ShutdownAnySegwit;

    internal static readonly TimeSpan Wait = TimeSpan.FromSeconds(10);
    internal static readonly LocalChannelKey Self = new(1, 1);
    internal static readonly LocalChannelKey Next = new(2, 2);
    internal static readonly ShortChannelId NextId = new(0x640000010001);

    private readonly DataFolder _folder;
    private int _connections;

#pragma warning disable MA0056 // CreateTestProbe is overridden nowhere.
    protected ChannelBench()
        : base(FaultyJournal.Hocon)
    {
        _folder = DataFolder.Open(FolderOf("node"));
        Keys = NodeKeys.FromSeed(SHA512.HashData("bench"u8));
        var chain = new QuietChain();
        Node = new NodeRuntime(new LightningNodeOptions { Network = Network.Regtest, DataFolder = _folder.Path }, Keys, chain, chain, new SqliteViews(_folder.DatabaseFile, _folder.ViewsFile))
        {
            Actors = new NodeActors
            {
                System = Sys,
                Peers = Peers = Helpful(CreateTestProbe("peers")),
                Channels = Others = CreateTestProbe("channels"),
                Payments = Payments = CreateTestProbe("payments"),
                Invoices = Invoices = CreateTestProbe("invoices"),
                Registry = Registry = Helpful(CreateTestProbe("registry")),
                ChainMonitor = Monitor = Helpful(CreateTestProbe("chain")),
                Wallet = Wallet = Helpful(CreateTestProbe("wallet")),
                Connections = CreateTestProbe(),
                Router = CreateTestProbe(),
                Views = CreateTestProbe(),
                Topics = CreateTestProbe(),
            },
        };
        SetHeight(100);
    }
#pragma warning restore MA0056

    internal NodeRuntime Node { get; }

    internal NodeKeys Keys { get; }

    internal PurePeer Peer { get; } = new();

    internal JournalFaults Faults => JournalFaults.Of(Sys);

    internal TestProbe Peers { get; }

    internal TestProbe Others { get; }

    internal TestProbe Payments { get; }

    internal TestProbe Invoices { get; }

    internal TestProbe Registry { get; }

    internal TestProbe Monitor { get; }

    internal TestProbe Wallet { get; }

    internal TestProbe Wire { get; private set; } = null!;

    internal IActorRef Entity { get; private set; } = ActorRefs.Nobody;

    /// <summary>Everything that the entity has sent to its peer.</summary>
    internal List<LightningMessage> Sent { get; } = [];

    internal void SetHeight(uint height)
    {
        var tip = new NewTip(new(height, new BlockHash(new Bytes32(SHA256.HashData(BitConverter.GetBytes(height))))), 1_700_000_000);
        Node.Tip.Set(tip);
        Sys.EventStream.Publish(tip);
    }

    /// <summary>A new incarnation.</summary>
    internal void Spawn() => Entity = Watch(Sys.ActorOf(ChannelActor.Props(Node, Self.ToString())));

    internal void Kill()
    {
        Entity.Tell(EntityStop.Instance);
        ExpectTerminated(Entity, Wait);
    }

    /// <summary>Opens the channel, half of it pushed to the entity, which is told of another channel that it may forward by.</summary>
    internal void Open()
    {
        Spawn();
        Plug();
        Peer.Do(new ChannelCommand.OpenAsInitiator(
            new LocalChannelKey(9, 9), 1, Keys.NodeId, Peer.Connection, Features, new ChannelId(new Bytes32(SHA256.HashData("temporary"u8))), 10_000_000.Sat(), 5_000_000_000.Msat(),
            ChannelType.AnchorOutputs, Announce: false, new(1_000), Peer.Script));
        var open = (OpenChannel)Peer.Outbox.Dequeue();
        Entity.Tell(new BeginAccepting(Self, Wire, new ChannelCommand.AcceptOpen(Self, 5, Peer.Id, Peer.Connection, Features, open, OurScript)));
        Talk(() => Peer.Actions.OfType<ChannelAction.RequestFunding>().Any());
        var request = Peer.Actions.OfType<ChannelAction.RequestFunding>().Single();
        var funding = new Transaction(2, [new TxIn(new OutPoint(new TxId(Hashes.Sha256([7])), 0), Script.Empty, 0xFFFF_FFFD, new Witness([new Bytes([1])]))], [new TxOut(request.Amount, request.Script)], 0);
        Peer.Do(new ChannelCommand.FundingMade(funding, 0));
        Talk(() => Peer.State is WaitForFundingConfirmed);
        var confirmed = new ChannelCommand.FundingConfirmed(funding, 90, 4);
        Entity.Tell(new ChannelRequest(Self, confirmed));
        Peer.Do(confirmed);
        Talk(() => Peer.State is Normal && Entry is { IsUsable: true });
        Node.Directory.Update(new ChannelEntry(Next, Peer.State, NextId, null, IsReady: true, IsClosing: false));
    }

    internal static Script OurScript { get; } = new(new Bytes([0, 20, .. Enumerable.Repeat((byte)5, 20)]));

    /// <summary>Where the wallet wants what a closed channel leaves.</summary>
    internal static Script SweepScript { get; } = new(new Bytes([0, 20, .. Enumerable.Repeat((byte)6, 20)]));

    internal ChannelEntry? Entry => Node.Directory.TryGet(Self, out var entry) ? entry : null;

    internal FundedState State => Entry!.Funded!;

    /// <summary>A new connection; both sides are told of it.</summary>
    internal void Connect()
    {
        Plug();
        Peer.Outbox.Clear();
        Peer.Do(new ChannelCommand.Connected(Peer.Connection, 1, Features));
        Entity.Tell(new ChannelConnected(Self, Peer.Connection, Wire, Features));
    }

    internal void Disconnect()
    {
        Peer.Do(new ChannelCommand.Disconnected(Peer.Connection));
        Peer.Outbox.Clear();
        Entity.Tell(new ChannelDisconnected(Self, Peer.Connection));
    }

    internal void Say(LightningMessage message) => Entity.Tell(new ChannelInbound(Self, Peer.Connection, message), Wire);

    /// <summary>Carries messages both ways until something has come about; those of the peer that <paramref name="isHeld"/> names, and what comes after them, stay in its outbox.</summary>
    internal void Talk(Func<bool> until, Func<LightningMessage, bool>? isHeld = null)
    {
        AwaitCondition(
            () =>
            {
                while (Wire.HasMessages)
                {
                    if (Wire.ReceiveOne(TimeSpan.Zero) is ChannelOutbound outbound && outbound.Connection == Peer.Connection)
                    {
                        Sent.Add(outbound.Message);
                        Peer.Hear(outbound.Message);
                    }
                }

                while (Peer.Outbox.TryPeek(out var message) && isHeld?.Invoke(message) is not true) Say(Peer.Outbox.Dequeue());
                return until();
            },
            Wait,
            TimeSpan.FromMilliseconds(2));
    }

    /// <summary>The onion of an HTLC that is to go on by the next channel.</summary>
    internal Bytes ForwardOnion(PaymentHash hash, MilliSatoshi amount, uint expiry)
    {
        using var session = Key.FromBytes(SHA256.HashData("session"u8));
        using var payee = Key.FromBytes(SHA256.HashData("payee"u8));
        var route = new Route(
        [
            new RouteHop(Keys.NodeId, new ShortChannelId(1), amount, expiry, MilliSatoshi.Zero),
            new RouteHop(new NodeId(payee.PubKey), NextId, amount, expiry, MilliSatoshi.Zero),
        ]);
        Assert.True(PaymentOnionBuilder.TryBuild(route, new PaymentRecipient(hash, new PaymentSecret(new Bytes32(SHA256.HashData("secret"u8))), amount), session, out var built));
        return built.Onion.Serialized;
    }

    internal ChannelCommand.AddHtlc Offer(PaymentHash hash, MilliSatoshi amount, uint expiry, Bytes onion, uint attempt = 1) =>
        new(new HtlcOrigin.Local(hash, attempt, 0), amount, hash, expiry, onion, null, 2_000);

    protected override void AfterAll()
    {
        Faults.Release();
        base.AfterAll();
        Node.Dispose();
        Keys.Dispose();
        _folder.Dispose();
    }

    /// <summary>A wire that nobody has been told of.</summary>
    internal void Plug()
    {
        Wire = CreateTestProbe();
        Peer.Connection = new ConnectionId(new Guid(++_connections, 0, 0, new byte[8]));
    }

    private static TestProbe Helpful(TestProbe probe)
    {
        probe.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            if (message is AssignChannelId assign) sender.Tell(new ChannelIdAssigned(assign.Channel));
            if (message is CheckFunding check) sender.Tell(new ChannelRequest(check.Channel, new ChannelCommand.FundingChecked(check.Funding, FundingStatus.Unspent, 100)));
            if (message is GiveSweepScript give) sender.Tell(new ChannelRequest(give.Channel, new ChannelCommand.SweepScriptGiven(SweepScript)));
            if (message is RegisterChannel register) sender.Tell(new ChannelRegistered(register.Channel));
            return AutoPilot.KeepRunning;
        }));
        return probe;
    }
}
