using System.Security.Cryptography;
using Lightning.Actors.Api;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Onion;
using Lightning.TestKit.Tests.Conformance;

namespace Lightning.TestKit.Tests.KnownFailures;

/// <summary>What has made other nodes fall over: one test for each defect, named after it.</summary>
public sealed class ServiceTests
{
    private const long FourGigabytes = 1L << 32;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_onion_payload_that_claims_a_length_of_4_GB_is_refused_and_costs_no_memory(bool isWholePayload)
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.Invoice(10_000.Sat());
        var expiry = met.Net.Chain.Height + 100;
        using (var key = Lightning.Bitcoin.Crypto.Key.FromBytes([.. Enumerable.Repeat((byte)1, 32)]))
        {
            // No allocation follows the claim.
            var packet = OnionPacket.ParsePayment(OnionFor(new NodeId(key.PubKey)).Packet.Span);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var refused = Assert.IsType<RefusedOnion>(PaymentOnion.Open(key, invoice.PaymentHash, invoice.Amount, expiry, packet));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
            Assert.Equal(FailureCode.InvalidOnionPayload, refused.Failure.Code);
        }

        var onion = OnionFor(met.Alice.Id);
        met.Channel.Add(invoice.Amount, invoice.PaymentHash, expiry, onion);
        await met.Channel.Run();

        var failure = onion.Read(((HtlcFailure.Remote)met.Channel.Failures.Single()).Reason);
        Assert.Equal((FailureCode.InvalidOnionPayload, 0), (failure.Message!.Code, failure.HopIndex));
        met.Channel.Pay(invoice);
        await met.Channel.Run();
        Assert.Single(met.Channel.Preimages);

        ScriptedOnion OnionFor(NodeId node) => isWholePayload ? Claiming(met, node, invoice.PaymentHash) : met.Mallory.Onion(invoice.PaymentHash, (node, Bytes.Wrap([2, 0xFF, .. BigEndian(FourGigabytes), 1, 2, 3])));
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(64_511)]
    [InlineData(65_400)]
    public async Task An_over_long_failure_onion_is_relayed_without_harm(int length)
    {
        await using var way = await Way.Make();
        await way.Arrive();
        way.To.Fail(way.To.Incoming.Single().Id, Bytes.Wrap(new byte[length]));
        await way.RunBoth();

        // Nobody can read it; that it is from behind alice, and how long she held it, its receiver learns all the same.
        var failed = Assert.Single(way.Met.Mallory.Received.OfType<UpdateFailHtlc>());
        Assert.Equal(Math.Min(length, 64_511), failed.Reason.Length);
        Assert.Null(way.Onion.Read(failed.Reason).Message);
        way.From.ShouldBeUsable();
        way.To.ShouldBeUsable();
        way.Pay();
        await way.RunBoth();
        way.To.Fulfill(way.To.Incoming.Last().Id, way.Preimage);
        await way.RunBoth();
        Assert.Equal(way.Preimage, Assert.Single(way.From.Preimages));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_peers_text_cut_inside_a_character_or_with_control_characters_harms_neither_log_nor_API(bool isError)
    {
        // An escape sequence that would clear a terminal, a line of its own, and the first half of a character.
        await using var met = await Encounter.Opened();
        var text = Bytes.Wrap([.. "\e[2J\r\nlightning: all is well\0"u8, 0xE2, 0x82]);
        await met.Mallory.Send(isError ? new Error(met.Channel.Id, text) : new Warning(met.Channel.Id, text));
        await met.Net.Rest();

        var shown = met.Alice.Errors.Concat((await met.Alice.Do(static api => api.ListPendingChannelsAsync())).Select(static channel => channel.ToString())).Append(new Error(met.Channel.Id, text).Text);
        Assert.All(shown, static line => Assert.DoesNotContain(line, static letter => char.IsControl(letter)));
        if (!isError) met.Channel.ShouldBeUsable();
    }

    [Theory]
    [InlineData("lnbcrt1")]
    [InlineData("lnbcrt\u00e410u1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypq")]
    [InlineData("ln\u0000bcrt1qqqqqqq")]
    public async Task A_malformed_BOLT_11_invoice_is_refused_as_one(string text)
    {
        await using var net = await Scenario.Network("alice");
        Assert.Equal(LightningErrorKind.InvalidArgument, (await Assert.ThrowsAsync<LightningException>(() => net["alice"].Do(api => api.DecodeInvoiceAsync(text)))).Kind);
    }

    [Fact]
    public async Task A_flood_of_64_KiB_messages_keeps_no_honest_peer_from_paying()
    {
        await using var way = await Way.Make();
        for (var i = 0; i < 200; i++)
        {
            await way.Eve.Send(new UnknownMessage(40_001, Bytes.Wrap(new byte[65_533])));
            if (i % 50 != 0) continue;
            way.From.Pay(await way.Alice.Invoice(1_000.Sat()));
            await way.From.Run();
        }

        Assert.Equal(4, way.From.Preimages.Count());
        await way.Arrive();
    }

    // The plaintext is known: what is encrypted of it can be changed to another, and signed anew, for the key is shared.
    private static ScriptedOnion Claiming(Encounter met, NodeId node, PaymentHash hash)
    {
        byte[] payload = [2, 1, 1, 4, 1, 1, 6, 8, 0, 0, 0, 0, 0, 0, 0, 0];
        var onion = met.Mallory.Onion(hash, (node, Bytes.Wrap(payload)));
        var packet = onion.Packet.ToArray();
        byte[] known = [(byte)payload.Length, .. payload.AsSpan(0, 8)], claim = [0xFF, .. BigEndian(FourGigabytes)];
        for (var i = 0; i < claim.Length; i++) packet[34 + i] ^= (byte)(known[i] ^ claim[i]);
        var mac = HMACSHA256.HashData("mu"u8, onion.SharedSecrets[0].Span);
        HMACSHA256.HashData(mac, (byte[])[.. packet.AsSpan(34, 1300), .. hash.Value.Span]).CopyTo(packet, 1334);
        return onion with { Packet = Bytes.Wrap(packet) };
    }

    private static byte[] BigEndian(long value)
    {
        var bytes = new byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }
}
