using Lightning.Actors.Api;
using Lightning.Actors.ReadModels;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;
using Microsoft.Extensions.Time.Testing;
using static Lightning.Actors.Tests.ReadModels.ForwardStory;

namespace Lightning.Actors.Tests.ReadModels;

public sealed class ForwardProjectionTests : IDisposable
{
    private readonly WrittenJournal _journal = new();
    private readonly FakeTimeProvider _time = new(Noon + TimeSpan.FromDays(2));
    private DateTimeOffset _at = Noon;

    public ForwardProjectionTests() => Write([.. OpenedChannels()]);

    public void Dispose() => _journal.Dispose();

    /// <summary>Writes events, one a second.</summary>
    private void Write(params (LocalChannelKey Channel, object Event)[] events)
    {
        foreach (var (channel, happened) in events)
        {
            _journal.Write(EntityOf(channel), [happened], at: _at);
            _at = _at.AddSeconds(1);
        }
    }

    private ForwardQueries Project()
    {
        using var database = new SqliteViews(_journal.JournalFile, _journal.ViewsFile);
        database.Prepare();
        var projection = new Projection(database, _time);
        while (projection.Advance())
        {
            // To the end.
        }

        return Queries();
    }

    private ForwardQueries Queries() => new(new SqliteViews(_journal.JournalFile, _journal.ViewsFile), _time);

    private async Task<IReadOnlyList<Forward>> All() => (await Project().ListAsync(new ListForwardsQuery(), default)).Forwards;

    private async Task<IReadOnlyList<HtlcEvent>> Events(ulong after = 0) => [.. (await Project().EventsAfterAsync(after, 100, default)).Select(static one => one.Event)];

    private void Pass(ulong id, long fee = 1_000) => Write(In(Left, (id, 500_000 + fee)), Out(Right, id + 50, 500_000, Left, id), Paid(Left, id));

    [Fact]
    public async Task A_forward_is_told_with_both_channels_its_amounts_and_the_time_at_which_the_preimage_was_kept()
    {
        Write(In(Left, (7, 501_234)), Out(Right, 3, 500_000, Left, 7));
        Assert.Empty(await All());
        var at = _at;
        Write(Paid(Left, 7));
        var forward = Assert.Single(await All());
        Assert.Equal(
            new Forward
            {
                Index = 1, SettledAt = at, IncomingKey = Left, IncomingChannel = LeftId, IncomingHtlcId = 7, OutgoingKey = Right, OutgoingChannel = RightId, OutgoingHtlcId = 3,
                AmountIn = 501_234.Msat(), AmountOut = 500_000.Msat(),
            },
            forward);
        Assert.Equal(1_234.Msat(), forward.Fee);
    }

    [Fact]
    public async Task A_forward_counts_once_however_often_its_preimage_is_kept()
    {
        Write(In(Left, (7, 501_000)), Out(Right, 3, 500_000, Left, 7), Kept(Left, Fulfill(7)), Paid(Left, 7), Kept(Left, Fulfill(7)));
        Assert.Equal(1UL, Assert.Single(await All()).Index);
        Assert.Equal(1_000.Msat(), await Queries().EarnedAsync(TimeSpan.FromDays(30), default));
    }

    [Fact]
    public async Task What_this_node_pays_or_is_paid_is_no_forward()
    {
        Write(
            In(Left, (7, 501_000)),
            Paid(Left, 7),
            (Right, new DurableEvent.CommitmentSent([new CommitmentUpdate.AddHtlc(0, 5.Msat(), Preimage(1).Hash, 320, Bytes.Empty, null)], [new AddOrigin(new HtlcOrigin.Local(Preimage(1).Hash, 1, 0), 400)])));
        Assert.Empty(await All());
        Assert.Empty(await Events());
    }

    [Fact]
    public async Task The_origins_of_a_batch_belong_to_its_adds_in_their_order()
    {
        Write(In(Left, (7, 501_000), (8, 602_000)), In(Other, (7, 703_000)));
        Write((Right, new DurableEvent.CommitmentSent(
            [
                new CommitmentUpdate.FailHtlc(1, Bytes.Empty, null),
                new CommitmentUpdate.AddHtlc(3, 700_000.Msat(), Preimage(7).Hash, 320, Bytes.Empty, null),
                new CommitmentUpdate.AddHtlc(4, 600_000.Msat(), Preimage(8).Hash, 320, Bytes.Empty, null),
            ],
            [new AddOrigin(new HtlcOrigin.Relayed(Other, 7), 400), new AddOrigin(new HtlcOrigin.Relayed(Left, 8), 400)])));
        Write(Paid(Left, 8), Paid(Left, 7), Paid(Other, 7));
        Assert.Equal(
            [(Left, 8UL, 4UL, 2_000L), (Other, 7UL, 3UL, 3_000L)],
            (await All()).Select(static one => (one.IncomingKey, one.IncomingHtlcId, one.OutgoingHtlcId, one.Fee.Value)));
    }

