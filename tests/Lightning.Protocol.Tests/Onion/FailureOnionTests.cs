using CsCheck;
using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Onion;

namespace Lightning.Protocol.Tests.Onion;

public sealed class FailureOnionTests
{
    private static readonly string[] SecretsOfTheSpecification =
    [
        "53eb63ea8a3fec3b3cd433b85cd62a4b145e1dda09391b348c4e1cd36a03ea66",
        "a6519e98832a0b179f62123b3567c106db99ee37bef036e783263602f3488fae",
        "3a6b412548762f0dbccce5c7ae7bb8147d1caf9b5471c34120b30bc9c04891cc",
        "21e13c2d7cfe7e18836df50872466117a295783ab8aab0e7ecc8c725503ad02d",
        "b5756b9b542727dbafc6765a49488b023a725d631af688fc031217e90770c328",
    ];

    private static Bytes32[] Secrets => [.. SecretsOfTheSpecification.Select(Bytes32.FromHex)];

    [SkippableFact]
    public void Failure_of_the_specification_is_written_relayed_and_read()
    {
        var vector = Vectors.Json("bolt04/onion-error-test.json");
        var secrets = vector.GetProperty("generate").GetProperty("hops").EnumerateArray()
            .Select(h => Bytes32.FromHex(h.GetProperty("hop_shared_secret").GetString()!)).ToArray();
        var failure = FailureMessage.Decode(Convert.FromHexString(vector.GetProperty("generate").GetProperty("failure_message").GetString()!));
        Assert.Equal(FailureCode.TemporaryNodeFailure, failure.Code);

        var packet = FailureOnion.Create(secrets[^1], failure);
        for (var i = secrets.Length - 2; i >= 0; i--) packet = FailureOnion.Wrap(secrets[i], packet);

        Assert.Equal(vector.GetProperty("errorpacket").GetString(), Convert.ToHexStringLower(packet));
        var decrypted = FailureOnion.Decrypt(secrets, packet);
        Assert.Equal(failure, decrypted.Message);
        Assert.Equal(4, decrypted.HopIndex);
    }

    [SkippableFact]
    public void Attribution_data_of_the_specification_is_written_at_every_hop_and_read()
    {
        var text = File.ReadAllText(Vectors.PathOf("bolt04/returning-errors-attribution.txt"));
        var failureText = text[..text.IndexOf("## Returning success", StringComparison.Ordinal)];
        var payload = Convert.FromHexString(HexAfter(failureText, "\tpayload = "));
        var failure = FailureMessage.Decode(payload.AsSpan(2, payload[0] * 256 + payload[1]));
        var attribution = AttributionOf(failureText);

        // Node 4 pads to 1,024 bytes here.
        var plain = FailureOnion.CreatePlain(Secrets[4], failure, 1024);
        Assert.Equal(HexAfter(failureText, "raw_error_packet = "), Convert.ToHexStringLower(plain));
        byte[] data = [], packet = plain;
        for (var node = 4; node >= 0; node--)
        {
            data = Attribution.Update(data, Secrets[node], packet, HoldTimeOf(node));
            packet = FailureOnion.Wrap(Secrets[node], packet);
            Assert.Equal(HexAfter(failureText, $"error packet for node {node}: "), Convert.ToHexStringLower(packet));
            Assert.Equal(attribution[node], Convert.ToHexStringLower(data));
        }

        var decrypted = FailureOnion.Decrypt(Secrets, packet, data);
        Assert.Equal(failure, decrypted.Message);
        Assert.Equal(4, decrypted.HopIndex);
        Assert.Equal([500.0, 400, 300, 200, 100], decrypted.HoldTimes.Select(t => t.TotalMilliseconds));
        Assert.Equal(100.Msat(), decrypted.Message!.HtlcAmount);
        Assert.Equal(800_000u, decrypted.Message.Height);
    }

