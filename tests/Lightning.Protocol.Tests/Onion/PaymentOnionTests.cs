using System.Text.Json;
using CsCheck;
using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Features;
using Lightning.Protocol.Onion;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Tests.Onion;

public sealed class PaymentOnionTests
{
    private static readonly PaymentHash Hash = new(new Bytes32(Enumerable.Repeat((byte)0x42, 32).ToArray()));

    [SkippableFact]
    public void Payment_over_the_blinded_path_of_the_specification_reaches_its_end()
    {
        var vector = Vectors.Json("bolt04/blinded-payment-onion-test.json");
        var generate = vector.GetProperty("generate");
        var hops = generate.GetProperty("full_route").GetProperty("hops").EnumerateArray().ToArray();
        using var sessionKey = Key.FromBytes(Hex(generate, "session_key"));
        var payloads = hops.Select(h => Decode(Hex(h, "payload")[1..])).ToArray();
        for (var i = 0; i < hops.Length; i++) Assert.Equal(new Bytes(Hex(hops[i], "payload")[1..]), payloads[i].Encode());

        var onion = Sphinx.Create(
            sessionKey,
            [.. hops.Select((h, i) => new SphinxHop(PubKey.FromHex(h.GetProperty("pubkey").GetString()!), payloads[i].Encode()))],
            Hex(generate, "associated_data"));
        Assert.Equal(generate.GetProperty("onion").GetString(), onion.Packet.Serialized.ToString());

        var (amount, cltv, packet, pathKey) = (110_125.Msat(), 749_150u, onion.Packet, (PubKey?)null);
        var decrypt = vector.GetProperty("decrypt").GetProperty("hops").EnumerateArray().ToArray();
        for (var i = 0; i < decrypt.Length; i++)
        {
            using var nodeKey = Key.FromBytes(Hex(decrypt[i], "node_privkey"));
            Assert.Equal(decrypt[i].GetProperty("onion").GetString(), packet.Serialized.ToString());
            var opened = PaymentOnion.Open(nodeKey, Hash, amount, cltv, packet, pathKey);
            if (i == decrypt.Length - 1)
            {
                var final = Assert.IsType<FinalOnion>(opened);
                Assert.Equal((100_000.Msat(), 749_000u, 150_000.Msat(), true), (final.Amount, final.CltvExpiry, final.Total, final.IsBlinded));
                Assert.Equal(
                    hops[i].GetProperty("tlvs").GetProperty("encrypted_recipient_data").GetProperty("path_id").GetString(),
                    final.PathId.ToString());
                Assert.Equal(BlindedRole.Inside, final.ReturnPath.Role);
                continue;
            }

            var forward = Assert.IsType<ForwardOnion>(opened);
            Assert.Equal(i switch { 0 => BlindedRole.None, 1 => BlindedRole.Introduction, _ => BlindedRole.Inside }, forward.ReturnPath.Role);
            Assert.Equal(
                i == 0 ? "0x0x10" : hops[i].GetProperty("tlvs").GetProperty("encrypted_recipient_data").GetProperty("short_channel_id").GetString(),
                forward.ShortChannelId.ToString());
            if (decrypt[i].TryGetProperty("next_path_key", out var next)) Assert.Equal(next.GetString(), forward.NextPathKey?.ToString());
            (amount, cltv, packet, pathKey) = (forward.Amount, forward.CltvExpiry, forward.Next, forward.NextPathKey);
        }

        Assert.Equal((100_000.Msat(), 749_000u), (amount, cltv));
    }

