using Lightning.Channels.States;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;
using Error = Lightning.Protocol.Messages.Error;
using Warning = Lightning.Protocol.Messages.Warning;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>
/// Every message of BOLT 2 in every state of a channel, most of them out of place: the node goes on, and a channel with money in it is never forgotten and never
/// closed by a commitment that is not this node's own.
/// </summary>
public sealed class AnyMessageTests
{
    private static readonly Dictionary<string, Func<Task<Encounter>>> States = new(StringComparer.Ordinal)
    {
        ["open_channel was sent to the node"] = static () => Opening(1),
        ["funding_signed was sent by the node"] = static () => Opening(2),
        ["accept_channel was sent to the node"] = static () => Accepting(1),
        ["funding_signed was sent to the node"] = static () => Accepting(2),
        ["the channel is used, with an HTLC each way"] = static () => InUse(null),
        ["the node waits for revoke_and_ack"] = Unrevoked,
        ["the node waits for channel_reestablish"] = Reconnected,
        ["both have sent shutdown with HTLCs left"] = static () => Closing(withHtlc: true, null),
        ["closing_complete was sent by the node"] = static () => Closing(withHtlc: false, null),
        ["closing_signed is waited for"] = static () => Closing(withHtlc: false, Encounter.Legacy),
        ["the channel was failed"] = Failed,
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
        static (channel, id) => new FundingCreated(id, default, 0, channel.WrongSignature),
        static (channel, id) => new FundingSigned(id, channel.WrongSignature),
        static (channel, id) => new ChannelReady(id, channel.Signer.PerCommitmentPoint(9)),
        static (channel, id) => new Shutdown(id, channel.ShutdownScript),
        static (channel, id) => new ClosingSigned(id, new(1_000), channel.WrongSignature),
        static (channel, id) => new ClosingSigned(id, new(1_000), channel.WrongSignature) { FeeRange = new FeeRange(new(0), new(long.MaxValue / 1_000_000)) },
        static (channel, id) => new ClosingComplete(id, channel.ShutdownScript, channel.ShutdownScript, new(1_000), 0) { CloserOutputOnly = channel.WrongSignature },
        static (channel, id) => new ClosingSig(id, channel.ShutdownScript, channel.ShutdownScript, new(1_000), 0) { CloserOutputOnly = channel.WrongSignature },
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
    ];

    public static TheoryData<string> Situations => [.. States.Keys];

    [Theory]
    [MemberData(nameof(Situations))]
    public async Task Any_message_is_survived_when(string state)
    {
        foreach (var message in Messages)
        {
            await using var met = await States[state]();
            var channel = met.Channel;
            var isFunded = channel.StateAtNode is not ("gone" or nameof(WaitForFundingSigned));
            await met.Mallory.Send(message(channel, channel.Id));
            await met.Net.Advance(TimeSpan.FromMinutes(1));

            var what = $"{message(channel, channel.Id).GetType().Name} when {state}\n{met.Net.Chart()}";
            Assert.True(met.Alice.IsRunning, what);
            if (isFunded && channel.Spender() is null) Assert.True(channel.StateAtNode is not ("gone" or nameof(WaitForRemoteClose)), what);
            if (isFunded && channel.Spender() is { } spender) Assert.True(spender.TxId != channel.Commitment.TxId, what);

            // It talks to the peer, and opens channels with it, as if nothing had been.
            await met.Mallory.Reconnect();
            met.Mallory.SkipUnread();
            await met.Mallory.OpenTo("alice", Encounter.Capacity);
            Assert.Equal(0, met.Net.Loop.Intrusions);
        }
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

    private static async Task<Encounter> Closing(bool withHtlc, ScriptedPeerOptions? options)
    {
        var met = withHtlc ? await InUse(options) : await Encounter.Opened(options);
        met.Channel.Close();
        await met.Channel.SendNext<Shutdown>();
        await met.Channel.Hear<Shutdown>();
        return met;
    }

    private static async Task<Encounter> Failed()
    {
        var met = await InUse(null);
        await met.Mallory.Send(new Error(met.Channel.Id, "no more"));
        return met;
    }
}
