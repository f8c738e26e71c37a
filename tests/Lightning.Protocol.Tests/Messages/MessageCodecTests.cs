using CsCheck;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Tests.Wire;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Tests.Messages;

public class MessageCodecTests
{
    public static TheoryData<string> Types => [.. MessageGenerators.All.Keys];

    [Fact]
    public void Every_message_has_a_generator()
    {
        var messages = typeof(LightningMessage).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(LightningMessage)) && !t.IsAbstract).Select(t => t.Name);
        Assert.Equal(messages.Order(StringComparer.Ordinal), MessageGenerators.All.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_text_of_an_error_or_a_warning_is_cut_where_it_would_not_fit_into_a_message()
    {
        var text = new string('f', 100_000);
        foreach (var message in (LightningMessage[])[new Error(default, text), new Warning(default, text)]) Assert.Equal(2 + 32 + 2 + 1_024, MessageCodec.Encode(message).Length);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_message_survives_the_wire_unchanged(string type) => MessageGenerators.All[type].Sample(
        message =>
        {
            var bytes = MessageCodec.Encode(message);
            var decoded = MessageCodec.Decode(bytes);
            return decoded.Equals(message) && decoded.GetHashCode() == message.GetHashCode() && MessageCodec.Encode(decoded).AsSpan().SequenceEqual(bytes);
        },
        iter: 300);

    [Theory]
    [MemberData(nameof(Types))]
    public void Hostile_bytes_decode_to_the_same_bytes_or_to_a_decode_error(string type)
    {
        var random = new Random(20240607);
        var pcg = new PCG(1, 20240607);
        for (var i = 0; i < Fuzz.Iterations; i++)
        {
            var valid = MessageCodec.Encode(MessageGenerators.All[type].Generate(pcg, null, out _));
            var hostile = i % 4 == 0 ? Fuzz.RandomPayload(valid, random) : Fuzz.Mutate(valid, random);
            LightningMessage decoded;
            try
            {
                decoded = MessageCodec.Decode(hostile);
            }
            catch (MessageDecodeException)
            {
                continue;
            }

            // Limits above 21 million bitcoin are the one thing that is read as something else.
            var again = MessageCodec.Encode(decoded);
            if (decoded is OpenChannel or AcceptChannel) Assert.Equal(decoded, MessageCodec.Decode(again));
            else Assert.True(again.AsSpan().SequenceEqual(hostile), Convert.ToHexString(hostile));
        }
    }

    [SkippableFact]
    public void Init_extensions_follow_appendix_C()
    {
        var vectors = Vectors.Json("bolt01/init-extension.json");
        foreach (var vector in vectors.GetProperty("valid").EnumerateArray())
        {
            var bytes = Convert.FromHexString(vector.GetProperty("message").GetString()!);
            Assert.IsType<Init>(MessageCodec.Decode(bytes));
            Assert.Equal(bytes, MessageCodec.Encode(MessageCodec.Decode(bytes)));
        }

        foreach (var vector in vectors.GetProperty("invalid").EnumerateArray())
            Assert.Throws<MessageDecodeException>(() => MessageCodec.Decode(Convert.FromHexString(vector.GetProperty("message").GetString()!)));
    }

    [Theory]
    [InlineData("00100000000001")]
    [InlineData("001000000000ca012a")]
    [InlineData("001000000000c90101c90102")]
    public void A_broken_extension_is_refused(string hex) => Assert.Throws<MessageDecodeException>(() => MessageCodec.Decode(Convert.FromHexString(hex)));

    [Fact]
    public void Unknown_odd_records_stay_with_the_message()
    {
        var bytes = Convert.FromHexString("001000000000c9012acb0104");
        var init = Assert.IsType<Init>(MessageCodec.Decode(bytes));
        Assert.Equal(new TlvStream([new TlvRecord(0xC9, Bytes.FromHex("2a")), new TlvRecord(0xCB, Bytes.FromHex("04"))]), init.Extension);
        Assert.Equal(bytes, MessageCodec.Encode(init));
    }

    [SkippableFact]
    public void Extended_queries_follow_the_vectors()
    {
        foreach (var vector in Vectors.Json("bolt07/extended-queries.json").EnumerateArray())
        {
            var bytes = Convert.FromHexString(vector.GetProperty("hex").GetString()!);
            var fields = vector.GetProperty("msg");

            // The specification withdrew the compressed encoding after the vectors were made.
            if (fields.GetRawText().Contains("\"COMPRESSED_ZLIB\"", StringComparison.Ordinal))
            {
                Assert.Throws<MessageDecodeException>(() => MessageCodec.Decode(bytes));
                continue;
            }

            var message = MessageCodec.Decode(bytes);
            Assert.Equal(bytes, MessageCodec.Encode(message));
            var (first, count, ids) = message switch
            {
                QueryChannelRange m => (m.FirstBlockHeight, m.NumberOfBlocks, default),
                ReplyChannelRange m => (m.FirstBlockHeight, m.NumberOfBlocks, m.ShortChannelIds),
                QueryShortChannelIds m => (0u, 0u, m.ShortChannelIds),
                _ => throw new InvalidOperationException($"{message}"),
            };
            Assert.Equal(fields.TryGetProperty("firstBlockNum", out var expectedFirst) ? expectedFirst.GetUInt32() : 0, first);
            Assert.Equal(fields.TryGetProperty("numberOfBlocks", out var expectedCount) ? expectedCount.GetUInt32() : 0, count);
            if (fields.TryGetProperty("shortChannelIds", out var expectedIds))
                Assert.Equal(expectedIds.GetProperty("array").EnumerateArray().Select(id => id.GetString()), ids.Items.Select(id => $"{id}"));
            if (message is ReplyChannelRange reply && fields.TryGetProperty("checksums", out var checksums))
            {
                Assert.Equal(
                    checksums.GetProperty("checksums").EnumerateArray().Select(c => new UpdatePair(c.GetProperty("checksum1").GetUInt32(), c.GetProperty("checksum2").GetUInt32())),
                    reply.Checksums!.Value.Items);
                Assert.Equal(
                    fields.GetProperty("timestamps").GetProperty("timestamps").EnumerateArray().Select(c => new UpdatePair(c.GetProperty("timestamp1").GetUInt32(), c.GetProperty("timestamp2").GetUInt32())),
                    reply.Timestamps!.Value.Items);
            }
        }
    }

    [Fact]
    public void A_query_for_a_range_with_options_has_the_bytes_of_the_specification()
    {
        var hex = "01070f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206000088b800000064010103";
        var query = Assert.IsType<QueryChannelRange>(MessageCodec.Decode(Convert.FromHexString(hex)));
        Assert.Equal((35000u, 100u, QueryOptionFlags.Timestamps | QueryOptionFlags.Checksums), (query.FirstBlockHeight, query.NumberOfBlocks, query.QueryOptions!.Value));
        Assert.Equal(hex, Convert.ToHexStringLower(MessageCodec.Encode(query)));
    }

    [Fact]
    public void Unknown_types_come_through_and_say_whether_they_may_be_ignored()
    {
        Assert.False(Assert.IsType<UnknownMessage>(MessageCodec.Decode([0x80, 0x01, 0xAA])).MustBeUnderstood);
        Assert.True(Assert.IsType<UnknownMessage>(MessageCodec.Decode([0x80, 0x00])).MustBeUnderstood);
    }

    [Fact]
    public void A_message_without_a_type_is_refused() => Assert.Throws<MessageDecodeException>(() => MessageCodec.Decode([0]));

    [Fact]
    public void What_cannot_be_encoded_is_refused()
    {
        Assert.Throws<InvalidOperationException>(() => MessageCodec.Encode(new Pong(new Bytes(new byte[65535]))));
        Assert.Throws<InvalidOperationException>(() => MessageCodec.Encode(new UpdateAddHtlc(default, 0, default, default, 0, Bytes.FromHex("00"))));
        Assert.Throws<InvalidOperationException>(() => MessageCodec.Encode(new UpdateAddHtlc(default, 0, new MilliSatoshi(-1), default, 0, new Bytes(new byte[1366]))));
        Assert.Throws<InvalidOperationException>(() => MessageCodec.Encode(new Pong(default) { Extension = new TlvStream([new TlvRecord(1, new Bytes(new byte[65535]))]) }));
    }

    [Fact]
    public void The_text_of_an_error_is_safe_to_print()
    {
        Assert.Equal("bad signature", new Error(default, "bad signature").Text);
        Assert.Equal("1b5b324a", new Error(default, Bytes.FromHex("1b5b324a")).Text);
    }

    [Fact]
    public void Secrets_are_not_printed()
    {
        var secret = Bytes32.FromHex(new string('a', 64));
        var point = MessageGenerators.AnyPoint;
        Assert.DoesNotContain("aaaa", $"{new UpdateFulfillHtlc(default, 1, new PaymentPreimage(secret))}", StringComparison.Ordinal);
        Assert.DoesNotContain("aaaa", $"{new RevokeAndAck(default, secret, point)}", StringComparison.Ordinal);
        Assert.DoesNotContain("aaaa", $"{new ChannelReestablish(default, 1, 1, secret, point)}", StringComparison.Ordinal);
    }
}