    [SkippableFact]
    public void Onion_message_of_the_specification_is_built_and_peeled()
    {
        var vector = Vectors.Json("bolt04/blinded-onion-message-onion-test.json");
        using var sessionKey = Key.FromBytes(Hex(vector.GetProperty("generate"), "session_key"));
        var hops = vector.GetProperty("route").GetProperty("hops").EnumerateArray().Select((h, i) =>
        {
            var encrypted = Hex(h, "encrypted_recipient_data");
            byte[] hello = i == 3 ? [1, 5, .. "hello"u8] : [];
            return new SphinxHop(PubKey.FromHex(h.GetProperty("blinded_node_id").GetString()!), Bytes.Wrap([.. hello, 4, (byte)encrypted.Length, .. encrypted]));
        }).ToArray();

        var onion = Sphinx.Create(sessionKey, hops, []);

        Assert.Equal(vector.GetProperty("onionmessage").GetProperty("onion_message_packet").GetString(), onion.Packet.Serialized.ToString());
        var packet = onion.Packet;
        var pathKey = PubKey.FromHex(vector.GetProperty("route").GetProperty("first_path_key").GetString()!);
        var i = 0;
        foreach (var hop in vector.GetProperty("decrypt").GetProperty("hops").EnumerateArray())
        {
            Assert.Equal(hop.GetProperty("onion_message").GetString(), $"0201{pathKey}{packet.Serialized.Length:x4}{packet.Serialized}");
            using var nodeKey = Key.FromBytes(Hex(hop, "privkey"));
            var peeled = Assert.IsType<PeeledOnion>(Sphinx.Peel(nodeKey, [], packet, pathKey));
            Assert.Equal(hops[i++].Payload, peeled.Payload);
            var encrypted = Hex(vector.GetProperty("route").GetProperty("hops")[i - 1], "encrypted_recipient_data");
            var unblinded = RouteBlinding.Unblind(nodeKey, pathKey, encrypted)!;
            Assert.True(EncryptedDataTlv.TryDecode(unblinded.Plaintext.Span, out var data));
            if (peeled.Next is null)
            {
                Assert.Equal("deadbeefbadc0ffeedeadbeefbadc0ffeedeadbeefbadc0ffeedeadbeefbadc0", data.PathId.ToString());
                break;
            }

            Assert.Equal(hop.GetProperty("next_node_id").GetString(), data.NextNodeId?.ToString());
            (packet, pathKey) = (peeled.Next, data.NextPathKeyOverride ?? unblinded.NextPathKey);
        }

        Assert.Equal(4, i);
    }

    [Fact]
    public void Forwarder_learns_channel_amount_and_expiry_and_the_payee_its_secret()
    {
        var (first, second) = (Repeated(1), Repeated(2));
        var secret = new PaymentSecret(Hashes.Sha256([7]));
        var onion = Create(
            (first, new HopPayload { AmountToForward = 1000.Msat(), OutgoingCltvValue = 500, ShortChannelId = new ShortChannelId(1, 2, 3) }),
            (second, new HopPayload
            {
                AmountToForward = 1000.Msat(),
                OutgoingCltvValue = 500,
                PaymentData = new PaymentData(secret, 3000.Msat()),
                PaymentMetadata = Bytes.FromHex("01fafaf0"),
            }));

        var forward = Assert.IsType<ForwardOnion>(PaymentOnion.Open(first, Hash, 1010.Msat(), 540, onion.Packet));
        Assert.Equal((new ShortChannelId(1, 2, 3), 1000.Msat(), 500u), (forward.ShortChannelId, forward.Amount, forward.CltvExpiry));
        var final = Assert.IsType<FinalOnion>(PaymentOnion.Open(second, Hash, 1000.Msat(), 500, forward.Next));
        Assert.Equal((secret, 1000.Msat(), 3000.Msat()), (final.PaymentSecret, final.Amount, final.Total));
        Assert.Equal("01fafaf0", final.Metadata.ToString());
        Assert.False(final.IsBlinded);

        // A failure of the payee goes back through the forwarder, and the sender reads who it was.
        var refusal = Assert.IsType<EncryptedRefusal>(final.ReturnPath.Refuse(FailureMessage.IncorrectOrUnknownPaymentDetails(1000.Msat(), 480)));
        var relayed = Assert.IsType<EncryptedRefusal>(forward.ReturnPath.Relay(refusal.Reason.Span));
        Assert.Equal((true, false), (refusal.IsOwn, relayed.IsOwn));
        var read = FailureOnion.Decrypt([.. onion.SharedSecrets], relayed.Reason.Span);
        Assert.Equal((1, FailureCode.IncorrectOrUnknownPaymentDetails), (read.HopIndex, read.Message!.Code));
    }

