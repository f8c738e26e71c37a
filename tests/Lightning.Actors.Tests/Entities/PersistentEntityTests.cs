using Akka.Actor;
using Microsoft.Data.Sqlite;
using Lightning.Actors.Journal;
using Xunit.Abstractions;

namespace Lightning.Actors.Tests.Entities;

public sealed class PersistentEntityTests : JournalSystem
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(10);

    private IActorRef Spawn(ActorSystem system, string id, bool owns = true) => system.ActorOf(Props.Create(() => new Counter(id, owns, TestActor)));

    [Fact]
    public void First_event_of_every_incarnation_takes_ownership_and_its_number_is_the_epoch()
    {
        var first = Spawn(Sys, "e1");
        Assert.Equal(new Counter.State(0, 1, 1), ExpectMsg<Counter.State>(Wait));
        first.Tell(new Counter.Add(2, 3), TestActor);
        Assert.Equal(new Counter.State(5, 1, 3), ExpectMsg<Counter.State>(Wait));
        first.Tell(Actors.Entities.EntityStop.Instance);
        ExpectMsg("stopped", Wait);
        Spawn(Sys, "e1");
        Assert.Equal(new Counter.State(5, 4, 4), ExpectMsg<Counter.State>(Wait));
    }

    [Fact]
    public void Reading_writes_nothing_and_the_first_command_takes_ownership_in_the_same_write()
    {
        var entity = Spawn(Sys, "e2", owns: false);
        entity.Tell(new Counter.Get(), TestActor);
        Assert.Equal(new Counter.State(0, 0, 0), ExpectMsg<Counter.State>(Wait));
        entity.Tell(new Counter.Add(7), TestActor);
        Assert.Equal(new Counter.State(7, 1, 2), ExpectMsg<Counter.State>(Wait));
    }

    [Fact]
    public void Of_two_incarnations_only_the_one_that_wrote_first_is_heard_and_the_other_stops()
    {
        var mine = Spawn(Sys, "e3");
        ExpectMsg<Counter.State>(Wait);
        var theirs = Spawn(Another(), "e3");
        Assert.Equal(2, ExpectMsg<Counter.State>(Wait).Epoch);
        mine.Tell(new Counter.Add(1), TestActor);
        ExpectMsg("stopped", Wait);
        mine.Tell(new Counter.Add(1), TestActor);
        theirs.Tell(new Counter.Add(5), TestActor);
        Assert.Equal(5, ExpectMsg<Counter.State>(Wait).Sum);
    }

    [Fact]
    public void A_fenced_write_stops_nobody_else_and_leaves_nothing_of_itself()
    {
        var stale = Spawn(Sys, "stale");
        ExpectMsg<Counter.State>(Wait);
        Spawn(Another(), "stale");
        ExpectMsg<Counter.State>(Wait);
        var neighbours = Enumerable.Range(0, 50).Select(i => Spawn(Sys, $"neighbour-{i}")).ToArray();
        foreach (var _ in neighbours) ExpectMsg<Counter.State>(Wait);
        for (var round = 1; round <= 4; round++)
        {
            for (var i = 0; i < neighbours.Length; i++)
            {
                if (i == 25 && round == 1) stale.Tell(new Counter.Add(1, 1, 1), TestActor);
                neighbours[i].Tell(new Counter.Add(1, 1), TestActor);
            }

            var stopped = 0;
            for (var i = 0; i < neighbours.Length + (round == 1 ? 1 : 0); i++)
            {
                if (ReceiveOne(Wait) is Counter.State state) Assert.Equal(2 * round, state.Sum);
                else stopped++;
            }

            Assert.Equal(round == 1 ? 1 : 0, stopped);
        }

        using var connection = SqliteSchema.Open(SqliteSchema.ConnectionString(DatabaseFile));
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM journal WHERE persistence_id = 'stale'";
        Assert.Equal(2L, command.ExecuteScalar());
    }

    [Fact]
    public void Twenty_fenced_writes_in_a_row_do_not_open_the_circuit_breaker()
    {
        var other = Another();
        for (var i = 0; i < 20; i++)
        {
            var stale = Spawn(Sys, $"f{i}");
            ExpectMsg<Counter.State>(Wait);
            Spawn(other, $"f{i}");
            ExpectMsg<Counter.State>(Wait);
            stale.Tell(new Counter.Add(1), TestActor);
            ExpectMsg("stopped", Wait);
        }

        Spawn(Sys, "healthy");
        ExpectMsg<Counter.State>(Wait);
    }

    [Fact]
    public void An_entity_whose_journal_has_a_gap_does_nothing()
    {
        var entity = Spawn(Sys, "gap");
        ExpectMsg<Counter.State>(Wait);
        entity.Tell(new Counter.Add(1, 2, 3), TestActor);
        ExpectMsg<Counter.State>(Wait);
        entity.Tell(Actors.Entities.EntityStop.Instance);
        ExpectMsg("stopped", Wait);
        using (var connection = SqliteSchema.Open(SqliteSchema.ConnectionString(DatabaseFile)))
            SqliteSchema.Execute(connection, "DELETE FROM journal WHERE persistence_id = 'gap' AND sequence_number = 2");
        Spawn(Sys, "gap");
        ExpectMsg("stopped", Wait);
    }

    [Fact]
    public void A_second_write_for_one_command_is_refused()
    {
        var entity = Spawn(Sys, "twice");
        ExpectMsg<Counter.State>(Wait);
        entity.Tell(new Counter.AddTwice(1), TestActor);
        entity.Tell(new Counter.Get(), TestActor);
        Assert.NotEqual(2, FishForMessage<Counter.State>(_ => true, Wait).Sum);
    }
}