    [Fact]
    public async Task A_failed_forward_is_no_income_and_a_preimage_that_comes_after_all_makes_it_one()
    {
        Write(In(Left, (7, 501_000)), Out(Right, 3, 500_000, Left, 7), Failed(Left, 7));
        Assert.Empty(await All());
        Assert.Equal([HtlcEventKind.Forwarded, HtlcEventKind.Failed], (await Events()).Select(static one => one.Kind));

        // Failed early for its deadline, then the next node showed the preimage on chain.
        Write(Kept(Left, Fulfill(7)));
        Assert.Single(await All());
        Assert.Equal([HtlcEventKind.Forwarded, HtlcEventKind.Settled], (await Events()).Select(static one => one.Kind));
        Write(Failed(Left, 7));
        Assert.Single(await All());
    }

    [Fact]
    public async Task Events_tell_what_was_offered_settled_failed_and_refused_in_that_order()
    {
        Write(In(Left, (1, 501_000), (2, 601_000), (3, 701_000)), Out(Right, 10, 500_000, Left, 1), Out(Right, 11, 600_000, Left, 2));
        Write(Failed(Left, 2), Paid(Left, 1), (Right, new DurableEvent.AddRefused(new HtlcOrigin.Relayed(Left, 3), AddRefusal.InsufficientBalance, 400)), Failed(Left, 3));
        var events = await Events();
        Assert.Equal(
            [(HtlcEventKind.Forwarded, 1UL), (HtlcEventKind.Forwarded, 2UL), (HtlcEventKind.Failed, 2UL), (HtlcEventKind.Settled, 1UL), (HtlcEventKind.Refused, 3UL)],
            events.Select(static one => (one.Kind, one.IncomingHtlcId)));
        Assert.Equal((LeftId, RightId, 10UL, 501_000.Msat(), 500_000.Msat(), 400u, 320u), (
            events[0].IncomingChannel, events[0].OutgoingChannel, events[0].OutgoingHtlcId, events[0].AmountIn, events[0].AmountOut, events[0].ExpiryIn, events[0].ExpiryOut));
        Assert.Equal(Preimage(1), events[3].Preimage);
        Assert.Equal((AddRefusal.InsufficientBalance, (ulong?)null, (MilliSatoshi?)null), (events[4].Refusal, events[4].OutgoingHtlcId, events[4].AmountOut));
        Assert.Equal(5UL, await Queries().LastEventAsync(default));
        Assert.Equal([HtlcEventKind.Settled, HtlcEventKind.Refused], (await Events(after: 3)).Select(static one => one.Kind));

        // No event is left out where they are read a few at a time.
        var (last, told) = (0UL, new List<HtlcEventKind>());
        while (await Queries().EventsAfterAsync(last, 2, default) is { Count: > 0 } page)
        {
            last = page[^1].Number;
            told.AddRange(page.Select(static one => one.Event.Kind));
        }

        Assert.Equal(events.Select(static one => one.Kind), told);
    }

    [Fact]
    public async Task A_forward_that_one_channel_refused_and_another_took_stands_with_the_one_that_took_it()
    {
        Write(In(Left, (7, 501_000)), (Other, new DurableEvent.AddRefused(new HtlcOrigin.Relayed(Left, 7), AddRefusal.InsufficientBalance, 400)));
        await All();
        Write(Out(Right, 3, 500_000, Left, 7), Paid(Left, 7));
        Assert.Equal(Right, Assert.Single(await All()).OutgoingKey);
        Assert.Equal([HtlcEventKind.Forwarded, HtlcEventKind.Settled], (await Events()).Select(static one => one.Kind));
    }

    [Fact]
    public async Task Tables_that_were_lost_are_made_again_the_same_and_a_restart_in_the_middle_makes_no_difference()
    {
        // Each step in a process of its own, which remembers nothing of what came in before.
        (LocalChannelKey Channel, object Event)[] steps =
        [
            In(Left, (1, 501_000)), In(Left, (2, 602_000)), Out(Right, 10, 500_000, Left, 1), Paid(Left, 1), In(Other, (2, 903_000)), Out(Right, 11, 600_000, Left, 2), Out(Left, 12, 900_000, Other, 2),
            Paid(Other, 2), Paid(Left, 2),
        ];
        foreach (var step in steps)
        {
            Write(step);
            Project();
        }

        var (forwards, events) = (await All(), await Events());
        Assert.Equal([1_000L, 3_000, 2_000], forwards.Select(static one => one.Fee.Value));
        new SqliteViews(_journal.JournalFile, _journal.ViewsFile).Dispose();
        File.Delete(_journal.ViewsFile);
        Assert.Equal(forwards, await All());
        Assert.Equal(events, await Events());
    }

