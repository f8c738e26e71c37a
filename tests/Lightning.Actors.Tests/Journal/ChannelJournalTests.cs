using Lightning.Actors.Charts;
using Lightning.Actors.Journal;
using Lightning.Actors.Registry;
using Lightning.Actors.Tests.ReadModels;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Microsoft.Data.Sqlite;

namespace Lightning.Actors.Tests.Journal;

public sealed class ChannelJournalTests : IDisposable
{
    private static readonly LocalChannelKey Other = new(7, 5);
    private readonly WrittenJournal _written = new();

    public void Dispose() => _written.Dispose();

    [Fact]
    public async Task A_channels_history_is_drawn_from_its_first_event_to_its_last()
    {
        ChannelLife.Write(_written, ChannelLife.Key);
        var history = await Read();
        Assert.Null(history.Damage);
        Assert.Equal((21, ChannelLife.Start, ChannelLife.Start.AddSeconds(20)), (history.Events.Count, history.Events[0].At, history.Events[^1].At));
        var drawn = history.ToChart().ToText(new ChartOptions { Width = 150, TimeFormat = "mm:ss" });
        Assert.True(
            """
                UTC    peer                                                       channel                                                      payments     chain
             1  00:00  ═══════════════════════════════════════════════════ a new incarnation has the channel ════════════════════════════════════════════════════
             2  00:01   │<─ funding_created sent: 1,000,000 sat at abababab…:1, 20… ─│                                                            │           │
             3  00:02   │───────────────── funding_signed received ─────────────────>│                                                            │           │
                        │                                                            │───────────────────────── funding transaction ──────────────┼──────────>│
             4  00:03   │                                                            │<──────────── funding confirmed in block 112, transaction 1 ┼───────────│
                        │<────────────────────── channel_ready ──────────────────────│                                                            │           │
             5  00:04   │───────────────── channel_ready received ──────────────────>│                                                            │           │
             6  00:05   │<────── update_add_htlc 0 50,000,000 msat expiry 244 ───────│                                                            │           │
                        │<──────────────────── commitment_signed ────────────────────│                                                            │           │
             7  00:06   │───────────────── revoke_and_ack received ─────────────────>│                                                            │           │
             8  00:07   │───────── update_add_htlc 0 1,234 msat expiry 300 ─────────>│                                                            │           │
                        │──────────────────── commitment_signed ────────────────────>│                                                            │           │
                        │<───────────────────── revoke_and_ack ──────────────────────│                                                            │           │
             9  00:08   │────────────────── update_fulfill_htlc 0 ──────────────────>│                                                            │           │
                        │──────────────────── commitment_signed ────────────────────>│                                                            │           │
                        │<───────────────────── revoke_and_ack ──────────────────────│                                                            │           │
            10  00:09   │<──────────────────── commitment_signed ────────────────────│                                                            │           │
            11  00:10   │───────────────── revoke_and_ack received ─────────────────>│                                                            │           │
            12  00:11   │                                                            │<┄ results acknowledged: payment 040ffd59… attempt 1 part… ┄│           │
            13  00:12  ═══════════════════════════════════════════════════ a new incarnation has the channel ════════════════════════════════════════════════════
            14  00:13   │<─ channel_reestablish sent on a new connection, epoch 13 ──│                                                            │           │
            15  00:14   │                                                            │┄ HTLC for payment 040ffd59… attempt 2 part 0 refused: I… ┄>│           │
            16  00:15   │                                                            │ [closed by force with an error: PeerError, The peer sent…] │           │
                        │<────────────────────────── error ──────────────────────────│                                                            │           │
                        │                                                            │─────────────────────── commitment transaction ─────────────┼──────────>│
            17  00:16   │                                                            │<──────────── funding spent by 04424a35…: our commitment 2 ─┼───────────│
            18  00:17   │                                                            │─────────── 1 claim transaction published, 1 output watched ┼──────────>│
            19  00:18   │                                                            │<────────────────── 04424a35… confirmed in block 120 ───────┼───────────│
            20  00:19   │                                                            │<──────────────────── outputs resolved: 04424a35…:0 ────────┼───────────│
            21  00:20   │                                                            │ [channel closed: PeerError]                                │           │
            """.ReplaceLineEndings("\n") == drawn,
            $"Drawn is\n{drawn}");
    }

