using Lightning.Actors.Channels;
using Lightning.Actors.Journal;
using Lightning.Actors.Serialization;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Protocol.Messages;
using Lightning.TestKit.Guards;
using Lightning.TestKit.Tests.Conformance;

namespace Lightning.TestKit.Tests;

/// <summary>What ends a channel by agreement leaves it with the write that causes it, and an event earlier it is noticed.</summary>
public sealed class DurabilityGuardClosingTests
{
    [Theory]
    [InlineData(true, nameof(Shutdown), nameof(DurableEvent.ShutdownSent))]
    [InlineData(true, nameof(ClosingComplete), nameof(DurableEvent.ClosingCompleteSent))]
    [InlineData(true, nameof(ClosingSig), nameof(DurableEvent.ClosingCompleteReceived))]
    [InlineData(false, nameof(Shutdown), nameof(DurableEvent.ShutdownSent))]
    [InlineData(false, nameof(ClosingSigned), nameof(DurableEvent.ClosingAgreed))]
    public async Task A_message_must_not_leave_before(bool isSimple, string message, string cause)
    {
        await using var met = await Encounter.Opened(isSimple ? null : Encounter.Legacy);
        var key = met.Alice.Entry(met.Channel.Funding)!.Key;
        met.Channel.Close();
        await met.Channel.Run();
        var sent = met.Mallory.Received.Last(one => one.GetType().Name == message);
        Assert.Equal(cause, CauseOf(met, key, new ChannelAction.Send(sent)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_signature_than_that_of_the_durable_transaction_must_not_leave(bool isSimple)
    {
        await using var met = await Encounter.Opened(isSimple ? null : Encounter.Legacy);
        var key = met.Alice.Entry(met.Channel.Funding)!.Key;
        met.Channel.Close();
        await met.Channel.Run();
        var wrong = met.Channel.WrongSignature;
        LightningMessage[] messages = isSimple
            ?
            [
                met.Mallory.Received.OfType<ClosingComplete>().Last() with { CloserAndCloseeOutputs = wrong },
                met.Mallory.Received.OfType<ClosingSig>().Last() with { CloserAndCloseeOutputs = wrong },
            ]
            : [met.Mallory.Received.OfType<ClosingSigned>().Last() with { Signature = wrong }];
        Assert.All(messages, message => Assert.Null(CauseOf(met, key, new ChannelAction.Send(message))));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_closing_transaction_must_not_be_published_before_it_is_durable(bool isSimple)
    {
        await using var met = await Encounter.Opened(isSimple ? null : Encounter.Legacy);
        var key = met.Alice.Entry(met.Channel.Funding)!.Key;
        await met.Channel.NodeCloses();
        await met.Channel.Run();
        var cause = CauseOf(met, key, new ChannelAction.Publish(met.Channel.Spender()!, TransactionPurpose.MutualClose));
        Assert.True(cause is nameof(DurableEvent.ClosingAgreed) or nameof(DurableEvent.ClosingCompleteReceived), cause);
    }

    [Fact]
    public async Task A_channel_must_not_be_over_before_that_is_durable()
    {
        await using var met = await Encounter.Opened();
        var key = met.Alice.Entry(met.Channel.Funding)!.Key;
        met.Channel.Close();
        await met.Channel.Run();
        await met.Net.Mine(200);
        await met.Net.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(nameof(DurableEvent.ChannelClosed), CauseOf(met, key, new ChannelAction.ReportClosed(CloseReason.Mutual)));
    }

    [Fact]
    public async Task The_coins_of_a_funding_transaction_that_may_be_published_must_not_be_given_up()
    {
        await using var met = await Encounter.Connected();
        var channel = await met.Mallory.BeginAccepting("alice", Encounter.Capacity);
        await channel.Run();
        var key = met.Alice.Entry(channel.Funding)!.Key;
        var funding = met.Net.Chain.Mempool.Single(transaction => transaction.TxId == channel.Funding.TxId);
        Assert.NotEmpty(Seen(met, Rows(met, null), key, new ChannelAction.ReleaseFunding(funding)));
        Assert.Empty(Seen(met, Rows(met, ChannelActor.PersistenceIdOf(key)), key, new ChannelAction.ReleaseFunding(funding)));
    }

    // The event with which an action is first allowed; null where it never is.
    private static string? CauseOf(Encounter met, LocalChannelKey key, ChannelAction action)
    {
        var id = ChannelActor.PersistenceIdOf(key);
        var others = Rows(met, id).ToList();
        var own = met.Alice.Disk.Read(id, 1, long.MaxValue, long.MaxValue).ToList();
        Assert.NotEmpty(own);
        for (var count = 0; count <= own.Count; count++)
        {
            if (Seen(met, [.. others, .. own.Take(count)], key, action).Count > 0) continue;
            return count == 0 ? "nothing" : SerializedFormats.Create().Find(own[count - 1].Manifest)!.Read(own[count - 1].Payload, null!).GetType().Name;
        }

        return null;
    }

    private static List<string> Seen(Encounter met, IEnumerable<JournalRow> rows, LocalChannelKey key, ChannelAction action)
    {
        var seen = new List<string>();
        var guard = new DurabilityGuard(met.Alice.Keys, met.Alice.Clock, seen.Add, met.Alice.IsBackedUp);
        guard.Restart(rows);
        guard.Performing(key, action);
        return seen;
    }

    private static IEnumerable<JournalRow> Rows(Encounter met, string? without) =>
        met.Alice.Disk.Entities().Where(entity => entity != without).SelectMany(entity => met.Alice.Disk.Read(entity, 1, long.MaxValue, long.MaxValue));
}
