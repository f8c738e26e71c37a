using Lightning.Actors.Api;
using Lightning.Actors.Backup;
using Lightning.Actors.Hosting;

namespace Lightning.TestKit.Tests.Backup;

/// <summary>What is no backup of this node on this network.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData("empty", "cut off")]
    [InlineData("something else", "no channel backup")]
    [InlineData("cut off", "cut off")]
    [InlineData("damaged", "damaged")]
    [InlineData("another seed", "another seed")]
    [InlineData("another network", "another network")]
    [InlineData("a newer version", "newer version")]
    public async Task It_is_refused_with_the_reason_and_changes_nothing(string what, string reason)
    {
        await using var net = await RestoreTests.Pair();
        var (alice, channel) = (net["alice"], net.Channels[0]);
        var good = await RestoreTests.Export(alice);
        var bad = Spoil(what, good, alice.Keys, await RestoreTests.Export(net["bob"]));
        foreach (var isEmpty in (bool[])[false, true])
        {
            if (isEmpty) await alice.RestartEmpty();
            await net.Advance(TimeSpan.FromSeconds(10));
            var (file, rows) = (alice.Backup.Content, Rows(alice));
            var refused = await Assert.ThrowsAsync<LightningException>(() => RestoreTests.Restore(alice, bad));
            Assert.Equal(LightningErrorKind.InvalidArgument, refused.Kind);
            Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
            Assert.Equal(refused.Message, (await Assert.ThrowsAsync<LightningException>(() => alice.Do(api => api.VerifyBackupAsync(bad)))).Message);
            await net.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(file, alice.Backup.Content);
            Assert.Equal(rows, Rows(alice));
            Assert.Empty(await alice.Do(static api => api.ListPendingChannelsAsync()));
        }

        channel.ShouldBeOpen();
        Assert.True(Assert.Single(await RestoreTests.Restore(alice, good)).IsNew);
    }

    private static Bytes Spoil(string what, Bytes good, NodeKeys keys, Bytes others)
    {
        var bytes = good.ToArray();
        switch (what)
        {
            case "empty": return Bytes.Empty;
            case "something else": return new Bytes("-----BEGIN CERTIFICATE-----"u8);
            case "cut off": return new Bytes(good.Span[..^100]);
            case "another seed": return others;
            case "another network": return BackupEnvelope.Seal(BackupEnvelope.Open(good.Span, keys, Network.Regtest), keys, Network.Mainnet);
            case "a newer version":
                bytes[4]++;
                return Bytes.Wrap(bytes);
            default:
                bytes[^1] ^= 1;
                return Bytes.Wrap(bytes);
        }
    }

    private static long Rows(ScenarioNode node) => node.Disk.Entities().Sum(node.Disk.Highest);
}
