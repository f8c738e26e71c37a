using System.Buffers;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Tests.Wire;

public class TlvTests
{
    [SkippableFact]
    public void Streams_follow_appendix_B()
    {
        foreach (var vector in Vectors.Json("bolt01/tlv.json").GetProperty("cases").EnumerateArray())
        {
            var stream = Convert.FromHexString(vector.GetProperty("stream").GetString()!);
            var name = vector.GetProperty("namespace").GetString();
            foreach (var space in name == "any" ? ["n1", "n2"] : new[] { name! })
            {
                if (!vector.GetProperty("valid").GetBoolean())
                {
                    Assert.Throws<MessageDecodeException>(() => Decode(space, stream));
                    continue;
                }

                var values = Decode(space, stream);
                if (!vector.TryGetProperty("values", out var expected))
                {
                    Assert.Empty(values);
                    continue;
                }

                Assert.Equal(expected.EnumerateArray().Select(pair => pair[1].GetString()!), values);
            }
        }
    }

    [Fact]
    public void Types_must_strictly_increase()
    {
        Assert.Throws<MessageDecodeException>(() => Decode("n1", Convert.FromHexString("1f000f012a")));
        Assert.Throws<MessageDecodeException>(() => Decode("n1", Convert.FromHexString("1f001f012a")));
        Assert.Throws<MessageDecodeException>(() => Decode("n2", Convert.FromHexString("ffffffffffffffffff000000")));
        Assert.Throws<ArgumentException>(() => new TlvStream([new TlvRecord(3, default), new TlvRecord(3, default)]));
    }

    [Fact]
    public void Unknown_even_types_are_refused_and_odd_ones_kept()
    {
        Assert.Throws<MessageDecodeException>(() => Decode("n1", Convert.FromHexString("1200")));
        var tlvs = new TlvReader(Convert.FromHexString("2101aa"), "test");
        while (tlvs.Next()) tlvs.KeepUnknown();
        Assert.Equal(new TlvStream([new TlvRecord(33, Bytes.FromHex("aa"))]), tlvs.Unknown);
    }

    [Fact]
    public void A_known_record_must_be_read_to_its_end() =>
        Assert.Throws<MessageDecodeException>(() => Decode("n1", Convert.FromHexString("0209010101010101010101")));

    [Fact]
    public void Unknown_records_are_written_between_the_known_ones()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        writer.BeginTlvs(new TlvStream([new TlvRecord(1, default), new TlvRecord(5, Bytes.FromHex("aa")), new TlvRecord(ulong.MaxValue, default)]));
        writer.Tlv(2, [0xBB]);
        writer.Tlv(6, [0xCC]);
        writer.EndTlvs();
        writer.Complete();
        Assert.Equal("01000201bb0501aa0601ccffffffffffffffffff00", Convert.ToHexStringLower(output.WrittenSpan));
    }

    [Fact]
    public void A_record_is_never_written_twice()
    {
        Assert.Throws<InvalidOperationException>(() =>
        {
            var writer = new WireWriter(new ArrayBufferWriter<byte>());
            writer.BeginTlvs(new TlvStream([new TlvRecord(2, default)]));
            writer.Tlv(2, []);
            writer.EndTlvs();
        });
    }

    private static List<string> Decode(string space, byte[] stream)
    {
        var values = new List<string>();
        var tlvs = new TlvReader(stream, space);
        while (tlvs.Next())
        {
            switch (space, tlvs.Type)
            {
                case ("n1", 1):
                case ("n2", 0):
                    values.Add($"{tlvs.Value.Tu64("amount_msat")}");
                    break;
                case ("n1", 2):
                    values.Add($"{tlvs.Value.ShortChannelId()}");
                    break;
                case ("n1", 3):
                    values.Add($"{tlvs.Value.Point("node_id")}");
                    values.Add($"{tlvs.Value.U64("amount_msat_1")}");
                    values.Add($"{tlvs.Value.U64("amount_msat_2")}");
                    break;
                case ("n1", 254):
                    values.Add($"{tlvs.Value.U16("cltv_delta")}");
                    break;
                case ("n2", 11):
                    values.Add($"{tlvs.Value.Tu32("cltv_expiry")}");
                    break;
                default:
                    tlvs.KeepUnknown();
                    break;
            }
        }

        return values;
    }
}
