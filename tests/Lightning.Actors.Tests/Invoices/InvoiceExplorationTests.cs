using CsCheck;
using Lightning.Actors.Invoices;
using static Lightning.Actors.Tests.Invoices.InvoiceSamples;

namespace Lightning.Actors.Tests.Invoices;

/// <summary>
/// Two incarnations of one invoice over one journal, where a write succeeds only for the one that knows all events, with parts offered in any order, any
/// number of times, lost writes and lost answers.
/// </summary>
public sealed class InvoiceExplorationTests
{
    [Fact]
    public void Each_part_ends_once_and_a_payment_is_taken_whole_or_not_at_all() => Gen.Int[0, int.MaxValue].Sample(static seed => Explore(new Random(seed)), iter: 2_000);

    private static void Explore(Random random)
    {
        var journal = new List<InvoiceEvent>();
        var parts = Enumerable.Range(0, random.Next(1, 6)).Select(i => RandomPart(random, (ulong)i)).ToArray();
        var settled = new HashSet<PartKey>();
        var failed = new HashSet<PartKey>();
        Incarnation[] incarnations = [new(journal), new(journal)];
        var hold = random.Next(2) == 0;
        var (seconds, height) = (0, Height);
        incarnations[0].Handle(new InvoiceCommand.Add(Terms(100_000, hold)), At(), loseWrite: false);
        for (var step = 0; step < 60; step++)
        {
            var incarnation = incarnations[random.Next(2)];
            InvoiceCommand command = random.Next(12) switch
            {
                0 => new InvoiceCommand.Tick(),
                1 => new InvoiceCommand.Cancel(),
                2 => new InvoiceCommand.Settle(Preimage),
                3 => new InvoiceCommand.Add(Terms(100_000, hold)),
                _ => new InvoiceCommand.Offer(parts[random.Next(parts.Length)]),
            };
            if (random.Next(10) == 0) seconds += random.Next(1, 61);
            if (random.Next(15) == 0) height += (uint)random.Next(1, 12);
            if (random.Next(8) == 0) incarnation.Restart();
            foreach (var action in incarnation.Handle(command, At(TimeSpan.FromSeconds(seconds), height), loseWrite: random.Next(12) == 0))
            {
                switch (action)
                {
                    case InvoiceAction.Settle settle:
                        Assert.Equal(Preimage, settle.Preimage);
                        settled.Add(settle.Part);
                        break;
                    case InvoiceAction.Fail fail:
                        failed.Add(fail.Part);
                        break;
                }
            }
        }

        Assert.Empty(settled.Intersect(failed));
        var taken = journal.OfType<InvoiceEvent.Settled>().ToArray();
        Assert.InRange(taken.Length, 0, 1);
        if (taken.Length == 0)
        {
            Assert.Empty(settled);
        }
        else
        {
            Assert.Subset(taken[0].Parts.Select(static p => p.Key).ToHashSet(), settled);
            Assert.True(taken[0].Parts.Sum(static p => p.Amount.Value) >= taken[0].Parts[0].Total.Value);
            Assert.All(taken[0].Parts, part => Assert.Equal(taken[0].Parts[0].Total, part.Total));
        }

        // Whoever is asked now, after everything, answers every part, each the way it was answered before.
        var last = new Incarnation(journal);
        last.Handle(new InvoiceCommand.Cancel(), At(TimeSpan.FromSeconds(seconds), height), loseWrite: false);
        foreach (var part in parts)
        {
            var answer = Assert.Single(last.Handle(new InvoiceCommand.Offer(part), At(TimeSpan.FromSeconds(seconds), height), loseWrite: false));
            if (settled.Contains(part.Key)) Assert.IsType<InvoiceAction.Settle>(answer);
            if (failed.Contains(part.Key)) Assert.IsType<InvoiceAction.Fail>(answer);
        }
    }

    private static InvoicePart RandomPart(Random random, ulong id)
    {
        var total = random.Next(8) switch { 0 => 90_000, 1 => 120_000, _ => 100_000 };
        var amount = random.Next(4) switch { 0 => 100_000, 1 => 25_000, _ => 50_000 };
        return Part(id, amount, total, Height + (uint)random.Next(70, 130), TimeSpan.FromSeconds(random.Next(60)), channel: (uint)random.Next(1, 3));
    }

    private sealed class Incarnation(List<InvoiceEvent> journal)
    {
        private InvoiceState _state = InvoiceState.Empty;
        private int _known = -1;

        public void Restart() => _known = -1;

        public IEnumerable<InvoiceAction> Handle(InvoiceCommand command, InvoiceEnvironment environment, bool loseWrite)
        {
            if (_known < 0) Recover();
            var decision = InvoiceDecider.Decide(_state, command, environment);
            _state = decision.State;
            if (decision.Events.IsEmpty) return decision.Actions;
            if (_known != journal.Count || loseWrite)
            {
                // Refused, or of unknown outcome: this incarnation ends, nothing of it is seen.
                Restart();
                return [];
            }

            journal.AddRange(decision.Events);
            _known = journal.Count;
            foreach (var happened in decision.Events) _state = _state.Apply(happened);
            return decision.Actions;
        }

        private void Recover()
        {
            _state = journal.Aggregate(InvoiceState.Empty, static (state, happened) => state.Apply(happened));
            _known = journal.Count;
        }
    }
}
