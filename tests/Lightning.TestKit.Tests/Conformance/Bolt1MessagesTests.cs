using Lightning.Protocol.Messages;
using Lightning.Protocol.Wire;
using Error = Lightning.Protocol.Messages.Error;
using Warning = Lightning.Protocol.Messages.Warning;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>BOLT 1 "Lightning Message Format", "Type-Length-Value Format", "The error and warning Messages", "The ping and pong Messages".</summary>
public sealed class Bolt1MessagesTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(77)]
    [InlineData(1001)]
    [InlineData(32769)]
    [InlineData(65535)]
    public async Task An_unknown_odd_message_is_ignored(ushort type)
    {
        await using var met = await Encounter.Connected();
        await met.Mallory.SendRaw(type, [1, 2, 3]);
        await met.Mallory.ExpectNothing();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(1000)]
    [InlineData(65534)]
    public async Task An_unknown_even_message_closes_the_connection(ushort type)
    {
        await using var met = await Encounter.Opened();
        await met.Mallory.SendRaw(type, [1, 2, 3]);
        await met.Mallory.ExpectDisconnect();
        met.Channel.ShouldBeOpen();
    }

    [Theory]
    [InlineData(MessageType.Warning)]
    [InlineData(MessageType.Init)]
    [InlineData(MessageType.Error)]
    [InlineData(MessageType.Ping)]
    [InlineData(MessageType.Pong)]
    [InlineData(MessageType.OpenChannel)]
    [InlineData(MessageType.AcceptChannel)]
    [InlineData(MessageType.FundingCreated)]
    [InlineData(MessageType.FundingSigned)]
    [InlineData(MessageType.ChannelReady)]
    [InlineData(MessageType.Shutdown)]
    [InlineData(MessageType.ClosingSigned)]
    [InlineData(MessageType.ClosingComplete)]
    [InlineData(MessageType.ClosingSig)]
    [InlineData(MessageType.UpdateAddHtlc)]
    [InlineData(MessageType.UpdateFulfillHtlc)]
    [InlineData(MessageType.UpdateFailHtlc)]
    [InlineData(MessageType.CommitmentSigned)]
    [InlineData(MessageType.RevokeAndAck)]
    [InlineData(MessageType.UpdateFee)]
    [InlineData(MessageType.UpdateFailMalformedHtlc)]
    [InlineData(MessageType.ChannelReestablish)]
    [InlineData(MessageType.ChannelAnnouncement)]
    [InlineData(MessageType.NodeAnnouncement)]
    [InlineData(MessageType.ChannelUpdate)]
    [InlineData(MessageType.AnnouncementSignatures)]
    public async Task A_known_message_that_is_too_short_closes_the_connection(ushort type)
    {
        await using var met = await Encounter.Connected();
        await met.Mallory.SendRaw(type, [0]);
        await met.Mallory.ExpectDisconnect();
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    public async Task What_is_too_short_for_a_type_closes_the_connection(string hex)
    {
        await using var met = await Encounter.Connected();
        await met.Mallory.SendRaw(Convert.FromHexString(hex));
        await met.Mallory.ExpectDisconnect();
    }

    [Fact]
    public async Task A_message_of_the_greatest_length_is_read()
    {
        await using var met = await Encounter.Connected();
        await met.Mallory.SendRaw(1001, new byte[65533]);
        await met.Mallory.ExpectNothing();
    }

    [Theory]
    [InlineData("ff00000000000000")]
    [InlineData("0200")]
    [InlineData("fd000300")]
    [InlineData("03fd0001aa")]
    [InlineData("03000300")]
    [InlineData("05000300")]
    [InlineData("0305aa")]
    [InlineData("03")]
    [InlineData("0107ffffffffffffff")]
    [InlineData("0109ffffffffffffffffff")]
    public async Task An_extension_that_breaks_the_rules_of_TLV_streams_closes_the_connection(string tlvs)
    {
        await using var met = await Encounter.Opened();
        await met.Mallory.SendRaw([.. MessageCodec.Encode(Ready(met)), .. Convert.FromHexString(tlvs)]);
        await met.Mallory.ExpectDisconnect();
        met.Channel.ShouldBeOpen();
    }

    [Theory]
    [InlineData("0302aabb")]
    [InlineData("0108000001000001000103000500")]
    [InlineData("fd03e900")]
    [InlineData("ff010000000000000101aa")]
    public async Task Unknown_odd_records_of_an_extension_are_ignored(string tlvs)
    {
        await using var met = await Encounter.Opened();
        await met.Mallory.SendRaw([.. MessageCodec.Encode(Ready(met)), .. Convert.FromHexString(tlvs)]);
        await met.Mallory.ExpectNothing();
        met.Channel.ShouldBeOpen();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65531)]
    public async Task A_ping_is_answered_by_as_many_bytes_as_it_asks_for(int length)
    {
        await using var met = await Encounter.Connected();
        await met.Mallory.Send(new Ping((ushort)length, Bytes.Wrap(new byte[7])));
        await met.Mallory.ExpectNothing();
        Assert.Equal(length, Assert.Single(met.Mallory.Received.OfType<Pong>()).Ignored.Length);
    }

    [Theory]
    [InlineData(65532)]
    [InlineData(65535)]
    public async Task A_ping_that_asks_for_too_many_bytes_is_ignored(int length)
    {
        await using var met = await Encounter.Connected();
        await met.Mallory.Send(new Ping((ushort)length, Bytes.Empty));
        await met.Mallory.ExpectNothing();
        Assert.Empty(met.Mallory.Received.OfType<Pong>());
    }

    [Fact]
    public async Task A_pong_that_nobody_asked_for_does_no_harm()
    {
        await using var met = await Encounter.Opened();
        await met.Mallory.Send(new Pong(Bytes.Wrap(new byte[3])));
        await met.Mallory.ExpectNothing();
        met.Channel.ShouldBeOpen();
    }

    [Fact]
    public async Task A_ping_without_an_answer_may_end_the_connection_but_never_the_channel()
    {
        await using var met = await Encounter.Opened(new ScriptedPeerOptions { AnswersPings = false });
        await met.Mallory.ExpectDisconnect(TimeSpan.FromMinutes(5));
        Assert.All(met.Mallory.Received.OfType<Ping>(), static ping => Assert.DoesNotContain(ping.Ignored.Span.ToArray(), static one => one != 0));
        met.Channel.ShouldBeOpen();
    }

    [Fact]
    public async Task An_error_fails_the_channel_that_it_names_and_no_other()
    {
        await using var met = await Encounter.Opened();
        var other = await met.Mallory.OpenTo("alice", Encounter.Capacity);
        await met.Mallory.Send(new Error(met.Channel.Id, "no more"));
        met.Channel.ShouldBeFailed();
        other.ShouldBeOpen();
    }

    [Fact]
    public async Task An_error_without_a_channel_fails_all_channels_with_the_peer()
    {
        await using var met = await Encounter.Opened();
        var other = await met.Mallory.OpenTo("alice", Encounter.Capacity);
        await met.Mallory.Send(new Error(default, "no more"));
        met.Channel.ShouldBeFailed();
        other.ShouldBeFailed();
    }

    [Fact]
    public async Task An_error_about_a_channel_of_another_peer_is_ignored()
    {
        await using var met = await Encounter.Opened();
        var eve = await met.Net.AddScriptedPeer("eve");
        var hers = await eve.OpenTo("alice", Encounter.Capacity);
        await eve.Send(new Error(met.Channel.Id, "no more"));
        await eve.ExpectNothing();
        met.Channel.ShouldBeOpen();
        hers.ShouldBeOpen();
        await eve.Send(new Error(default, "no more"));
        met.Channel.ShouldBeOpen();
        hers.ShouldBeFailed();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_error_or_a_warning_about_no_existing_channel_is_ignored(bool isError)
    {
        await using var met = await Encounter.Opened();
        var unknown = new ChannelId(Bytes32.FromHex(new string('7', 64)));
        await met.Mallory.Send(isError ? new Error(unknown, "no more") : new Warning(unknown, "no more"));
        await met.Mallory.ExpectNothing();
        met.Channel.ShouldBeOpen();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_warning_fails_nothing(bool isAboutAll)
    {
        await using var met = await Encounter.Opened();
        await met.Mallory.Send(new Warning(isAboutAll ? default : met.Channel.Id, "look out"));
        await met.Mallory.ExpectNothing();
        met.Channel.ShouldBeUsable();
    }

    [Fact]
    public async Task An_error_may_have_no_text_or_one_that_cannot_be_printed()
    {
        await using var met = await Encounter.Opened();
        var other = await met.Mallory.OpenTo("alice", Encounter.Capacity);
        await met.Mallory.Send(new Error(met.Channel.Id, Bytes.Empty));
        met.Channel.ShouldBeFailed();
        await met.Mallory.Send(new Error(other.Id, Bytes.Wrap([0, 0x1b, 0xff])));
        other.ShouldBeFailed();
    }

    private static ChannelReady Ready(Encounter met) => new(met.Channel.Id, met.Channel.Signer.PerCommitmentPoint(1));
}
