using System.Security.Cryptography;
using System.Text.Json;
using CsCheck;
using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Onion;

namespace Lightning.Protocol.Tests.Onion;

public sealed class SphinxTests
{
    private static readonly byte[] AssociatedData = Enumerable.Repeat((byte)0x42, 32).ToArray();

    [SkippableFact]
    public void Onion_of_the_specification_is_built_and_peeled()
    {
        var vector = Vectors.Json("bolt04/onion-test.json");
        var generate = vector.GetProperty("generate");
        var hops = generate.GetProperty("hops").EnumerateArray()
            .Select(h => (Key: PubKey.FromHex(h.GetProperty("pubkey").GetString()!), Frame: Hex(h, "payload"))).ToArray();
        using var sessionKey = Key.FromBytes(Hex(generate, "session_key"));
        var associatedData = Hex(generate, "associated_data");

        var onion = Sphinx.Create(sessionKey, [.. hops.Select(h => new SphinxHop(h.Key, Unframe(h.Frame)))], associatedData);

        Assert.Equal(vector.GetProperty("onion").GetString(), onion.Packet.Serialized.ToString());

        var packet = OnionPacket.ParsePayment(onion.Packet.Serialized.Span);
        var keys = vector.GetProperty("decode").EnumerateArray().Select(k => k.GetString()!).ToArray();
        for (var i = 0; i < keys.Length; i++)
        {
            using var key = Key.FromBytes(Convert.FromHexString(keys[i]));
            var peeled = Assert.IsType<PeeledOnion>(Sphinx.Peel(key, associatedData, packet));
            Assert.Equal(Unframe(hops[i].Frame), peeled.Payload);
            Assert.Equal(onion.SharedSecrets[i], peeled.SharedSecret);
            Assert.Equal(i == keys.Length - 1, peeled.IsFinal);
            packet = peeled.Next ?? packet;
        }
    }

    [SkippableFact]
    public void Onion_with_large_and_legacy_payloads_is_built_and_its_legacy_hop_is_refused()
    {
        var vector = Vectors.Json("bolt04/lightning-onion/onion-test-multi-frame.json");
        var generate = vector.GetProperty("generate");
        var hops = generate.GetProperty("hops").EnumerateArray().ToArray();
        var frames = hops.Select(h => h.GetProperty("type").GetString() == "legacy" ? [0, .. Hex(h, "payload"), .. new byte[12]] : Frame(Hex(h, "payload"))).ToArray();
        var nodeKeys = hops.Select(h => PubKey.FromHex(h.GetProperty("pubkey").GetString()!)).ToArray();
        using var sessionKey = Key.FromBytes(Hex(generate, "session_key"));
        var associatedData = Hex(generate, "associated_data");

        var onion = Sphinx.CreateFromFrames(sessionKey, nodeKeys, frames, associatedData, OnionPacket.PaymentPayloadsLength);

        Assert.Equal(vector.GetProperty("onion").GetString(), onion.Packet.Serialized.ToString());
        using var key = Key.FromBytes(Convert.FromHexString(vector.GetProperty("decode")[0].GetString()!));
        var refused = Assert.IsType<MalformedPayload>(Sphinx.Peel(key, associatedData, onion.Packet));
        Assert.Equal(FailureCode.InvalidOnionPayload, refused.Failure.Code);
    }

    [Fact]
    public void First_layer_of_the_specification_holds_without_its_file()
    {
        // The head of BOLT 4's onion-test.json: the ephemeral key is the session key's, and the shared secrets are those of onion-error-test.json.
        using var sessionKey = Repeated(0x41);
        PubKey[] nodes = [.. Enumerable.Range(0x41, 5).Select(i => { using var key = Repeated((byte)i); return key.PubKey; })];
        Assert.Equal("02eec7245d6b7d2ccb30380bfbe2a3648cd7a942653f5aa340edcea1f283686619", nodes[0].ToString());
        var secrets = Sphinx.SharedSecrets(sessionKey, nodes);
        Assert.Equal("53eb63ea8a3fec3b3cd433b85cd62a4b145e1dda09391b348c4e1cd36a03ea66", secrets[0].ToString());
        Assert.Equal("b5756b9b542727dbafc6765a49488b023a725d631af688fc031217e90770c328", secrets[4].ToString());
        Assert.Equal(1366, OnionPacket.PaymentLength);
    }

