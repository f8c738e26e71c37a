using Lightning.Bitcoin.Scripts;
using Lightning.Channels.States;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;
using Error = Lightning.Protocol.Messages.Error;
using Warning = Lightning.Protocol.Messages.Warning;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>
/// Every message of BOLT 2 in every state of a channel, most of them out of place: the node goes on, and a channel with money in it is never forgotten, never closed
/// by a commitment that is not this node's own, and never by an old one.
/// </summary>
public sealed class AnyMessageTests
{
    private static readonly Dictionary<string, Func<Task<Encounter>>> States = new(StringComparer.Ordinal)
    {
        ["open_channel was sent to the node"] = static () => Opening(1),
        ["funding_signed was sent by the node"] = static () => Opening(2),
        ["accept_channel was sent to the node"] = static () => Accepting(1),
        ["funding_signed was sent to the node"] = static () => Accepting(2),
        ["the node waits for channel_ready"] = Unready,
        ["the channel is used, with an HTLC each way"] = static () => InUse(null),
        ["the node waits for revoke_and_ack"] = Unrevoked,
        ["the node waits for channel_reestablish"] = Reconnected,
        ["shutdown was sent by the node, with HTLCs left"] = static () => NodeCloses(withHtlc: true),
        ["shutdown was sent by the node"] = static () => NodeCloses(withHtlc: false),
        ["both have sent shutdown with HTLCs left"] = static () => Shut(withHtlc: true, null),
        ["the node waits for channel_reestablish after both have sent shutdown"] = ShutAndReconnected,
        ["closing_complete was sent by the node"] = static () => Shut(withHtlc: false, null),
        ["closing_sig was sent to the node"] = static () => Agreed(null, blocks: 0),
        ["closing_signed is waited for"] = static () => Shut(withHtlc: false, Encounter.Legacy),
        ["closing_signed was sent by the node"] = NodeOffered,
        ["closing_signed was sent by both"] = static () => Agreed(Encounter.Legacy, blocks: 0),
        ["the closing transaction is confirmed and not deep"] = static () => Agreed(null, blocks: 1),
        ["the closing transaction is deep"] = static () => Agreed(null, blocks: 6),
        ["the channel was failed"] = static () => Failed(blocks: 0),
        ["the channel was failed, and the node waits for its money"] = static () => Failed(blocks: 10),
        ["the peer's commitment is published"] = static () => PeerPublishes(isOld: false),
        ["an old commitment of the peer is published"] = static () => PeerPublishes(isOld: true),
        ["the node has learnt that its state is old"] = Outdated,
    };

    private static readonly Func<ScriptedChannel, ChannelId, LightningMessage>[] Messages =
    [
        static (channel, id) => new AcceptChannel
        {
            TemporaryChannelId = id,
            DustLimit = new(354),
            MaxHtlcValueInFlight = new(1_000_000_000),
            ChannelReserve = new(10_000),
            HtlcMinimum = new(1),
            MinimumDepth = 3,
            ToSelfDelay = 144,
            MaxAcceptedHtlcs = 30,
            FundingPubKey = channel.Signer.Basepoints.FundingPubKey,
            RevocationBasepoint = channel.Signer.Basepoints.Revocation,
            PaymentBasepoint = channel.Signer.Basepoints.Payment,
            DelayedPaymentBasepoint = channel.Signer.Basepoints.DelayedPayment,
            HtlcBasepoint = channel.Signer.Basepoints.Htlc,
            FirstPerCommitmentPoint = channel.Signer.PerCommitmentPoint(0),
            ChannelType = FeatureSet.FromBits(12, 22),
        },
        static (channel, id) => channel.Peer.BeginChannel(Encounter.Capacity).Take<OpenChannel>() with { TemporaryChannelId = id },
        static (channel, _) => channel.Peer.BeginChannel(Encounter.Capacity).Take<OpenChannel>(),
        static (channel, id) => new FundingCreated(id, default, 0, channel.WrongSignature),
        static (channel, id) => new FundingSigned(id, channel.WrongSignature),
        static (channel, id) => new ChannelReady(id, channel.Signer.PerCommitmentPoint(9)),
        static (channel, id) => new Shutdown(id, channel.ShutdownScript),
        static (channel, id) => new ClosingSigned(id, new(1_000), channel.WrongSignature),
        static (channel, id) => new ClosingSigned(id, new(1_000), channel.WrongSignature) { FeeRange = new FeeRange(new(0), new(long.MaxValue / 1_000_000)) },
        static (channel, id) => new ClosingComplete(id, channel.ShutdownScript, NodeScript(channel), new(1_000), 0) { CloserAndCloseeOutputs = channel.WrongSignature },
        static (channel, id) => new ClosingComplete(id, channel.ShutdownScript, channel.ShutdownScript, new(long.MaxValue / 1_000_000), 0) { CloserOutputOnly = channel.WrongSignature },
        static (channel, id) => new ClosingSig(id, NodeScript(channel), channel.ShutdownScript, new(1_000), 0) { CloserAndCloseeOutputs = channel.WrongSignature },
        static (_, id) => new UpdateAddHtlc(id, 0, new(1_000_000), default, 499_999_999, Bytes.Wrap(new byte[1366])),
        static (_, id) => new UpdateFulfillHtlc(id, 0, default),
        static (_, id) => new UpdateFailHtlc(id, 0, Bytes.Empty),
        static (_, id) => new UpdateFailMalformedHtlc(id, 0, default, 0xC005),
        static (channel, id) => new CommitmentSigned(id, channel.WrongSignature, []),
        static (channel, id) => new RevokeAndAck(id, default, channel.Signer.PerCommitmentPoint(9)),
        static (_, id) => new UpdateFee(id, new(1_000)),
        static (channel, id) => new ChannelReestablish(id, 1, 0, default, channel.Signer.PerCommitmentPoint(0)),
        static (channel, id) => new AnnouncementSignatures(id, new ShortChannelId(1, 2, 3), channel.WrongSignature, channel.WrongSignature),
        static (_, id) => new Error(id, "no more"),
        static (_, id) => new Warning(id, "look out"),
        static (_, id) => new UnknownMessage(StartBatch, Bytes.Wrap([.. id.Value.Span, 0, 2])),
        static (_, id) => new UnknownMessage(Stfu, Bytes.Wrap([.. id.Value.Span, 1])),
    ];