    [Fact]
    public void Payee_gets_at_least_what_the_sender_meant()
    {
        var node = Repeated(1);
        var onion = Create((node, new HopPayload { AmountToForward = 1000.Msat(), OutgoingCltvValue = 500 })).Packet;
        Assert.Equal(FailureCode.FinalIncorrectHtlcAmount, Refused(PaymentOnion.Open(node, Hash, 999.Msat(), 500, onion)));
        Assert.Equal(FailureCode.FinalIncorrectCltvExpiry, Refused(PaymentOnion.Open(node, Hash, 1000.Msat(), 499, onion)));
        var final = Assert.IsType<FinalOnion>(PaymentOnion.Open(node, Hash, 1001.Msat(), 501, onion));
        Assert.Equal(1000.Msat(), final.Total);
        Assert.Null(final.PaymentSecret);
    }

    [Theory]
    [InlineData("0401f4", 2)]
    [InlineData("020203e8", 4)]
    [InlineData("", 0)]
    public void Payload_without_what_every_hop_needs_is_refused(string payload, int type)
    {
        var node = Repeated(1);
        if (payload.Length < 4) payload = "fb00";
        var onion = Sphinx.Create(Repeated(9), [new SphinxHop(node.PubKey, Bytes.FromHex(payload))], Hash.Value.Span);
        var refused = Assert.IsType<RefusedOnion>(PaymentOnion.Open(node, Hash, 1000.Msat(), 500, onion.Packet));
        Assert.Equal(FailureMessage.InvalidOnionPayload(type == 0 ? 2ul : (ulong)type, 0), refused.Failure);
    }

    [Fact]
    public void Forwarder_without_a_channel_is_refused()
    {
        var (first, second) = (Repeated(1), Repeated(2));
        var plain = new HopPayload { AmountToForward = 1000.Msat(), OutgoingCltvValue = 500 };
        var onion = Create((first, plain), (second, plain));
        Assert.Equal(FailureMessage.InvalidOnionPayload(6, 0), Assert.IsType<RefusedOnion>(PaymentOnion.Open(first, Hash, 1000.Msat(), 500, onion.Packet)).Failure);
    }

    [Fact]
    public void Unreadable_onion_is_refused_as_malformed_with_its_own_code_and_inside_a_blinded_path_with_one_that_tells_nothing()
    {
        var node = Repeated(1);
        var onion = Create((Repeated(2), new HopPayload { AmountToForward = 1000.Msat(), OutgoingCltvValue = 500 })).Packet;
        var plain = Assert.IsType<RefusedOnion>(PaymentOnion.Open(node, Hash, 1000.Msat(), 500, onion));
        Assert.Equal(new MalformedRefusal(FailureCode.InvalidOnionHmac, onion.Hash()), plain.Refusal);
        var blinded = Assert.IsType<RefusedOnion>(PaymentOnion.Open(node, Hash, 1000.Msat(), 500, onion, Repeated(3).PubKey));
        Assert.Equal(new MalformedRefusal(FailureCode.InvalidOnionBlinding, onion.Hash()), blinded.Refusal);
    }

