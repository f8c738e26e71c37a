using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Lightning.Actors.Backup;
using Lightning.Actors.Hosting;
using Lightning.Actors.Tests.Serialization;
using Lightning.Channels.Backup;

namespace Lightning.Actors.Tests.Backup;

public sealed class BackupEnvelopeTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000);
    private readonly NodeKeys _keys = NodeKeys.FromSeed(SHA512.HashData("a seed"u8));

    public void Dispose() => _keys.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void What_is_sealed_comes_out_of_it_again(int channels)
    {
        var content = Content(channels);
        Assert.Equal(content, Open(Seal(content)));
    }

    [Fact]
    public void Bytes_that_were_sealed_once_are_opened_for_ever()
    {
        const string Name = "channel.backup.1.hex";
        if (Environment.GetEnvironmentVariable("LIGHTNING_RECORD") is { Length: > 0 } folder && !File.Exists(Path.Combine(folder, Name)))
            File.WriteAllText(Path.Combine(folder, Name), Seal(Content(2)) + "\n");
        var recorded = Bytes.FromHex(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Recorded", Name)).Trim());
        var content = Open(recorded);
        Assert.Equal(Now, content.WrittenAt);
        Assert.Equal([1UL, 2UL], content.Channels.Items.Select(static channel => channel.Parameters.KeyIndex));
        Assert.All(content.Channels.Items, static channel => Assert.Equal("192.0.2.7:9735 example.org:19735", string.Join(' ', channel.Addresses.Items)));
        Assert.Equal(recorded, Seal(content));
    }

    [Fact]
    public void Another_seed_is_named_as_that()
    {
        using var others = NodeKeys.FromSeed(SHA512.HashData("another seed"u8));
        Fails(BackupProblem.OtherSeed, "another seed", BackupEnvelope.Seal(Content(1), others, Network.Regtest));
    }

    [Fact]
    public void Another_network_is_named_as_that() => Fails(BackupProblem.OtherNetwork, "another network", BackupEnvelope.Seal(Content(1), _keys, Network.Testnet));

    [Fact]
    public void A_version_from_the_future_is_named_as_that()
    {
        var bytes = Seal(Content(1)).ToArray();
        bytes[4] = BackupEnvelope.Version + 1;
        Fails(BackupProblem.NewerVersion, "newer version", Bytes.Wrap(bytes));
        Fails(BackupProblem.NewerVersion, "newer version", Bytes.Wrap(bytes[..5]));
    }

    [Fact]
    public void Wherever_it_is_cut_off_it_is_said_that_it_is()
    {
        var bytes = Seal(Content(1)).ToArray();
        for (var length = 0; length < bytes.Length; length++) Fails(BackupProblem.Truncated, "cut off", Bytes.Wrap(bytes[..length]));
    }

    [Fact]
    public void Whichever_byte_is_flipped_it_opens_no_more_and_says_why()
    {
        var bytes = Seal(Content(1)).ToArray();
        for (var i = 0; i < bytes.Length; i++)
        {
            var spoilt = (byte[])bytes.Clone();
            spoilt[i] ^= 0x40;
            var problem = Assert.Throws<BackupException>(() => Open(Bytes.Wrap(spoilt))).Problem;
            // Magic, version, mark and length say what they would say.
            Assert.Equal(i switch { < 4 => BackupProblem.NoBackup, 4 => BackupProblem.NewerVersion, < 13 => BackupProblem.OtherSeed, < 17 => BackupProblem.Truncated, _ => BackupProblem.Damaged }, problem);
        }
    }

    [Fact]
    public void What_is_something_else_is_named_as_that()
    {
        Fails(BackupProblem.NoBackup, "no channel backup", new Bytes(Encoding.ASCII.GetBytes("-----BEGIN CERTIFICATE-----")));
        Fails(BackupProblem.NoBackup, "no channel backup", new Bytes([0]));
    }

    [Fact]
    public void More_bytes_than_were_sealed_are_damage()
    {
        Fails(BackupProblem.Damaged, "damaged", new Bytes([.. Seal(Content(1)).Span, 0]));
    }

    [Fact]
    public void A_length_that_is_too_large_is_refused_before_anything_is_made_of_it()
    {
        Fails(BackupProblem.TooLarge, "bytes", Bytes.Wrap(new byte[BackupEnvelope.MaxLength + 1]));
        var bytes = Seal(Content(1)).ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(13), uint.MaxValue);
        Fails(BackupProblem.Truncated, "cut off", Bytes.Wrap(bytes));
    }

    [Fact]
    public void A_channel_with_a_text_of_any_length_is_refused()
    {
        var channel = Channel(1) with { Addresses = [new string('a', BackupEnvelope.MaxChannelLength)] };
        Fails(BackupProblem.TooLarge, "for one channel", Seal(new BackupContent(Now, [channel])));
    }

    [Fact]
    public void So_is_any_number_of_channels() =>
        Assert.Equal(BackupProblem.TooLarge, Assert.Throws<BackupException>(() => Seal(new BackupContent(Now, EquatableArray.Create([.. Enumerable.Repeat(Channel(1), BackupEnvelope.MaxChannels + 1)])))).Problem);

    [Fact]
    public void Nothing_of_the_channels_can_be_read_without_the_seed()
    {
        var content = Content(1);
        var bytes = Seal(content).Span;
        var parameters = content.Channels[0].Parameters;
        Assert.Equal(-1, bytes.IndexOf(parameters.Peer.Key.Span));
        Assert.Equal(-1, bytes.IndexOf(content.Channels[0].Funding.OutPoint.TxId.Value.Span));
        Assert.Equal(-1, bytes.IndexOf(_keys.NodeId.Key.Span));
    }

    [Fact]
    public void Two_contents_never_share_a_nonce()
    {
        Assert.NotEqual(Seal(Content(1)).ToArray()[17..29], Seal(Content(1) with { WrittenAt = Now.AddTicks(1) }).ToArray()[17..29]);
        Assert.Equal(Seal(Content(1)), Seal(Content(1)));
    }

    internal static ChannelBackup Channel(int number)
    {
        var samples = new Samples(Akka.Actor.ActorRefs.Nobody);
        var backup = (ChannelBackup)samples.Create(typeof(ChannelBackup), full: true);
        return backup with { BlockHeight = (uint)number, Addresses = ["192.0.2.7:9735", "example.org:19735"], Parameters = backup.Parameters with { KeyIndex = (ulong)number } };
    }

    private static BackupContent Content(int channels) => new(Now, EquatableArray.Create([.. Enumerable.Range(1, channels).Select(Channel)]));

    private Bytes Seal(BackupContent content) => BackupEnvelope.Seal(content, _keys, Network.Regtest);

    private BackupContent Open(Bytes bytes) => BackupEnvelope.Open(bytes.Span, _keys, Network.Regtest);

    private void Fails(BackupProblem problem, string says, Bytes bytes)
    {
        var failed = Assert.Throws<BackupException>(() => Open(bytes));
        Assert.Equal(problem, failed.Problem);
        Assert.Contains(says, failed.Message, StringComparison.Ordinal);
    }
}