    [Fact]
    public async Task The_state_after_each_event_is_that_of_a_recovered_channel()
    {
        ChannelLife.Write(_written, ChannelLife.Key);
        var history = await Read();
        Assert.IsType<NoChannel>(history.StateAfter(0));
        Assert.IsType<WaitForFundingSigned>(history.StateAfter(2));
        Assert.IsType<WaitForChannelReady>(history.StateAfter(4));
        var commitments = Assert.IsType<Normal>(history.StateAfter(6)).Commitments;
        Assert.Equal((750_000_000.Msat(), 800_000_000.Msat()), (commitments.Latest.NextRemoteSpec!.ToRemote, commitments.Latest.LocalSpec.ToLocal));
        Assert.IsType<Closing>(history.StateAfter(20));
        Assert.IsType<Closed>(history.State);
        Assert.Throws<ArgumentOutOfRangeException>(() => history.StateAfter(22));
        Assert.Throws<ArgumentOutOfRangeException>(() => history.StateAfter(-1));
    }

    [Fact]
    public async Task Channels_are_listed_with_their_names_and_other_entities_are_not()
    {
        ChannelLife.Write(_written, Other, 4, fundingTx: 0xcd);
        ChannelLife.Write(_written, ChannelLife.Key, 2);
        ChannelLife.Write(_written, new LocalChannelKey(9, 9), 1);
        _written.Write("channel-registry", [new ChannelDelisted(Other, null)]);
        var channels = await Journal.ChannelsAsync(CancellationToken.None);
        Assert.Equal([Other, ChannelLife.Key, new LocalChannelKey(9, 9)], channels.Select(static one => one.Key));
        Assert.Equal((4, ChannelLife.Start, ChannelLife.Start.AddSeconds(3)), (channels[0].Events, channels[0].First, channels[0].Last));
        Assert.Equal(new ShortChannelId(112, 1, 1), channels[0].ShortChannelId);
        Assert.NotNull(channels[1].Peer);
        Assert.Null(channels[1].ShortChannelId);
        Assert.Equal(new string('a', 1) + "b", channels[1].Funding!.Value.ToString()[..2]);
        Assert.Equal((null, null, null), (channels[2].Funding, channels[2].Id, channels[2].Peer));
    }

    [Fact]
    public async Task A_channel_is_found_by_each_of_its_names_and_by_an_unambiguous_beginning()
    {
        ChannelLife.Write(_written, ChannelLife.Key, 5);
        ChannelLife.Write(_written, Other, 2, fundingTx: 0xcd);
        var channels = await Journal.ChannelsAsync(CancellationToken.None);
        var wanted = channels.Single(static one => one.Key == ChannelLife.Key);
        foreach (var name in new[] { wanted.Funding!.ToString()!, wanted.ShortChannelId!.ToString()!, wanted.Id!.ToString()!, wanted.Key.ToString(), "ABAB", "112x", "00000007-1" })
            Assert.Equal([wanted], JournaledChannel.Matching(channels, name));
        Assert.Equal(2, JournaledChannel.Matching(channels, "00000007").Count);
        Assert.Empty(JournaledChannel.Matching(channels, "nonsense"));
        Assert.Empty(JournaledChannel.Matching(channels, wanted.Key + "0"));
    }

    [Fact]
    public void A_full_name_goes_before_the_beginning_of_another()
    {
        JournaledChannel first = new(ChannelLife.Key, 1, default, default) { ShortChannelId = new ShortChannelId(112, 1, 1) }, second = new(Other, 1, default, default) { ShortChannelId = new ShortChannelId(112, 1, 10) };
        Assert.Equal([first], JournaledChannel.Matching([second, first], "112x1x1"));
    }