    [Fact]
    public void Every_hop_of_any_route_reads_its_own_payload_and_nothing_more() =>
        (from sizes in Gen.Int[2, 300].Array[1, 20]
         from length in Gen.OneOf(Gen.Const(1300), Gen.Const(32768), Gen.Const(700))
         from seed in Gen.ULong
         select (sizes, length, seed)).Sample(
            t =>
            {
                var sizes = t.sizes.ToList();
                while (sizes.Sum(Sphinx.FrameLength) > t.length) sizes.RemoveAt(sizes.Count - 1);
                var keys = sizes.Select((_, i) => Derived(t.seed, i)).ToArray();
                var payloads = sizes.Select((s, i) => RandomBytes(t.seed, i, s)).ToArray();
                using var sessionKey = Derived(t.seed, 1000);
                var onion = Sphinx.Create(sessionKey, [.. keys.Select((k, i) => new SphinxHop(k.PubKey, payloads[i]))], AssociatedData, t.length);
                Assert.Equal(t.length + 66, onion.Packet.Serialized.Length);
                var packet = onion.Packet;
                for (var i = 0; i < keys.Length; i++)
                {
                    var peeled = Assert.IsType<PeeledOnion>(Sphinx.Peel(keys[i], AssociatedData, packet));
                    Assert.Equal(payloads[i], peeled.Payload);
                    Assert.Equal(onion.SharedSecrets[i], peeled.SharedSecret);
                    Assert.Equal(i == keys.Length - 1, peeled.IsFinal);
                    if (peeled.Next is null) break;
                    Assert.Equal(packet.Serialized.Length, peeled.Next.Serialized.Length);
                    packet = peeled.Next;
                }
            },
            iter: 40,
            seed: "0000KOIgQ4N2");