    [SkippableFact]
    public void Attribution_data_of_a_fulfilled_payment_is_written_at_every_hop_and_read()
    {
        var text = File.ReadAllText(Vectors.PathOf("bolt04/returning-errors-attribution.txt"));
        var attribution = AttributionOf(text[text.IndexOf("## Returning success", StringComparison.Ordinal)..]);
        byte[] data = [];
        for (var node = 4; node >= 0; node--)
        {
            data = Attribution.Update(data, Secrets[node], [], HoldTimeOf(node));
            Assert.Equal(attribution[node], Convert.ToHexStringLower(data));
        }

        Assert.Equal([500.0, 400, 300, 200, 100], Attribution.ReadHoldTimes(Secrets, data).Select(t => t.TotalMilliseconds));
    }

    [Fact]
    public void Failure_of_the_specification_holds_without_its_file()
    {
        var packet = FailureOnion.Create(Secrets[4], new FailureMessage(FailureCode.TemporaryNodeFailure));
        Assert.Equal(32 + 2 + 256 + 2, packet.Length);
        for (var i = 3; i >= 0; i--) packet = FailureOnion.Wrap(Secrets[i], packet);
        Assert.StartsWith("9c5add3963fc7f6ed7f148623c84134b5647e1306419dbe2174e523fa9e2fbed", Convert.ToHexStringLower(packet), StringComparison.Ordinal);
    }

    [Fact]
    public void Failure_of_any_hop_is_attributed_to_that_hop() =>
        (from hops in Gen.Int[1, 27]
         from erring in Gen.Int[0, 26]
         from data in Gen.Byte.Array[0, 400]
         from code in Gen.UShort
         select (hops, erring: erring % hops, data, code)).Sample(
            t =>
            {
                var secrets = SecretsOf(t.hops);
                var failure = new FailureMessage((FailureCode)t.code, new Bytes(t.data));
                var packet = FailureOnion.Create(secrets[t.erring], failure);
                var attribution = Attribution.ForOwnFailure(secrets[t.erring], packet, TimeSpan.FromSeconds(t.erring));
                for (var i = t.erring - 1; i >= 0; i--)
                {
                    attribution = Attribution.Update(attribution, secrets[i], packet, TimeSpan.FromSeconds(i));
                    packet = FailureOnion.Wrap(secrets[i], packet);
                }

                var decrypted = FailureOnion.Decrypt(secrets, packet, attribution);
                Assert.Equal(failure, decrypted.Message);
                Assert.Equal(t.erring, decrypted.HopIndex);
                Assert.Equal(Enumerable.Range(0, Math.Min(20, t.erring + 1)).Select(i => TimeSpan.FromSeconds(i)), decrypted.HoldTimes);
                Assert.Equal(decrypted with { HoldTimes = [] }, FailureOnion.Decrypt(secrets, packet) with { HoldTimes = [] });
            },
            iter: 60,
            seed: "0000KOIgQ4N2");

    [Fact]
    public void Failure_changed_on_its_way_has_no_message_and_the_attribution_data_names_the_hop()
    {
        var secrets = SecretsOf(6);
        for (var culprit = 0; culprit < 5; culprit++)
        {
            var packet = FailureOnion.Create(secrets[5], FailureMessage.TemporaryChannelFailure());
            var attribution = Attribution.ForOwnFailure(secrets[5], packet, TimeSpan.Zero);
            for (var i = 4; i >= 0; i--)
            {
                if (i == culprit) packet[40] ^= 1; // the culprit vouches for what it changed
                attribution = Attribution.Update(attribution, secrets[i], packet, TimeSpan.FromSeconds(1));
                packet = FailureOnion.Wrap(secrets[i], packet);
            }

            var decrypted = FailureOnion.Decrypt(secrets, packet, attribution);
            Assert.Null(decrypted.Message);
            Assert.Equal(culprit + 1, decrypted.HopIndex); // that hop and the one before it share the blame
            Assert.Equal(culprit + 1, decrypted.HoldTimes.Count);
            Assert.Null(FailureOnion.Decrypt(secrets, packet).HopIndex);
        }
    }