    [Fact]
    public async Task Tables_of_an_earlier_version_are_made_anew()
    {
        Pass(1);
        Assert.Single(await All());
        using (var connection = new SqliteViews(_journal.JournalFile, _journal.ViewsFile).OpenViews())
        {
            ViewDatabase.Execute(connection, null, "DROP TABLE view_version");
            ViewDatabase.Execute(connection, null, "DROP TABLE view_forwards");
        }

        Assert.Single(await All());
    }

    [Fact]
    public async Task Pages_go_on_where_the_last_one_ended_within_the_time_that_was_asked_for()
    {
        var start = _at;
        for (var n = 1UL; n <= 10; n++) Pass(n);
        var queries = Project();

        // One is settled every three seconds, from two seconds after the start.
        var query = new ListForwardsQuery { From = start + TimeSpan.FromSeconds(5), To = start + TimeSpan.FromSeconds(23), Limit = 3 };
        var seen = new List<ulong>();
        for (var offset = 0UL; ;)
        {
            var page = await queries.ListAsync(query with { Offset = offset }, default);
            if (page.Forwards.Count == 0)
            {
                Assert.Equal(offset, page.LastOffset);
                break;
            }

            seen.AddRange(page.Forwards.Select(static one => one.IncomingHtlcId));
            offset = page.LastOffset;
        }

        Assert.Equal([2UL, 3, 4, 5, 6, 7, 8], seen);
        Assert.Equal([1UL, 2], (await queries.ListAsync(new ListForwardsQuery { Limit = 2 }, default)).Forwards.Select(static one => one.Index));
        Assert.Equal([9UL, 10], (await queries.ListAsync(new ListForwardsQuery { Offset = 8 }, default)).Forwards.Select(static one => one.Index));
        Assert.Empty((await queries.ListAsync(new ListForwardsQuery { From = start + TimeSpan.FromDays(1) }, default)).Forwards);
        Assert.Empty((await queries.ListAsync(new ListForwardsQuery { To = start }, default)).Forwards);
    }

    [Fact]
    public async Task A_list_can_be_limited_to_channels()
    {
        Pass(1);
        Write(In(Other, (1, 901_000)), Out(Left, 12, 900_000, Other, 1), Paid(Other, 1));
        Pass(2);
        var queries = Project();
        Assert.Equal([1UL, 3], (await queries.ListAsync(new ListForwardsQuery { IncomingChannels = [LeftId] }, default)).Forwards.Select(static one => one.Index));
        Assert.Equal([2UL], (await queries.ListAsync(new ListForwardsQuery { OutgoingChannels = [LeftId] }, default)).Forwards.Select(static one => one.Index));
        var page = await queries.ListAsync(new ListForwardsQuery { IncomingChannels = [LeftId], Limit = 1 }, default);
        Assert.Equal([3UL], (await queries.ListAsync(new ListForwardsQuery { IncomingChannels = [LeftId], Offset = page.LastOffset }, default)).Forwards.Select(static one => one.Index));
    }

    [Fact]
    public async Task What_was_earned_is_known_for_the_last_day_week_and_month()
    {
        _at = _time.GetUtcNow() - TimeSpan.FromDays(20);
        Pass(1, fee: 1);
        _at = _time.GetUtcNow() - TimeSpan.FromDays(6);
        Pass(2, fee: 20);
        _at = _time.GetUtcNow() - TimeSpan.FromHours(3);
        Pass(3, fee: 300);
        Pass(4, fee: 4_000);
        var queries = Project();
        Assert.Equal(4_300.Msat(), await queries.EarnedAsync(TimeSpan.FromDays(1), default));
        Assert.Equal(4_320.Msat(), await queries.EarnedAsync(TimeSpan.FromDays(7), default));
        Assert.Equal(4_321.Msat(), await queries.EarnedAsync(TimeSpan.FromDays(30), default));
        Assert.Equal(MilliSatoshi.Zero, await queries.EarnedAsync(TimeSpan.FromHours(1), default));
    }

    [Fact]
    public async Task A_forward_written_by_a_process_whose_clock_is_a_little_behind_is_in_one_page_of_time_and_one_after_a_clock_was_set_back_is_found_by_its_own()
    {
        Pass(1);
        var (first, behind) = (_at, _at - TimeSpan.FromSeconds(10));
        _at = behind;
        Pass(2);
        var queries = Project();
        var before = await queries.ListAsync(new ListForwardsQuery { To = first - TimeSpan.FromTicks(1) }, default);
        var after = await queries.ListAsync(new ListForwardsQuery { From = first }, default);
        Assert.Equal(2, before.Forwards.Count + after.Forwards.Count);
        _at = Noon - TimeSpan.FromHours(5);
        Pass(3);
        Assert.Equal([3UL], (await Project().ListAsync(new ListForwardsQuery { To = Noon - TimeSpan.FromHours(1) }, default)).Forwards.Select(static one => one.Index));
    }
}
