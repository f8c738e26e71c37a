using System.Net;
using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Features;
using Lightning.Protocol.Gossip;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Tests.Gossip;

public class GossipTests
{
    private static readonly Key NodeA = Secret(1), NodeB = Secret(2), FundingA = Secret(3), FundingB = Secret(4);

    [SkippableTheory]
    [InlineData("mainnet", 97)]
    [InlineData("regtest", 45)]
    public void Real_gossip_decodes_verifies_and_encodes_to_the_same_bytes(string network, int count)
    {
        var messages = Vectors.Json("bolt07/signed-gossip.json").GetProperty(network);
        Assert.Equal(count, messages.GetArrayLength());
        foreach (var vector in messages.EnumerateArray())
        {
            var bytes = Convert.FromHexString(vector.GetProperty("hex").GetString()!);
            var message = Assert.IsAssignableFrom<SignedGossipMessage>(MessageCodec.Decode(bytes));
            Assert.Equal(bytes, MessageCodec.Encode(message));

            // A copy forgets the received bytes, so this encodes the fields.
            Assert.Equal(bytes, MessageCodec.Encode(message with { }));
            var chain = Network.Parse(network).GenesisHash;
            switch (message)
            {
                case ChannelAnnouncement announcement:
                    Assert.Equal(vector.GetProperty("short_channel_id").GetString(), $"{announcement.ShortChannelId}");
                    Assert.Equal(vector.GetProperty("node_id_1").GetString(), $"{announcement.NodeId1}");
                    Assert.Equal(vector.GetProperty("node_id_2").GetString(), $"{announcement.NodeId2}");
                    Assert.Equal(chain, announcement.ChainHash);
                    Assert.True(GossipSignatures.Verify(announcement));
                    break;
                case ChannelUpdate update:
                    Assert.Equal(vector.GetProperty("short_channel_id").GetString(), $"{update.ShortChannelId}");
                    Assert.Equal(chain, update.ChainHash);
                    Assert.True(GossipSignatures.Verify(update, NodeId.FromHex(vector.GetProperty("signer").GetString()!)));
                    break;
                case NodeAnnouncement announcement:
                    Assert.Equal(vector.GetProperty("node_id").GetString(), $"{announcement.NodeId}");
                    Assert.True(GossipSignatures.Verify(announcement));
                    break;
                default:
                    Assert.Fail($"{message}");
                    break;
            }
        }
    }

    [Fact]
    public void Both_sides_make_a_channel_announcement_together()
    {
        var (a, b) = (new NodeId(NodeA.PubKey), new NodeId(NodeB.PubKey));
        var scid = new ShortChannelId(500, 2, 1);
        var seenByA = ChannelAnnouncements.Unsigned(Network.Regtest.GenesisHash, scid, default, a, FundingA.PubKey, b, FundingB.PubKey);
        var seenByB = ChannelAnnouncements.Unsigned(Network.Regtest.GenesisHash, scid, default, b, FundingB.PubKey, a, FundingA.PubKey);
        Assert.Equal(seenByA, seenByB);
        Assert.True(seenByA.NodeId1.CompareTo(seenByA.NodeId2) < 0);

        var hash = seenByA.SignedHash();
        var fromB = new AnnouncementSignatures(default, scid, NodeB.Sign(hash), FundingB.Sign(hash));
        Assert.True(GossipSignatures.Verify(seenByA, fromB, b));
        Assert.False(GossipSignatures.Verify(seenByA, fromB, a));
        Assert.False(GossipSignatures.Verify(seenByA, fromB with { BitcoinSignature = fromB.NodeSignature }, b));
        var half = GossipSignatures.WithSignatures(seenByA, b, fromB.NodeSignature, fromB.BitcoinSignature);
        Assert.False(GossipSignatures.Verify(half));
        var whole = GossipSignatures.WithSignatures(half, a, NodeA.Sign(hash), FundingA.Sign(hash));
        Assert.True(GossipSignatures.Verify(whole));
        Assert.Throws<ArgumentException>(() => GossipSignatures.WithSignatures(half, new NodeId(FundingA.PubKey), default, default));
    }

    [Fact]
    public void A_signed_update_verifies_until_a_field_changes()
    {
        var update = GossipSignatures.Sign(Update(), NodeA);
        var signer = new NodeId(NodeA.PubKey);
        Assert.True(GossipSignatures.Verify(update, signer));
        Assert.False(GossipSignatures.Verify(update, new NodeId(NodeB.PubKey)));
        var received = Assert.IsType<ChannelUpdate>(MessageCodec.Decode(MessageCodec.Encode(update)));
        Assert.True(GossipSignatures.Verify(received, signer));
        Assert.False(GossipSignatures.Verify(received with { FeeProportionalMillionths = 7 }, signer));
        Assert.True(GossipSignatures.Verify(GossipSignatures.Sign(received with { FeeProportionalMillionths = 7 }, NodeA), signer));
    }

    [Fact]
    public void An_update_is_signed_by_the_node_of_its_direction()
    {
        var (a, b) = (new NodeId(NodeA.PubKey), new NodeId(NodeB.PubKey));
        var announcement = ChannelAnnouncements.Unsigned(Network.Regtest.GenesisHash, new ShortChannelId(123466), default, a, FundingA.PubKey, b, FundingB.PubKey);
        var node2 = announcement.NodeId2 == a ? NodeA : NodeB;
        Assert.True(GossipSignatures.Verify(GossipSignatures.Sign(Update() with { ChannelFlags = 1 }, node2), announcement));
        Assert.False(GossipSignatures.Verify(GossipSignatures.Sign(Update() with { ChannelFlags = 0 }, node2), announcement));
        Assert.False(GossipSignatures.Verify(GossipSignatures.Sign(Update() with { ChannelFlags = 1, ShortChannelId = default }, node2), announcement));
    }

