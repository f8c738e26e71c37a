using System.Text.Json;
using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Onion;

namespace Lightning.Protocol.Tests.Onion;

public sealed class RouteBlindingTests
{
    [SkippableFact]
    public void Blinded_path_of_the_specification_is_made_and_taken()
    {
        var vector = Vectors.Json("bolt04/route-blinding-test.json");
        var hops = vector.GetProperty("generate").GetProperty("hops").EnumerateArray().ToArray();
        var route = vector.GetProperty("route");

        // Dave and Eve made the end of the path, Bob and Carol its begin: a next_path_key_override joins the two.
        var made = new List<BlindedHop>();
        PubKey? firstPathKey = null;
        for (var begin = 0; begin < hops.Length;)
        {
            using var secret = Key.FromBytes(Hex(hops[begin], "session_key"));
            var end = begin + 1;
            while (end < hops.Length && !hops[end].TryGetProperty("session_key", out _)) end++;
            var part = hops[begin..end];
            var path = RouteBlinding.Create(
                secret,
                [.. part.Select(h => NodeId.FromHex(h.GetProperty("node_id").GetString()!))],
                [.. part.Select(h => new Bytes(Hex(h, "encoded_tlvs")))]);
            made.AddRange(path.Hops.Items);
            firstPathKey ??= path.FirstPathKey;
            begin = end;
        }

        Assert.Equal(route.GetProperty("first_path_key").GetString(), firstPathKey!.ToString());
        Assert.Equal(
            route.GetProperty("hops").EnumerateArray().Select(h => (h.GetProperty("blinded_node_id").GetString(), h.GetProperty("encrypted_data").GetString())),
            made.Select(h => ((string?)h.BlindedNodeId.ToString(), (string?)h.EncryptedRecipientData.ToString())));

        var unblind = vector.GetProperty("unblind").GetProperty("hops").EnumerateArray().ToArray();
        for (var i = 0; i < unblind.Length; i++)
        {
            using var nodeKey = Key.FromBytes(Hex(unblind[i], "node_privkey"));
            var pathKey = PubKey.Parse(Hex(unblind[i], "path_key"));
            using var blinded = RouteBlinding.BlindedKey(nodeKey, pathKey);
            Assert.Equal(unblind[i].GetProperty("blinded_privkey").GetString(), blinded.ToBytes().ToString());
            Assert.Equal(made[i].BlindedNodeId, blinded.PubKey);
            var data = RouteBlinding.Unblind(nodeKey, pathKey, made[i].EncryptedRecipientData.Span);
            Assert.Equal(unblind[i].GetProperty("decrypted_data").GetString(), data!.Plaintext.ToString());
            Assert.Equal(unblind[i].GetProperty("next_path_key").GetString(), data.NextPathKey.ToString());

            Assert.True(EncryptedDataTlv.TryDecode(data.Plaintext.Span, out var tlvs));
            Assert.Equal(data.Plaintext, tlvs.Encode());
            CheckTlvs(hops[i].GetProperty("tlvs"), tlvs);
        }
    }

    [Fact]
    public void Data_for_another_node_or_of_another_path_or_changed_is_not_read()
    {
        using var secret = Repeated(1);
        using var node = Repeated(2);
        using var other = Repeated(3);
        var path = RouteBlinding.Create(secret, [new NodeId(node.PubKey)], [Bytes.FromHex("0602aabb")]);
        var data = path.Hops[0].EncryptedRecipientData.ToArray();
        Assert.Equal("0602aabb", RouteBlinding.Unblind(node, path.FirstPathKey, data)!.Plaintext.ToString());
        Assert.Null(RouteBlinding.Unblind(other, path.FirstPathKey, data));
        Assert.Null(RouteBlinding.Unblind(node, other.PubKey, data));
        for (var length = 0; length < data.Length; length++) Assert.Null(RouteBlinding.Unblind(node, path.FirstPathKey, data.AsSpan(0, length)));
        data[0] ^= 1;
        Assert.Null(RouteBlinding.Unblind(node, path.FirstPathKey, data));
    }

    [Theory]
    [InlineData("0209")]
    [InlineData("1000")]
    [InlineData("060006")]
    [InlineData("04020203")]
    [InlineData("0a03000101")]
    public void Malformed_instructions_and_unknown_even_ones_are_refused(string stream) =>
        Assert.False(EncryptedDataTlv.TryDecode(Convert.FromHexString(stream), out _));

    [Theory]
    [InlineData(110_125, 100_000, 0u, 10_125L)]
    [InlineData(1_000_000, 999_800, 100u, 100L)]
    [InlineData(100, 0, 0u, 100L)]
    public void Forwarded_amount_is_what_fee_and_amount_add_up_from(long incoming, long forwarded, uint proportional, long feeBase)
    {
        var relay = new PaymentRelay(10, proportional, feeBase.Msat());
        Assert.Equal(forwarded.Msat(), relay.AmountToForward(incoming.Msat())!.Value, (a, b) => Math.Abs(a.Value - b.Value) <= 1);
        Assert.Null(relay.AmountToForward((feeBase - 1).Msat()));
    }

    internal static void CheckTlvs(JsonElement expected, EncryptedDataTlv actual)
    {
        string? Text(string name) => expected.TryGetProperty(name, out var value) ? value.GetString() : null;
        Assert.Equal(Text("short_channel_id"), actual.ShortChannelId?.ToString());
        Assert.Equal(Text("next_node_id"), actual.NextNodeId?.ToString());
        Assert.Equal(Text("path_id"), actual.PathId?.ToString());
        Assert.Equal(Text("next_path_key_override"), actual.NextPathKeyOverride?.ToString());
        if (expected.TryGetProperty("payment_relay", out var relay))
        {
            Assert.Equal(relay.GetProperty("cltv_expiry_delta").GetInt32(), actual.PaymentRelay!.CltvExpiryDelta);
            Assert.Equal(relay.GetProperty("fee_proportional_millionths").GetUInt32(), actual.PaymentRelay.FeeProportionalMillionths);
            Assert.Equal(relay.TryGetProperty("fee_base_msat", out var feeBase) ? feeBase.GetInt64() : 0, actual.PaymentRelay.FeeBase.Value);
        }

        if (expected.TryGetProperty("payment_constraints", out var constraints))
        {
            Assert.Equal(constraints.GetProperty("max_cltv_expiry").GetUInt32(), actual.PaymentConstraints!.MaxCltvExpiry);
            Assert.Equal(constraints.GetProperty("htlc_minimum_msat").GetInt64(), actual.PaymentConstraints.HtlcMinimum.Value);
        }
    }

    private static Key Repeated(byte value) => Key.FromBytes(Enumerable.Repeat(value, 32).ToArray());

    private static byte[] Hex(JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);
}
