using System.Collections;
using System.Reflection;
using System.Text;
using Akka.Actor;
using Lightning.Actors.Charts;
using Lightning.Actors.Tests.Serialization;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Actions;
using Lightning.Channels.Events;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Actors.Tests.Charts;

public sealed class DescribeTests
{
    private static readonly ChannelId Channel = new(Bytes32.FromHex(new string('a', 64)));

    /// <summary>Every kind of message, event, update and action that there is.</summary>
    public static IEnumerable<object[]> Kinds() => new[] { typeof(LightningMessage), typeof(DurableEvent), typeof(CommitmentUpdate), typeof(ChannelAction) }
        .SelectMany(static kind => kind.Assembly.GetTypes().Where(type => type.IsSubclassOf(kind) && !type.IsAbstract))
        .OrderBy(static type => type.FullName, StringComparer.Ordinal)
        .Select(static type => new object[] { type });

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_has_a_text_of_its_own_on_one_line_and_without_secrets(Type type)
    {
        foreach (var full in new[] { true, false })
        {
            var value = new Samples(ActorRefs.Nobody).Create(type, full);
            var text = TextOf(value);
            Assert.DoesNotContain(type.Name, text, StringComparison.Ordinal);
            Assert.InRange(text.Length, 4, 400);
            Assert.DoesNotContain(text, char.IsControl);
            if (value is Warning or Error) continue;
            foreach (var secret in Secrets(value)) Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void No_two_kinds_of_message_have_the_same_text()
    {
        var texts = Kinds().Select(static row => (Type)row[0]).Where(static type => type.IsSubclassOf(typeof(LightningMessage)))
            .Select(static type => TextOf(new Samples(ActorRefs.Nobody).Create(type, full: true))).ToList();
        Assert.Equal(texts.Count, texts.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Messages_have_the_names_and_numbers_of_the_bolts()
    {
        var hash = new PaymentHash(Bytes32.FromHex(new string('b', 64)));
        Assert.Equal("update_add_htlc 3 50,000 msat expiry 244", Describe.Message(new UpdateAddHtlc(Channel, 3, 50_000.Msat(), hash, 244, Bytes.Empty)));
        Assert.Equal("update_fulfill_htlc 3", Describe.Message(new UpdateFulfillHtlc(Channel, 3, new PaymentPreimage(Bytes32.Zero))));
        Assert.Equal("update_fail_malformed_htlc 3 failure 0xc005", Describe.Message(new UpdateFailMalformedHtlc(Channel, 3, Bytes32.Zero, 0xC005)));
        Assert.Equal("update_fee 2500 sat/kw", Describe.Message(new UpdateFee(Channel, new FeeratePerKw(2500))));
        Assert.Equal("commitment_signed", Describe.Message(new CommitmentSigned(Channel, default, [])));
        Assert.Equal("commitment_signed (2 HTLC signatures)", Describe.Message(new CommitmentSigned(Channel, default, [default, default])));
        Assert.Equal("ping without answer", Describe.Message(new Ping(65_535, Bytes.Empty)));
        Assert.Equal("closing_signed fee 1,200 sat", Describe.Message(new ClosingSigned(Channel, 1_200.Sat(), default)));
        Assert.Equal("unknown message 32769 of 1 byte", Describe.Message(new UnknownMessage(32769, new Bytes([1]))));
    }

    [Fact]
    public void Updates_of_a_batch_are_named_up_to_a_few()
    {
        EquatableArray<CommitmentUpdate> fails = EquatableArray.Create<CommitmentUpdate>([.. Enumerable.Range(0, 6).Select(static id => new CommitmentUpdate.FailHtlc((ulong)id, Bytes.Empty, null))]);
        Assert.Equal("commitment_signed sent", Describe.Event(new DurableEvent.CommitmentSent([], [])));
        Assert.Equal(
            "commitment_signed received: update_fail_htlc 0, update_fail_htlc 1, update_fail_htlc 2, update_fail_htlc 3, and 2 more",
            Describe.Event(new DurableEvent.CommitmentReceived(fails, [])));
    }

    [Fact]
    public void What_a_peer_wrote_is_quoted_harmlessly_and_cut()
    {
        Assert.Equal("error \"bad \\\"signature\\\"\\x0a\\x1b[2J\\xff\"", Describe.Message(new Error(Channel, Bytes.Wrap([.. "bad \"signature\"\n\u001b[2J"u8, 0xff]))));
        Assert.Equal("warning for all channels \"\"", Describe.Message(new Warning(default, Bytes.Empty)));
        var cut = Describe.Message(new Error(Channel, Bytes.Wrap(Encoding.ASCII.GetBytes(new string('x', 60_000)))));
        Assert.Equal($"error \"{new string('x', 120)}…\"", cut);
    }

    private static string TextOf(object value) => value switch
    {
        LightningMessage message => Describe.Message(message),
        DurableEvent happened => Describe.Event(happened),
        CommitmentUpdate update => Describe.Update(update),
        _ => Describe.Action((ChannelAction)value),
    };

    // Everything of which a text could show bytes, but what may be known: ids and hashes.
    private static IEnumerable<string> Secrets(object? value)
    {
        switch (value)
        {
            case null or string or NodeId or PaymentHash or TxId or ChannelId or BlockHash or NodeAlias:
                return [];
            case Bytes32 or PaymentPreimage or PubKey or EcdsaSignature:
                return [value.ToString()![..8]];
            case Bytes bytes:
                return bytes.Length >= 4 ? [bytes.ToString()[..8]] : [];
            case IEnumerable many:
                return many.Cast<object?>().SelectMany(Secrets);
            default:
                return value.GetType().Namespace!.StartsWith("Lightning.", StringComparison.Ordinal) && !value.GetType().IsEnum
                    ? value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
                        .Where(static p => p.GetIndexParameters().Length == 0 && p.Name != "EqualityContract" && !p.PropertyType.IsByRefLike)
                        .SelectMany(p => Secrets(p.GetValue(value)))
                    : [];
        }
    }
}