    [Fact]
    public void Blinded_hop_refuses_what_its_instructions_forbid_without_telling_why()
    {
        var (node, next) = (Repeated(1), Repeated(2));
        var good = new EncryptedDataTlv
        {
            ShortChannelId = new ShortChannelId(1, 1, 1),
            PaymentRelay = new PaymentRelay(10, 0, 100.Msat()),
            PaymentConstraints = new PaymentConstraints(600, 500.Msat()),
        };

        IncomingOnion Open(EncryptedDataTlv data, long amount = 1000, uint cltv = 500, Func<HopPayload, HopPayload>? change = null)
        {
            using var secret = Repeated(4);
            var path = RouteBlinding.Create(secret, [new NodeId(node.PubKey), new NodeId(next.PubKey)], [data.Encode(), Bytes.FromHex("0600")]);
            var payload = new HopPayload { EncryptedRecipientData = path.Hops[0].EncryptedRecipientData, CurrentPathKey = path.FirstPathKey };
            payload = change?.Invoke(payload) ?? payload;
            var end = new HopPayload { EncryptedRecipientData = path.Hops[1].EncryptedRecipientData };
            var onion = Sphinx.Create(
                Repeated(9),
                [new SphinxHop(node.PubKey, payload.Encode()), new SphinxHop(path.Hops[1].BlindedNodeId, end.Encode())],
                Hash.Value.Span);
            return PaymentOnion.Open(node, Hash, amount.Msat(), cltv, onion.Packet);
        }

        var forward = Assert.IsType<ForwardOnion>(Open(good));
        Assert.Equal((900.Msat(), 490u), (forward.Amount, forward.CltvExpiry));
        Assert.Equal(BlindedRole.Introduction, forward.ReturnPath.Role);
        Assert.NotNull(forward.NextPathKey);

        IncomingOnion[] bad =
        [
            Open(good, amount: 499),
            Open(good, amount: 99),
            Open(good, cltv: 601),
            Open(good, cltv: 9),
            Open(good with { PaymentRelay = null }),
            Open(good with { ShortChannelId = null }),
            Open(good with { NextNodeId = new NodeId(next.PubKey) }),
            Open(good with { AllowedFeatures = FeatureSet.FromBits(113) }),
            Open(good, change: p => p with { AmountToForward = 900.Msat() }),
            Open(good, change: p => p with { Unknown = new TlvStream([new TlvRecord(65537, Bytes.FromHex("00"))]) }),
        ];
        foreach (var onion in bad)
        {
            // The introduction node encrypts, and says only that something is wrong in the path.
            var refusal = Assert.IsType<EncryptedRefusal>(Assert.IsType<RefusedOnion>(onion).Refusal);
            using var session = Repeated(9);
            var read = FailureOnion.Decrypt(Sphinx.SharedSecrets(session, [node.PubKey]), refusal.Reason.Span);
            Assert.Equal(FailureCode.InvalidOnionBlinding, read.Message!.Code);
        }
    }

    [Fact]
    public void Path_key_without_encrypted_data_and_encrypted_data_without_a_path_key_are_refused()
    {
        var node = Repeated(1);
        var payload = new HopPayload { AmountToForward = 1000.Msat(), OutgoingCltvValue = 500 };
        Assert.Equal(
            FailureCode.InvalidOnionPayload,
            Refused(PaymentOnion.Open(node, Hash, 1000.Msat(), 500, Create((node, payload with { CurrentPathKey = node.PubKey })).Packet)));
        Assert.Equal(
            FailureCode.InvalidOnionPayload,
            Refused(PaymentOnion.Open(node, Hash, 1000.Msat(), 500, Create((node, payload with { EncryptedRecipientData = Bytes.FromHex("00") })).Packet)));

        var pathKey = Repeated(3).PubKey;
        using var blinded = RouteBlinding.BlindedKey(node, pathKey);
        var inside = Assert.IsType<RefusedOnion>(PaymentOnion.Open(node, Hash, 1000.Msat(), 500, Create((blinded, payload)).Packet, pathKey));
        Assert.Equal(FailureCode.InvalidOnionBlinding, Assert.IsType<MalformedRefusal>(inside.Refusal).Code);
    }

    [Theory]
    [InlineData(BlindedRole.Inside)]
    [InlineData(BlindedRole.Introduction)]
    public void Failure_from_behind_in_a_blinded_path_becomes_one_that_tells_nothing(BlindedRole role)
    {
        var path = new OnionReturnPath(Hashes.Sha256([1]), role, Hashes.Sha256([2]));
        var downstream = FailureOnion.Create(Hashes.Sha256([3]), FailureMessage.TemporaryChannelFailure());
        HtlcRefusal[] refusals = [path.Relay(downstream), path.RelayMalformed(FailureCode.InvalidOnionHmac, Hashes.Sha256([4])), path.Refuse(FailureMessage.TemporaryChannelFailure())];
        foreach (var refusal in refusals)
        {
            if (role == BlindedRole.Inside) Assert.Equal(new MalformedRefusal(FailureCode.InvalidOnionBlinding, path.OnionHash), refusal);
            else Assert.Equal(FailureCode.InvalidOnionBlinding, FailureOnion.Decrypt([path.SharedSecret], Assert.IsType<EncryptedRefusal>(refusal).Reason.Span).Message!.Code);
        }
    }

