using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Announcing;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Features;
using Lightning.Protocol.Gossip;
using Lightning.Protocol.Messages;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>BOLT 7, as far as a channel can break it: what it hears of the network does no harm, and a private channel is announced to nobody.</summary>
public sealed class Bolt7Tests
{
    private static readonly Dictionary<string, Func<Encounter, LightningMessage>> Gossip = new(StringComparer.Ordinal)
    {
        ["announcement_signatures of a private channel"] = static met => new AnnouncementSignatures(met.Channel.Id, met.Channel.ShortChannelId, met.Channel.WrongSignature, met.Channel.WrongSignature),
        ["announcement_signatures with another short_channel_id"] = static met => new AnnouncementSignatures(met.Channel.Id, new ShortChannelId(1, 2, 3), met.Channel.WrongSignature, met.Channel.WrongSignature),
        ["announcement_signatures of an unknown channel"] = static met => new AnnouncementSignatures(new ChannelId(Bytes32.FromHex(new string('7', 64))), new ShortChannelId(1, 2, 3), met.Channel.WrongSignature, met.Channel.WrongSignature),
        ["channel_announcement with wrong signatures"] = static met => new ChannelAnnouncement
        {
            NodeSignature1 = met.Channel.WrongSignature,
            NodeSignature2 = met.Channel.WrongSignature,
            BitcoinSignature1 = met.Channel.WrongSignature,
            BitcoinSignature2 = met.Channel.WrongSignature,
            ChainHash = Network.Regtest.GenesisHash,
            ShortChannelId = new ShortChannelId(1, 2, 3),
            NodeId1 = met.Mallory.Id,
            NodeId2 = met.Alice.Id,
            BitcoinKey1 = met.Mallory.NodeKey.PubKey,
            BitcoinKey2 = met.Mallory.NodeKey.PubKey,
        },
        ["channel_update of an unknown channel"] = static met => Update(met, new ShortChannelId(1, 2, 3)),
        ["gossip_timestamp_filter"] = static _ => new GossipTimestampFilter(Network.Regtest.GenesisHash, 0, uint.MaxValue),
    };

    public static TheoryData<string> Messages => [.. Gossip.Keys];

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task The_connection_and_its_channels_outlive(string message)
    {
        await using var met = await Encounter.Opened();
        await met.Mallory.Send(Gossip[message](met));
        await met.Mallory.ExpectNothing();
        met.Channel.Pay(await met.Alice.Invoice(10_000.Sat()));
        await met.Channel.Run();
        Assert.Single(met.Channel.Preimages);
    }

    [Fact]
    public async Task A_channel_update_of_a_peer_has_no_say_in_what_the_node_forwards_or_pays()
    {
        await using var met = await Encounter.Accepted();
        var direction = met.Mallory.Id.CompareTo(met.Alice.Id) < 0 ? 0 : 1;
        await met.Mallory.Send(GossipSignatures.Sign(Update(met, met.Channel.ShortChannelId) with { ChannelFlags = (byte)(2 | direction) }, met.Mallory.NodeKey));
        await met.Alice.StartPayment(met.Mallory.Invoice(new(10_000_000)));
        await met.Mallory.Expect<UpdateAddHtlc>();
    }

    [Fact]
    public async Task A_channel_update_of_the_channel_with_a_wrong_signature_ends_the_connection_and_not_the_channel()
    {
        await using var met = await Encounter.Opened();
        var direction = met.Mallory.Id.CompareTo(met.Alice.Id) < 0 ? 0 : 1;
        await met.Mallory.Send(Update(met, met.Channel.ShortChannelId) with { ChannelFlags = (byte)direction });
        await met.Mallory.ExpectWarning("channel_update");
        await met.Mallory.ExpectDisconnect();
        await met.Mallory.Connect("alice");
        await met.Channel.Run();
        met.Channel.ShouldBeUsable();
    }

    [Fact]
    public async Task The_peer_is_told_the_terms_of_its_private_channel()
    {
        await using var met = await Encounter.Connected(new ScriptedPeerOptions { TellsGossip = true });
        var channel = await met.Mallory.OpenTo("alice", Encounter.Capacity);
        var update = met.Mallory.Received.OfType<ChannelUpdate>().Last();
        Assert.True(update.DontForward);
        Assert.Equal(Lightning.Channels.Announcing.Aliases.Of(channel.Commitments.Parameters.Key), update.ShortChannelId);
        Assert.Equal(met.Alice.Policy.FeeBase, update.FeeBase);
        Assert.True(GossipSignatures.Verify(update, met.Alice.Id));
    }

    [Fact]
    public async Task The_terms_that_a_peer_tells_right_behind_channel_ready_are_those_that_invoices_name()
    {
        var terms = new ForwardingTerms { FeeBase = new MilliSatoshi(7_777), FeeProportionalMillionths = 77, CltvExpiryDelta = 42 };
        await using var met = await Encounter.Connected(new ScriptedPeerOptions { TellsGossip = true, Channels = new ChannelConfig { Network = Network.Regtest, Forwarding = terms } });
        await met.Mallory.OpenTo("alice", Encounter.Capacity);
        var invoice = await met.Alice.Invoice(10_000.Sat());
        var hint = Assert.Single(Assert.Single((await met.Alice.Do(api => api.DecodeInvoiceAsync(invoice.PaymentRequest))).RouteHints));
        Assert.Equal((met.Mallory.Id, 7_777L, 77u, (ushort)42), (hint.NodeId, hint.FeeBase.Value, hint.FeeProportionalMillionths, hint.CltvExpiryDelta));
    }

    [Fact]
    public async Task A_private_channel_is_not_announced()
    {
        await using var met = await Encounter.Connected(new ScriptedPeerOptions { HearsGossip = true });
        var channel = await met.Mallory.OpenTo("alice", Encounter.Capacity);
        await met.Net.Mine(10);
        await met.Net.Advance(TimeSpan.FromHours(1));
        Assert.DoesNotContain(met.Mallory.Received, static message => message is AnnouncementSignatures or ChannelAnnouncement);
        channel.ShouldBeUsable();
    }

    private static ChannelUpdate Update(Encounter met, ShortChannelId id) => new()
    {
        Signature = met.Channel.WrongSignature,
        ChainHash = Network.Regtest.GenesisHash,
        ShortChannelId = id,
        Timestamp = 1,
        ChannelFlags = 0,
        CltvExpiryDelta = 1,
        HtlcMinimum = default,
        FeeBase = default,
        FeeProportionalMillionths = 0,
        HtlcMaximum = new(1_000),
    };
}