    // What the node does not speak: odd is ignored, even ends the connection.
    private const ushort StartBatch = 127, Stfu = 2;

    public static TheoryData<string> Situations => [.. States.Keys];

    [Theory]
    [MemberData(nameof(Situations))]
    public async Task Any_message_is_survived_when(string state)
    {
        foreach (var make in Messages)
        {
            await using var met = await States[state]();
            var channel = met.Channel;
            var before = channel.StateAtNode;
            var isFunded = before is not ("gone" or nameof(WaitForFundingSigned));
            var spent = isFunded ? channel.Spender() : null;
            var message = make(channel, channel.Id);
            await met.Mallory.Send(message);
            await met.Net.Advance(TimeSpan.FromMinutes(1));

            Check(met.Alice.IsRunning);
            if (isFunded)
            {
                Check(channel.StateAtNode != "gone");
                if (spent is not null || before == nameof(WaitForRemoteClose)) Check(channel.Spender()?.TxId == spent?.TxId);
                else if (channel.Spender() is { } spender) Check(spender.TxId != channel.Commitment.TxId && met.Alice.HasPublished(spender.TxId));
                if (before != nameof(WaitForRemoteClose)) Check(channel.StateAtNode != nameof(WaitForRemoteClose));
            }

            void Check(bool isSo)
            {
                if (!isSo) Assert.Fail($"{message.GetType().Name} when {state}\n{met.Net.Chart()}");
            }

            // It talks to the peer, and opens channels with it, as if nothing had been.
            await met.Mallory.Reconnect();
            met.Mallory.SkipUnread();
            await met.Mallory.OpenTo("alice", Encounter.Capacity);
            Assert.Equal(0, met.Net.Loop.Intrusions);
        }
    }

    [Fact]
    public async Task Every_message_about_a_channel_is_sent()
    {
        await using var met = await Encounter.Opened();
        var sent = Messages.Select(message => message(met.Channel, met.Channel.Id).GetType()).ToHashSet();
        var known = typeof(LightningMessage).Assembly.GetTypes().Where(static type => type.IsSubclassOf(typeof(LightningMessage)) && !type.IsAbstract);
        Assert.Empty(known.Where(static type => type.IsAssignableTo(typeof(IChannelMessage)) || type.IsAssignableTo(typeof(ITemporaryChannelMessage))).Except(sent));
    }

    [Fact]
    public async Task Every_state_of_a_channel_that_outlives_a_connection_is_met()
    {
        var met = new HashSet<string>(StringComparer.Ordinal);
        foreach (var situation in States.Values)
        {
            await using var encounter = await situation();
            met.Add(encounter.Channel.StateAtNode);
        }

        var states = typeof(FundedState).Assembly.GetTypes().Where(static type => type.IsSubclassOf(typeof(FundedState)) && !type.IsAbstract).Select(static type => type.Name);
        Assert.Equal(states.Except([nameof(Closed)], StringComparer.Ordinal).Append("gone").Order(StringComparer.Ordinal), met.Order(StringComparer.Ordinal));
    }