    [Fact]
    public void Bytes_after_the_known_fields_are_signed_and_kept()
    {
        var signed = GossipSignatures.Sign(Update() with { ExcessData = Bytes.FromHex("0102030405") }, NodeA);
        var received = Assert.IsType<ChannelUpdate>(MessageCodec.Decode(MessageCodec.Encode(signed)));
        Assert.Equal(Bytes.FromHex("0102030405"), received.ExcessData);
        Assert.True(GossipSignatures.Verify(received, new NodeId(NodeA.PubKey)));
        Assert.False(GossipSignatures.Verify(received with { ExcessData = default }, new NodeId(NodeA.PubKey)));
    }

    [Fact]
    public void A_limit_above_21_million_bitcoin_does_not_spoil_the_signature()
    {
        var bytes = MessageCodec.Encode(Update());
        bytes.AsSpan(bytes.Length - 8).Fill(0xFF);
        NodeA.Sign(Hashes.Hash256(bytes.AsSpan(66))).Span.CopyTo(bytes.AsSpan(2));
        var received = Assert.IsType<ChannelUpdate>(MessageCodec.Decode(bytes));
        Assert.Equal(Satoshi.MaxMoney.ToMilliSatoshi(), received.HtlcMaximum);
        Assert.True(GossipSignatures.Verify(received, new NodeId(NodeA.PubKey)));
    }

    [Fact]
    public void Checksums_leave_out_signature_and_timestamp()
    {
        // Two figures of RFC 3720, then a figure that other nodes compute for this update.
        Assert.Equal(0x8A9136AAu, ChannelUpdateChecksum.Crc32C(new byte[32]));
        Assert.Equal(0xE3069283u, ChannelUpdateChecksum.Crc32C("123456789"u8));
        Assert.Equal(3352963162u, ChannelUpdateChecksum.Compute(Update()));
        Assert.Equal(3352963162u, ChannelUpdateChecksum.Compute(GossipSignatures.Sign(Update() with { Timestamp = 99 }, NodeA)));
        Assert.Equal(2581904122u, ChannelUpdateChecksum.Compute(Update() with { ChannelFlags = 1 }));
    }

    [Fact]
    public void A_node_announcement_carries_name_and_addresses()
    {
        var announcement = GossipSignatures.Sign(
            new NodeAnnouncement
            {
                Signature = default,
                Features = DefaultFeatures.NodeAnnouncement,
                Timestamp = 1,
                NodeId = new NodeId(NodeA.PubKey),
                RgbColor = 0x112233,
                Alias = NodeAlias.FromText("Zürich"),
                Addresses =
                [
                    NodeAddress.FromEndPoint(IPEndPoint.Parse("127.0.0.1:9735")),
                    NodeAddress.FromEndPoint(IPEndPoint.Parse("[::1]:9736")),
                    NodeAddress.FromHostname("node.example.org", 9737),
                ],
                UnknownAddresses = Bytes.FromHex("0901"),
            },
            NodeA);
        var received = Assert.IsType<NodeAnnouncement>(MessageCodec.Decode(MessageCodec.Encode(announcement)));
        Assert.Equal(announcement, received);
        Assert.True(GossipSignatures.Verify(received));
        Assert.Equal("Zürich", received.Alias.Text);
        Assert.Equal(["127.0.0.1:9735", "[::1]:9736", "node.example.org:9737"], received.Addresses.Items.Select(a => $"{a}"));
        Assert.Equal(IPEndPoint.Parse("127.0.0.1:9735"), received.Addresses[0].ToEndPoint());
        Assert.Equal(received.Addresses[2], NodeAddress.FromDescriptor(received.Addresses[2].ToDescriptor().Span));
    }

    [Fact]
    public void A_truncated_address_of_a_known_kind_is_refused()
    {
        var valid = new NodeAnnouncement { Signature = default, Timestamp = 1, NodeId = new NodeId(NodeA.PubKey), UnknownAddresses = Bytes.FromHex("017f0000") };
        Assert.Throws<MessageDecodeException>(() => MessageCodec.Decode(MessageCodec.Encode(valid)));
        Assert.Null(NodeAddress.FromDescriptor(Convert.FromHexString("017f0000")));
    }

    [Fact]
    public void A_hostile_alias_is_shown_without_control_characters()
    {
        Assert.Equal("a\uFFFD[2Jb", NodeAlias.FromText("a\u001b[2Jb").Text);
        Assert.Throws<FormatException>(() => NodeAlias.FromText(new string('x', 33)));
    }

    [Fact]
    public void A_hostile_host_name_is_shown_without_its_tricks() =>
        Assert.Equal("a?b?.org:1", $"{new NodeAddress(NodeAddressType.DnsHostname, new Bytes("a\nb<.org"u8), 1)}");

    private static ChannelUpdate Update() => new()
    {
        Signature = default,
        ChainHash = Network.Regtest.GenesisHash,
        ShortChannelId = new ShortChannelId(123466),
        Timestamp = 1,
        ChannelFlags = 0,
        CltvExpiryDelta = 0,
        HtlcMinimum = new MilliSatoshi(10_000_000),
        FeeBase = default,
        FeeProportionalMillionths = 0,
        HtlcMaximum = new MilliSatoshi(500_000_000),
    };

    private static Key Secret(byte last)
    {
        var secret = new byte[32];
        secret[31] = last;
        return Key.FromBytes(secret);
    }
}