    [Fact]
    public void Attribution_data_begins_at_a_hop_whose_next_hop_sent_none()
    {
        var secrets = SecretsOf(4);
        var packet = FailureOnion.Create(secrets[3], FailureMessage.TemporaryChannelFailure());
        byte[] attribution = [];
        for (var i = 2; i >= 0; i--)
        {
            if (i < 2) attribution = Attribution.Update(attribution, secrets[i], packet, TimeSpan.FromSeconds(1));
            packet = FailureOnion.Wrap(secrets[i], packet);
        }

        var decrypted = FailureOnion.Decrypt(secrets, packet, attribution);
        Assert.Equal(FailureCode.TemporaryChannelFailure, decrypted.Message!.Code);
        Assert.Equal(3, decrypted.HopIndex);
        Assert.Equal(2, decrypted.HoldTimes.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(35)]
    [InlineData(36)]
    [InlineData(292)]
    [InlineData(65_000)]
    [InlineData(65_535)]
    [InlineData(200_000)]
    public void Failure_of_any_length_is_relayed_within_one_message_and_read_without_harm(int length)
    {
        var wrapped = FailureOnion.Wrap(Secrets[0], new byte[length]);
        Assert.Equal(Math.Min(length, FailureOnion.MaxLength), wrapped.Length);
        Assert.True(2 + 32 + 8 + 2 + wrapped.Length + 4 + Attribution.Length <= 65_535);
        Assert.Null(FailureOnion.Decrypt(Secrets, wrapped).Message);
        Assert.Equal(Attribution.Length, Attribution.Update(default, Secrets[0], new byte[length], TimeSpan.Zero).Length);
    }

    [Fact]
    public void Failure_longer_than_the_padding_is_written_whole()
    {
        var failure = new FailureMessage(FailureCode.TemporaryChannelFailure, new Bytes(new byte[1000]));
        Assert.Equal(failure, FailureOnion.Decrypt(Secrets.AsSpan(0, 1), FailureOnion.Create(Secrets[0], failure)).Message);
    }

    [Fact]
    public void Authentic_packet_without_a_code_is_its_authors_fault()
    {
        var packet = new byte[32 + 4];
        OnionKeys.Mac(OnionKeys.Um, Secrets[1], packet.AsSpan(32), packet.AsSpan(0, 32));
        var decrypted = FailureOnion.Decrypt(Secrets, FailureOnion.Wrap(Secrets[0], FailureOnion.Wrap(Secrets[1], packet)));
        Assert.Equal(1, decrypted.HopIndex);
        Assert.Equal(FailureCode.None, decrypted.Message!.Code);
    }

    [Fact]
    public void Random_failures_and_attribution_data_are_read_without_an_exception() =>
        (from packet in Gen.Byte.Array[0, 600]
         from attribution in Gen.OneOf(Gen.Byte.Array[920], Gen.Byte.Array[0, 1000])
         select (packet, attribution)).Sample(
            t =>
            {
                Assert.Null(FailureOnion.Decrypt(Secrets, t.packet, t.attribution).Message);
                Assert.Equal(Attribution.Length, Attribution.Update(t.attribution, Secrets[0], t.packet, TimeSpan.MaxValue).Length);
                Assert.Empty(Attribution.ReadHoldTimes(Secrets, t.attribution));
            },
            iter: 100,
            seed: "0000KOIgQ4N2");

    private static Bytes32[] SecretsOf(int hops) => [.. Enumerable.Range(1, hops).Select(i => Hashes.Sha256([(byte)i]))];

    /// <summary>The text numbers the hold times from the first hop on; its data has them from the last hop on.</summary>
    private static TimeSpan HoldTimeOf(int node) => TimeSpan.FromMilliseconds((5 - node) * 100);

    private static string[] AttributionOf(string text) => [.. Enumerable.Range(0, 5).Select(node => HexAfter(text, $"attribution data for node {node}:"))];

    private static string HexAfter(string text, string label)
    {
        var rest = text[(text.IndexOf(label, StringComparison.Ordinal) + label.Length)..].TrimStart();
        var end = rest.AsSpan().IndexOfAnyExcept("0123456789abcdef");
        return end < 0 ? rest : rest[..end];
    }
}