    private static async Task<Encounter> Opening(int step)
    {
        var met = await Encounter.Connected();
        var channel = met.Mallory.BeginChannel(Encounter.Capacity, new MilliSatoshi(500_000_000));
        met.Take(channel);
        await channel.SendNext<OpenChannel>();
        await channel.Hear<AcceptChannel>();
        if (step == 1) return met;
        await channel.SendNext<FundingCreated>();
        await channel.Hear<FundingSigned>();
        return met;
    }

    private static async Task<Encounter> Accepting(int step)
    {
        var met = await Encounter.Connected();
        var channel = await met.Mallory.BeginAccepting("alice", Encounter.Capacity, new MilliSatoshi(500_000_000));
        met.Take(channel);
        await channel.SendNext<AcceptChannel>();
        await channel.Hear<FundingCreated>();
        if (step == 2) await channel.SendNext<FundingSigned>();
        return met;
    }

    private static async Task<Encounter> Unready()
    {
        var met = await Encounter.Connected();
        var channel = met.Mallory.BeginChannel(Encounter.Capacity, new MilliSatoshi(500_000_000));
        met.Take(channel);
        await channel.Run();
        await channel.MineFunding();
        return met;
    }

    private static async Task<Encounter> InUse(ScriptedPeerOptions? options)
    {
        var met = await Encounter.Opened(options);
        met.Channel.Pay(await met.Alice.HoldInvoice(20_000.Sat()));
        await met.Channel.Run();
        await met.Alice.StartPayment(met.Mallory.Invoice(new(10_000_000)));
        await met.Channel.Run();
        return met;
    }

    private static async Task<Encounter> Unrevoked()
    {
        var met = await InUse(null);
        await met.Alice.StartPayment(met.Mallory.Invoice(new(11_000_000)));
        await met.Channel.Hear<UpdateAddHtlc>();
        await met.Channel.Hear<CommitmentSigned>();
        return met;
    }

    private static async Task<Encounter> Reconnected()
    {
        var met = await InUse(null);
        await met.Mallory.Reconnect();
        return met;
    }

    private static async Task<Encounter> Shut(bool withHtlc, ScriptedPeerOptions? options)
    {
        var met = withHtlc ? await InUse(options) : await Encounter.Opened(options);
        met.Channel.Close();
        await met.Channel.SendNext<Shutdown>();
        await met.Channel.Hear<Shutdown>();
        return met;
    }

    private static async Task<Encounter> ShutAndReconnected()
    {
        var met = await Shut(withHtlc: true, null);
        await met.Mallory.Reconnect();
        return met;
    }

    private static async Task<Encounter> NodeCloses(bool withHtlc)
    {
        var met = withHtlc ? await InUse(null) : await Encounter.Opened();
        await met.Channel.NodeCloses();
        await met.Channel.Hear<Shutdown>();
        return met;
    }

    private static async Task<Encounter> NodeOffered()
    {
        var met = await Encounter.Accepted(Encounter.Legacy);
        met.Channel.Close();
        await met.Channel.SendNext<Shutdown>();
        await met.Channel.Hear<Shutdown>();
        await met.Mallory.Expect<ClosingSigned>();
        return met;
    }

    private static async Task<Encounter> Agreed(ScriptedPeerOptions? options, int blocks)
    {
        var met = await Encounter.Opened(options);
        met.Channel.Close();
        await met.Channel.Run();
        await met.Net.Until(() => met.Channel.Spender() is not null, "the closing transaction is published");
        if (blocks > 0) await met.Net.Mine(blocks);
        return met;
    }

    private static async Task<Encounter> Failed(int blocks)
    {
        var met = await InUse(null);
        await met.Mallory.Send(new Error(met.Channel.Id, "no more"));
        if (blocks > 0) await met.Net.Mine(blocks);
        return met;
    }

    private static async Task<Encounter> PeerPublishes(bool isOld)
    {
        var met = await InUse(null);
        var commitment = met.Channel.Commitment;
        if (isOld)
        {
            met.Channel.Pay(await met.Alice.Invoice(20_000.Sat()));
            await met.Channel.Run();
        }

        met.Net.Chain.Broadcast(commitment);
        await met.Net.Mine();
        return met;
    }

    private static async Task<Encounter> Outdated()
    {
        var met = await Encounter.Opened();
        var old = met.Alice.CopyDatabase();
        met.Channel.Pay(await met.Alice.Invoice(20_000.Sat()));
        await met.Channel.Run();
        await met.Alice.RestartWith(old, isKnown: false);
        await met.Mallory.Connect("alice");
        await met.Channel.SendNext<ChannelReestablish>();
        return met;
    }

    private static Script NodeScript(ScriptedChannel channel) => channel.Peer.Received.OfType<Shutdown>().LastOrDefault()?.ScriptPubKey ?? channel.ShutdownScript;
}