    [Fact]
    public void Route_that_fills_the_packet_to_the_last_byte_works_and_one_byte_more_is_refused()
    {
        using var node = Repeated(1);
        using var session = Repeated(2);
        var exact = new Bytes(new byte[1300 - 32 - 3]);
        var onion = Sphinx.Create(session, [new SphinxHop(node.PubKey, exact)], []);
        Assert.Equal(exact, Assert.IsType<PeeledOnion>(Sphinx.Peel(node, [], onion.Packet)).Payload);
        var error = Assert.Throws<ArgumentException>(() => Sphinx.Create(session, [new SphinxHop(node.PubKey, new Bytes(new byte[1266]))], []));
        Assert.Contains("1301 bytes of the 1300", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Packet_of_another_version_is_refused_by_its_hash()
    {
        var (node, packet) = OneHop();
        var bytes = packet.Serialized.ToArray();
        bytes[0] = 1;
        var changed = OnionPacket.Parse(bytes);
        var refused = Assert.IsType<UnreadableOnion>(Sphinx.Peel(node, AssociatedData, changed));
        Assert.Equal(FailureCode.InvalidOnionVersion, refused.Code);
        Assert.Equal(new Bytes32(SHA256.HashData(bytes)), refused.OnionHash);
    }

    [Fact]
    public void Packet_whose_key_is_no_point_is_refused()
    {
        var (node, packet) = OneHop();
        var bytes = packet.Serialized.ToArray();
        bytes.AsSpan(1, 33).Clear();
        Assert.Equal(FailureCode.InvalidOnionKey, Assert.IsType<UnreadableOnion>(Sphinx.Peel(node, AssociatedData, OnionPacket.Parse(bytes))).Code);
    }

    [Fact]
    public void Packet_changed_in_any_byte_is_refused()
    {
        var (node, packet) = OneHop();
        for (var i = 34; i < packet.Serialized.Length; i += 7)
        {
            var bytes = packet.Serialized.ToArray();
            bytes[i] ^= 1;
            Assert.Equal(FailureCode.InvalidOnionHmac, Assert.IsType<UnreadableOnion>(Sphinx.Peel(node, AssociatedData, OnionPacket.Parse(bytes))).Code);
        }
    }

    [Fact]
    public void Packet_of_another_payment_is_refused()
    {
        var (node, packet) = OneHop();
        Assert.Equal(FailureCode.InvalidOnionHmac, Assert.IsType<UnreadableOnion>(Sphinx.Peel(node, new byte[32], packet)).Code);
    }

    [Theory]
    [InlineData("00")]
    [InlineData("01")]
    [InlineData("fd00fc")]
    [InlineData("fd0600")]
    [InlineData("fdffff")]
    [InlineData("fe00010000")]
    [InlineData("feffffffff")]
    [InlineData("ff0000000100000000")]
    [InlineData("ffffffffffffffffff")]
    public void Payload_that_claims_a_wrong_length_is_refused_with_a_failure_for_the_sender(string prefix)
    {
        using var node = Repeated(7);
        using var session = Repeated(8);
        var frame = Convert.FromHexString(prefix).Concat(new byte[20]).ToArray();
        var onion = Sphinx.CreateFromFrames(session, [node.PubKey], [frame], AssociatedData, OnionPacket.PaymentPayloadsLength);
        var refused = Assert.IsType<MalformedPayload>(Sphinx.Peel(node, AssociatedData, onion.Packet));
        Assert.Equal(FailureCode.InvalidOnionPayload, refused.Failure.Code);
        Assert.Equal(onion.SharedSecrets[0], refused.SharedSecret);
    }

    [Fact]
    public void Payload_whose_hmac_would_lie_outside_of_the_packet_is_refused()
    {
        using var node = Repeated(7);
        using var session = Repeated(8);
        byte[] frame = [0xFD, 0x04, 0xF2, .. new byte[1262]]; // one byte more than fits
        var onion = Sphinx.CreateFromFrames(session, [node.PubKey], [frame], AssociatedData, OnionPacket.PaymentPayloadsLength);
        Assert.IsType<MalformedPayload>(Sphinx.Peel(node, AssociatedData, onion.Packet));
    }

    [Fact]
    public void Random_packets_are_refused_without_an_exception() =>
        Gen.Byte.Array[OnionPacket.PaymentLength].Sample(
            bytes =>
            {
                using var node = Repeated(7);
                bytes[0] = 0;
                bytes[1] = (byte)(2 + (bytes[1] & 1));
                Assert.IsType<UnreadableOnion>(Sphinx.Peel(node, AssociatedData, OnionPacket.Parse(bytes)));
            },
            iter: 200,
            seed: "0000KOIgQ4N2");

    [Theory]
    [InlineData(0)]
    [InlineData(66)]
    [InlineData(65536)]
    public void Packet_of_impossible_length_is_refused(int length) => Assert.Throws<FormatException>(() => OnionPacket.Parse(new byte[length]));

    [Fact]
    public void Payment_onion_of_another_length_is_refused() => Assert.Throws<FormatException>(() => OnionPacket.ParsePayment(new byte[1367]));

    private static (Key Node, OnionPacket Packet) OneHop()
    {
        var node = Repeated(5);
        using var session = Repeated(6);
        return (node, Sphinx.Create(session, [new SphinxHop(node.PubKey, Bytes.FromHex("020101040102"))], AssociatedData).Packet);
    }

    private static Key Repeated(byte value) => Key.FromBytes(Enumerable.Repeat(value, 32).ToArray());

    private static Key Derived(ulong seed, int index) => Key.FromBytes(SHA256.HashData([.. BitConverter.GetBytes(seed), .. BitConverter.GetBytes(index)]));

    private static Bytes RandomBytes(ulong seed, int index, int length)
    {
        var bytes = new byte[length];
        ChaCha20.Xor(SHA256.HashData([.. BitConverter.GetBytes(seed), .. BitConverter.GetBytes(~index)]), new byte[12], 0, bytes);
        return Bytes.Wrap(bytes);
    }

    private static byte[] Frame(byte[] payload) => payload.Length < 0xFD ? [(byte)payload.Length, .. payload] : [0xFD, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];

    private static Bytes Unframe(byte[] frame) => new(frame[0] == 0xFD ? frame.AsSpan(3) : frame.AsSpan(1));

    private static byte[] Hex(JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);
}
