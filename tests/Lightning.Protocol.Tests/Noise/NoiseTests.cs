using System.Buffers;
using System.Text;
using System.Text.Json;
using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Noise;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Tests.Noise;

public class NoiseTests
{
    private static readonly string InitiatorStatic = new('1', 64);
    private static readonly string ResponderStatic = string.Concat(Enumerable.Repeat("21", 32));
    private static readonly string InitiatorEphemeral = string.Concat(Enumerable.Repeat("12", 32));
    private static readonly string ResponderEphemeral = new('2', 64);

    [SkippableFact]
    public void Handshakes_follow_appendix_A()
    {
        var checkedCases = 0;
        foreach (var vector in Vectors.Json("bolt08/transport.json").EnumerateArray())
        {
            var name = vector.GetProperty("name").GetString()!;
            if (name.StartsWith("transport-initiator", StringComparison.Ordinal)) CheckInitiator(vector);
            else if (name.StartsWith("transport-responder", StringComparison.Ordinal)) CheckResponder(vector);
            else continue;
            checkedCases++;
        }

        Assert.Equal(15, checkedCases);
    }

    [SkippableFact]
    public void Messages_follow_appendix_A_through_two_rotations()
    {
        var vector = Vectors.Json("bolt08/transport.json").EnumerateArray().Single(v => v.GetProperty("name").GetString() == "transport-message test");
        var expected = vector.GetProperty("steps").EnumerateArray()
            .Where(step => step.TryGetProperty("message_index", out _))
            .ToDictionary(step => step.GetProperty("message_index").GetInt32(), step => step.GetProperty("output").GetString());
        Assert.Equal(6, expected.Count);
        using var pair = new Pair();
        for (var i = 0; i <= 1001; i++)
        {
            var sent = Send(pair.Initiator, "hello");
            if (expected.TryGetValue(i, out var output)) Assert.Equal(output, Convert.ToHexStringLower(sent));
            Assert.Equal("hello", Receive(pair.Responder, sent));
        }
    }

    [Fact]
    public void The_first_act_and_messages_before_and_after_rotations_have_the_bytes_of_the_specification()
    {
        using var pair = new Pair();
        Assert.Equal("00036360e856310ce5d294e8be33fc807077dc56ac80d95d9cd4ddbd21325eff73f70df6086551151f58b8afe6c195782c6a", pair.ActOne);
        for (var i = 0; i <= 1001; i++)
        {
            var sent = Convert.ToHexStringLower(Send(pair.Initiator, "hello"));
            if (i == 0) Assert.Equal("cf2b30ddf0cf3f80e7c35a6e6730b59fe802473180f396d88a8fb0db8cbcf25d2f214cf9ea1d95", sent);
            if (i == 500) Assert.Equal("178cb9d7387190fa34db9c2d50027d21793c9bc2d40b1e14dcf30ebeeeb220f48364f7a4c68bf8", sent);
            if (i == 1001) Assert.Equal("2ecd8c8a5629d0d02ab457a0fdd0f7b90a192cd46be5ecb6ca570bfc5e268338b1a16cf4ef2d36", sent);
        }
    }