    [Fact]
    public void Malformed_refusal_of_the_next_peer_becomes_an_encrypted_failure()
    {
        var path = new OnionReturnPath(Hashes.Sha256([1]), BlindedRole.None, Hashes.Sha256([2]));
        var refusal = Assert.IsType<EncryptedRefusal>(path.RelayMalformed(FailureCode.InvalidOnionHmac, Hashes.Sha256([4])));
        var read = FailureOnion.Decrypt([path.SharedSecret], refusal.Reason.Span);
        Assert.Equal(FailureMessage.BadOnion(FailureCode.InvalidOnionHmac, Hashes.Sha256([4])), read.Message);
        Assert.Throws<ArgumentException>(() => path.RelayMalformed(FailureCode.UnknownNextPeer, Bytes32.Zero));
    }

    [Fact]
    public void Spontaneous_payment_brings_its_preimage()
    {
        var node = Repeated(1);
        var preimage = new PaymentPreimage(Hashes.Sha256([5]));
        var onion = Create((node, new HopPayload { AmountToForward = 5.Msat(), OutgoingCltvValue = 500, KeysendPreimage = preimage })).Packet;
        Assert.Equal(preimage, Assert.IsType<FinalOnion>(PaymentOnion.Open(node, Hash, 5.Msat(), 500, onion)).KeysendPreimage);
    }

    [Theory]
    [InlineData("0200", true)]
    [InlineData("020100", false)] // not minimal
    [InlineData("0209010203040506070809", false)] // longer than 8 bytes
    [InlineData("0208ffffffffffffffff", false)] // more than there is
    [InlineData("0401010201 01", false)] // not increasing
    [InlineData("02010102 0101", false)] // twice
    [InlineData("0607010203040506 07", false)] // 7 bytes of 8
    [InlineData("0605", false)] // truncated
    [InlineData("08020101", false)]
    [InlineData("0c21020000000000000000000000000000000000000000000000000000000000000000", false)] // no point
    [InlineData("2200", false)] // unknown and even
    [InlineData("fe0001000000", false)] // custom, but even
    [InlineData("fe0001000100", true)] // custom and odd
    [InlineData("fdffffff00", false)]
    [InlineData("02feffffffff", false)] // four gigabytes
    [InlineData("02ffffffffffffffffff", false)]
    public void Payload_streams_are_read_strictly(string stream, bool valid)
    {
        var read = HopPayload.TryDecode(Convert.FromHexString(stream.Replace(" ", "")), out var payload, out var failure);
        Assert.Equal(valid, read);
        Assert.Equal(valid, payload is not null);
        Assert.Equal(valid ? null : FailureCode.InvalidOnionPayload, failure?.Code);
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_and_what_is_read_is_written_the_same() =>
        (from types in Gen.OneOf(Gen.Const((byte)2), Gen.Const((byte)4), Gen.Const((byte)6), Gen.Const((byte)8), Gen.Const((byte)16), Gen.Byte).Array[0, 5]
         from value in Gen.Byte.Array[0, 40]
         select (types, value)).Sample(
            t =>
            {
                byte[] stream = [.. t.types.Distinct().Order().SelectMany(type => (byte[])[type, (byte)Math.Min(t.value.Length, type % 11), .. t.value.Take(type % 11)])];
                if (HopPayload.TryDecode(stream, out var payload, out _)) Assert.Equal(Convert.ToHexStringLower(stream), payload.Encode().ToString());
                EncryptedDataTlv.TryDecode(stream, out _);
            },
            iter: 3000,
            seed: "0000KOIgQ4N2");

    private static FailureCode Refused(IncomingOnion onion) => Assert.IsType<RefusedOnion>(onion).Failure.Code;

    private static SphinxOnion Create(params (Key Node, HopPayload Payload)[] hops)
    {
        using var sessionKey = Repeated(0x77);
        return Sphinx.Create(sessionKey, [.. hops.Select(h => new SphinxHop(h.Node.PubKey, h.Payload.Encode()))], Hash.Value.Span);
    }

    private static HopPayload Decode(byte[] stream)
    {
        Assert.True(HopPayload.TryDecode(stream, out var payload, out _));
        return payload;
    }

    private static Key Repeated(byte value) => Key.FromBytes(Enumerable.Repeat(value, 32).ToArray());

    private static byte[] Hex(JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);
}