    [Theory]
    [InlineData("DELETE FROM journal WHERE sequence_number = 4", 3, "Event 4 of channel-KEY is missing: row 5 of the journal, the next one, holds event 5.")]
    [InlineData("DELETE FROM journal WHERE sequence_number = 1", 0, "Event 1 of channel-KEY is missing: row 2 of the journal, the next one, holds event 2.")]
    [InlineData("UPDATE journal SET message = x'ff' WHERE sequence_number = 4", 3, "Event 4 of channel-KEY, row 4 of the journal, cannot be used: ")]
    [InlineData("UPDATE journal SET message = 'text', manifest = NULL WHERE sequence_number = 6", 5, "Event 6 of channel-KEY, row 6 of the journal, cannot be used: ")]
    [InlineData("UPDATE journal SET manifest = 'ch.new.9' WHERE sequence_number = 5", 4, "Event 5 of channel-KEY, row 5 of the journal, cannot be used: its format 'ch.new.9' is unknown; it may be a later version's.")]
    [InlineData("UPDATE journal SET manifest = 'stop.1' WHERE sequence_number = 5", 4, "Event 5 of channel-KEY, row 5 of the journal, cannot be used: it is a EntityStop, which is no event of a channel.")]
    [InlineData("UPDATE journal SET identifier = 1 WHERE sequence_number = 5", 4, "Event 5 of channel-KEY, row 5 of the journal, cannot be used: it was written by serializer 1, not by this node's.")]
    [InlineData("UPDATE journal SET sequence_number = -3 WHERE sequence_number = 3", 0, "Event 1 of channel-KEY is missing: row 3 of the journal, the next one, holds event -3.")]
    [InlineData("UPDATE journal SET manifest = 'own.1' WHERE sequence_number = 2", 2, "Event 3 of channel-KEY, row 3 of the journal, cannot be used: FundingSigned cannot happen to a channel in state NoChannel.")]
    public async Task A_missing_or_damaged_row_is_named_and_what_comes_before_it_is_there(string damage, int left, string message)
    {
        ChannelLife.Write(_written, ChannelLife.Key);
        _written.Execute(damage);
        var history = await Read();
        Assert.Equal(left, history.Events.Count);
        Assert.StartsWith(message.Replace("KEY", ChannelLife.Key.ToString(), StringComparison.Ordinal), history.Damage, StringComparison.Ordinal);
        Assert.NotNull(history.State);
        Assert.Single(await Journal.ChannelsAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_channel_that_the_journal_does_not_know_has_no_events()
    {
        var history = await Read();
        Assert.Empty(history.Events);
        Assert.Null(history.Damage);
        Assert.Equal("peer      channel     payments     chain", history.ToChart().ToText());
    }

    [Fact]
    public async Task Reading_a_database_that_nobody_has_open_leaves_the_folder_as_it_is()
    {
        using var folder = new TemporaryFolder();
        ChannelLife.Write(_written, ChannelLife.Key);
        _written.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        var file = folder.File("a node's #1?.db");
        File.Copy(_written.JournalFile, file);
        var before = await File.ReadAllBytesAsync(file);
        var history = await ChannelJournal.InSqlite(file).ReadAsync(ChannelLife.Key, CancellationToken.None);
        Assert.Equal(21, history.Events.Count);
        Assert.Equal([file], Directory.GetFiles(folder.Path));
        Assert.Equal(before, await File.ReadAllBytesAsync(file));
    }

    [Fact]
    public async Task What_is_no_journal_is_refused_and_none_is_made()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<FileNotFoundException>(() => ChannelJournal.InSqlite(folder.File("missing.db")));
        Assert.Empty(Directory.GetFiles(folder.Path));
        await File.WriteAllTextAsync(folder.File("text.db"), new string('x', 5000));
        await Assert.ThrowsAsync<SqliteException>(() => ChannelJournal.InSqlite(folder.File("text.db")).ChannelsAsync(CancellationToken.None));
    }

    private ChannelJournal Journal => ChannelJournal.InSqlite(_written.JournalFile);

    private Task<ChannelHistory> Read() => Journal.ReadAsync(ChannelLife.Key, CancellationToken.None);
}