    [Fact]
    public void Both_sides_know_each_other_after_the_handshake()
    {
        using var pair = new Pair();
        using var initiator = Secret(InitiatorStatic);
        using var responder = Secret(ResponderStatic);
        Assert.Equal(new NodeId(responder.PubKey), pair.Initiator.Remote);
        Assert.Equal(new NodeId(initiator.PubKey), pair.Responder.Remote);
        Assert.Equal("to you", Receive(pair.Responder, Send(pair.Initiator, "to you")));
        Assert.Equal("and back", Receive(pair.Initiator, Send(pair.Responder, "and back")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(100_000)]
    public void Messages_arrive_whole_however_the_bytes_are_cut(int piece)
    {
        using var pair = new Pair();
        var random = new Random(8);
        var sent = new List<byte[]>();
        var stream = new ArrayBufferWriter<byte>();
        foreach (var length in new[] { 0, 1, 18, 2, 1366, 2032, 2033, 65535, 3 })
        {
            var message = new byte[length];
            random.NextBytes(message);
            sent.Add(message);
            pair.Initiator.WriteMessage(stream, message);
        }

        var received = new List<byte[]>();
        var waiting = Array.Empty<byte>();
        for (var at = 0; at < stream.WrittenCount; at += piece)
        {
            // What is left of earlier pieces and the new piece are separate segments, as a pipe would have them.
            var input = Sequence(waiting, stream.WrittenSpan.Slice(at, Math.Min(piece, stream.WrittenCount - at)).ToArray());
            while (pair.Responder.TryReadMessage(ref input, out var message)) received.Add(message.ToArray());
            waiting = input.ToArray();
        }

        Assert.Empty(waiting);
        Assert.Equal(sent, received);
    }

    [Fact]
    public void A_message_is_encoded_and_encrypted_in_one_go()
    {
        using var pair = new Pair();
        var output = new ArrayBufferWriter<byte>();
        var ping = new Ping(7, Bytes.FromHex("0000"));
        pair.Initiator.WriteMessage(output, ping);
        var input = new ReadOnlySequence<byte>(output.WrittenMemory);
        Assert.True(pair.Responder.TryReadMessage(ref input, out var message));
        Assert.Equal(ping, MessageCodec.Decode(message));
        Assert.Equal(NoiseTransport.EncryptedLength(8), output.WrittenCount);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(38)]
    public void A_changed_bit_is_noticed(int at)
    {
        using var pair = new Pair();
        var sent = Send(pair.Initiator, "hello");
        sent[at] ^= 1;
        var failure = Assert.Throws<NoiseException>(() => Receive(pair.Responder, sent));
        Assert.Equal((0, NoiseFailure.BadTag), (failure.Act, failure.Failure));
    }

    [Fact]
    public void A_replayed_message_is_noticed()
    {
        using var pair = new Pair();
        var sent = Send(pair.Initiator, "hello");
        Receive(pair.Responder, sent);
        Assert.Throws<NoiseException>(() => Receive(pair.Responder, sent));
    }

    [Fact]
    public void Acts_come_in_order_and_once()
    {
        using var local = Secret(InitiatorStatic);
        using var remote = Secret(ResponderStatic);
        using var initiator = new NoiseInitiator(local, new NodeId(remote.PubKey), Secret(InitiatorEphemeral));
        Assert.Throws<InvalidOperationException>(() => initiator.ReadActTwo(new byte[50], new byte[66]));
        initiator.WriteActOne(new byte[50]);
        Assert.Throws<InvalidOperationException>(() => initiator.WriteActOne(new byte[50]));
        Assert.Throws<NoiseException>(() => initiator.ReadActTwo(new byte[50], new byte[66]));
        Assert.Throws<InvalidOperationException>(() => initiator.ReadActTwo(new byte[50], new byte[66]));
    }

    [Fact]
    public void Random_acts_never_cause_anything_but_a_handshake_failure()
    {
        var random = new Random(8);
        using var local = Secret(ResponderStatic);
        using var stranger = Secret(InitiatorStatic);
        for (var i = 0; i < 500; i++)
        {
            var act = new byte[random.Next(3) == 0 ? random.Next(120) : 50];
            random.NextBytes(act);
            if (act.Length > 0 && random.Next(2) == 0) act[0] = 0;
            if (act.Length > 33 && random.Next(2) == 0) stranger.PubKey.Span.CopyTo(act.AsSpan(1));
            using var responder = new NoiseResponder(local, Secret(ResponderEphemeral));
            Assert.Equal(1, Assert.Throws<NoiseException>(() => responder.ReadActOne(act, new byte[50])).Act);
        }
    }

    private static void CheckInitiator(JsonElement vector)
    {
        using var local = Secret(vector.GetProperty("ls.priv").GetString()!);
        var remote = NodeId.FromHex(vector.GetProperty("rs.pub").GetString()!);
        using var initiator = new NoiseInitiator(local, remote, Secret(vector.GetProperty("e.priv").GetString()!));
        var (inputs, outputs) = InputsAndOutputs(vector);
        var actOne = new byte[50];
        initiator.WriteActOne(actOne);
        Assert.Equal(outputs[0], Convert.ToHexStringLower(actOne));
        var actThree = new byte[66];
        if (outputs[1].StartsWith("ERROR", StringComparison.Ordinal))
        {
            CheckFailure(outputs[1], () => initiator.ReadActTwo(inputs[0], actThree));
            return;
        }

        using var transport = initiator.ReadActTwo(inputs[0], actThree);
        Assert.Equal(outputs[1], Convert.ToHexStringLower(actThree));
    }

    private static void CheckResponder(JsonElement vector)
    {
        using var local = Secret(vector.GetProperty("ls.priv").GetString()!);
        using var responder = new NoiseResponder(local, Secret(vector.GetProperty("e.priv").GetString()!));
        var (inputs, outputs) = InputsAndOutputs(vector);
        var actTwo = new byte[50];
        if (inputs.Count == 1)
        {
            CheckFailure(outputs[0], () => responder.ReadActOne(inputs[0], actTwo));
            return;
        }

        responder.ReadActOne(inputs[0], actTwo);
        if (!outputs[0].StartsWith("ERROR", StringComparison.Ordinal)) Assert.Equal(outputs[0], Convert.ToHexStringLower(actTwo));
        if (outputs[^1].StartsWith("ERROR", StringComparison.Ordinal))
        {
            CheckFailure(outputs[^1], () => responder.ReadActThree(inputs[1]));
            return;
        }

        using var transport = responder.ReadActThree(inputs[1]);
        Assert.Equal("034f355bdcb7cc0af728ef3cceb9615d90684bb5b2ca5f859ab0f0b704075871aa", $"{transport.Remote}");
    }

    private static (List<byte[]> Inputs, List<string> Outputs) InputsAndOutputs(JsonElement vector)
    {
        var inputs = new List<byte[]>();
        var outputs = new List<string>();
        foreach (var step in vector.GetProperty("steps").EnumerateArray())
        {
            if (step.TryGetProperty("input", out var input)) inputs.Add(Convert.FromHexString(input.GetString()!));
            if (step.TryGetProperty("output", out var output) && !output.GetString()!.Contains("k=", StringComparison.Ordinal)) outputs.Add(output.GetString()!);
        }

        return (inputs, outputs);
    }

    private static void CheckFailure(string expected, Action act)
    {
        // As in "ERROR (ACT2_BAD_VERSION 1)".
        var code = expected.Split('(', ')')[1].Split(' ')[0];
        var failure = Assert.Throws<NoiseException>(act);
        Assert.Equal(code[3] - '0', failure.Act);
        Assert.Equal(
            code[5..] switch
            {
                "READ_FAILED" => NoiseFailure.BadLength,
                "BAD_VERSION" => NoiseFailure.BadVersion,
                "BAD_PUBKEY" => NoiseFailure.BadPublicKey,
                "BAD_CIPHERTEXT" => NoiseFailure.BadCiphertext,
                "BAD_TAG" => NoiseFailure.BadTag,
                _ => throw new InvalidOperationException(code),
            },
            failure.Failure);
    }

    private static Key Secret(string hex) => Key.FromBytes(Convert.FromHexString(hex));

    private static byte[] Send(NoiseTransport from, string text)
    {
        var output = new ArrayBufferWriter<byte>();
        from.WriteMessage(output, Encoding.ASCII.GetBytes(text));
        return output.WrittenSpan.ToArray();
    }

    private static string Receive(NoiseTransport to, byte[] bytes)
    {
        var input = new ReadOnlySequence<byte>(bytes);
        Assert.True(to.TryReadMessage(ref input, out var message));
        Assert.True(input.IsEmpty);
        return Encoding.ASCII.GetString(message);
    }

    private static ReadOnlySequence<byte> Sequence(byte[] first, byte[] second)
    {
        var start = new Segment(first, 0);
        var end = start.Append(second);
        return new ReadOnlySequence<byte>(start, 0, end, second.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, long index) => (Memory, RunningIndex) = (bytes, index);

        public Segment Append(byte[] bytes)
        {
            var next = new Segment(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }

    /// <summary>Two ends after a handshake with the keys of the specification.</summary>
    private sealed class Pair : IDisposable
    {
        public Pair()
        {
            using var initiatorKey = Secret(InitiatorStatic);
            using var responderKey = Secret(ResponderStatic);
            using var initiator = new NoiseInitiator(initiatorKey, new NodeId(responderKey.PubKey), Secret(InitiatorEphemeral));
            using var responder = new NoiseResponder(responderKey, Secret(ResponderEphemeral));
            var (one, two, three) = (new byte[50], new byte[50], new byte[66]);
            initiator.WriteActOne(one);
            responder.ReadActOne(one, two);
            Initiator = initiator.ReadActTwo(two, three);
            Responder = responder.ReadActThree(three);
            ActOne = Convert.ToHexStringLower(one);
        }

        public string ActOne { get; }

        public NoiseTransport Initiator { get; }

        public NoiseTransport Responder { get; }

        public void Dispose()
        {
            Initiator.Dispose();
            Responder.Dispose();
        }
    }
}
