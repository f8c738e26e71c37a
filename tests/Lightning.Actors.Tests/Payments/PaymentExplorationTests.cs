using CsCheck;
using Lightning.Actors.Payments;
using Lightning.Actors.Payments.Messages;
using Lightning.Actors.Routing;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;
using Lightning.Protocol.Onion;
using Lightning.Routing.Paths;
using static Lightning.Actors.Tests.Payments.PaymentSamples;

namespace Lightning.Actors.Tests.Payments;

/// <summary>
/// Two incarnations of one payment over one journal, and channels that keep to their rules: each origin counts once and has one fate, what was refused is
/// refused for ever, results are repeated until acknowledged. Messages are lost, doubled and reordered; writes are lost; incarnations are stale.
/// </summary>
public sealed class PaymentExplorationTests
{
    [Fact]
    public void Never_is_more_on_its_way_than_the_amount_and_every_result_arrives() => Gen.Int[0, int.MaxValue].Sample(static seed => new World(seed).Run(), iter: 1_500);

    private sealed class World
    {
        private static readonly MilliSatoshi Amount = new(100_000);

        private readonly Random _random;
        private readonly List<PaymentEvent> _journal = [];
        private readonly Incarnation[] _incarnations;
        private readonly List<object> _messages = [];
        private readonly Dictionary<HtlcOrigin.Local, Htlc> _htlcs = [];
        private TimeSpan _now;
        private byte _session = 1;
        private bool _paid;

        public World(int seed)
        {
            _random = new Random(seed);
            _incarnations = [new(this), new(this)];
        }

        public void Run()
        {
            for (var step = 0; step < 150; step++) Step(calm: false);
            _incarnations[0].Restart();
            for (var step = 0; step < 3_000 && !(step % 50 == 0 && IsOver); step++) Step(calm: true);

            var state = _journal.Aggregate(PaymentState.Empty, static (s, e) => s.Apply(e));
            if (_htlcs.Values.Any(static h => h.Fate == Fate.Fulfilled)) Assert.Equal(PaymentPhase.Succeeded, state.Phase);
            Assert.True(
                state.Phase != PaymentPhase.InFlight,
                $"still {state.Phase} with {state.Live} live; {string.Join(", ", _htlcs.Values.Select(static h => $"{h.Part.Number} {h.Fate} {h.IsAcknowledged}"))}; {_messages.Count} messages: {string.Join(", ", _messages.Select(static m => m.GetType().Name).CountBy(static n => n))}");
            Assert.All(_htlcs.Values.Where(static h => h.Fate is Fate.Fulfilled or Fate.Failed), static h => Assert.True(h.IsAcknowledged));
        }

        private bool IsOver =>
            _journal.Aggregate(PaymentState.Empty, static (s, e) => s.Apply(e)).Phase != PaymentPhase.InFlight
            && _htlcs.Values.All(static h => h.Fate == Fate.Refused || h.IsAcknowledged);

        private void Step(bool calm)
        {
            // In the calm there is one incarnation, nothing is lost, and what the channels hold comes to an end.
            var incarnation = _incarnations[calm ? 0 : _random.Next(2)];
            if (!calm && _random.Next(25) == 0) incarnation.Restart();
            if (_random.Next(20) == 0) _now += TimeSpan.FromSeconds(_random.Next(1, 15));
            switch (_random.Next(8))
            {
                case 0:
                    if (!calm) incarnation.Handle(new PaymentCommand.Start(Terms(Amount.Value, request: (byte)_random.Next(1, 4)) with { CreatedAt = Noon + _now, Deadline = Noon + _now + TimeSpan.FromSeconds(20) }));
                    break;
                case 1:
                    incarnation.Handle(new PaymentCommand.Repeat());
                    break;
                case 2 or 3:
                    EndSome(calm);
                    break;
                case 4:
                    Report(_random.Next(3));
                    break;
                default:
                    Deliver(incarnation, calm);
                    break;
            }
        }

        private void Deliver(Incarnation incarnation, bool calm)
        {
            if (_messages.Count == 0) return;
            var message = _messages[_random.Next(_messages.Count)];
            if (calm || _random.Next(3) > 0) _messages.Remove(message);
            if (!calm && _random.Next(10) == 0) return;
            if (message is HtlcReport report)
            {
                incarnation.Handle(new PaymentCommand.Report(report));
                return;
            }

            var question = (FindRoutes)message;
            if (question.Amount.Value <= 0) throw new InvalidOperationException("Nothing is to be paid.");
            if (_random.Next(6) == 0)
            {
                incarnation.Handle(new PaymentCommand.NotRouted(question.Id, RouteNotFoundReason.NoRoute), asked: question);
                return;
            }

            var first = _random.Next(2) == 0 || question.Amount.Value < 2 ? question.Amount.Value : question.Amount.Value / 2;
            List<PlannedPart> parts = [Planned(first, (ulong)_random.Next(1, 5), _session++)];
            if (first < question.Amount.Value) parts.Add(Planned(question.Amount.Value - first, (ulong)_random.Next(1, 5), _session++, channel: 2));
            if (_session > 200) _session = 1;
            incarnation.Handle(new PaymentCommand.Routed(question.Id, [.. parts]), asked: question);
        }

        // A channel is asked to add: once for each origin, and the fate of the first time is that of all.
        public void Send(PaymentPart part)
        {
            var origin = part.Number.Origin(PaymentSamples.Hash);
            if (!_htlcs.TryGetValue(origin, out var htlc))
            {
                htlc = new Htlc(origin, part, _random.Next(4) == 0 ? Fate.Refused : Fate.Pending);
                _htlcs.Add(origin, htlc);
                CheckOnItsWay();
            }

            _messages.Add(htlc.Fate == Fate.Refused ? new HtlcRefused(origin, part.Channel, AddRefusal.Offline) : new HtlcAccepted(origin, part.Channel));
            Report(htlc);
        }

        public void Acknowledge(HtlcOrigin.Local origin)
        {
            var htlc = _htlcs[origin];
            Assert.True(htlc.Fate is Fate.Fulfilled or Fate.Failed);

            // From now on nobody hears of it again: it must be durable.
            var state = _journal.Aggregate(PaymentState.Empty, static (s, e) => s.Apply(e));
            if (htlc.Fate == Fate.Fulfilled) Assert.Equal(PaymentPhase.Succeeded, state.Phase);
            else Assert.True(state.Find(htlc.Part.Number) is not { IsLive: true });
            htlc.IsAcknowledged = true;
        }

        public void Ask(FindRoutes question) => _messages.Add(question);

        public bool TryWrite(Incarnation incarnation, IReadOnlyCollection<PaymentEvent> events)
        {
            if (incarnation.Known != _journal.Count || _random.Next(30) == 0) return false;
            _journal.AddRange(events);
            return true;
        }

        public IReadOnlyList<PaymentEvent> Journal => _journal;

        public PaymentEnvironment Environment => new(Noon + _now, Height);

        private void CheckOnItsWay()
        {
            var sum = _htlcs.Values.Where(static h => h.Fate is Fate.Pending or Fate.Fulfilled).Sum(static h => h.Part.Route.Amount.Value);
            Assert.True(sum <= Amount.Value, $"{sum} msat are on their way for {Amount}");
            Assert.False(_paid, "something was sent after the payment was taken");
        }

        // The payee takes all or nothing; a part fails alone.
        private void EndSome(bool calm)
        {
            var pending = _htlcs.Values.Where(static h => h.Fate == Fate.Pending).ToArray();
            if (pending.Length == 0) return;
            if (pending.Sum(static h => h.Part.Route.Amount.Value) == Amount.Value && _random.Next(3) == 0)
            {
                foreach (var htlc in pending) htlc.Fate = Fate.Fulfilled;

                // A preimage exists from here on, though the payment does not know: what its stale attempts still send is held back by CheckOnItsWay.
                foreach (var htlc in pending) Report(htlc);
            }
            else if (calm || _random.Next(2) == 0)
            {
                var htlc = pending[_random.Next(pending.Length)];
                htlc.Fate = Fate.Failed;
                Report(htlc);
            }
        }

        private void Report(int count)
        {
            foreach (var htlc in _htlcs.Values.Where(static h => h is { IsAcknowledged: false, Fate: Fate.Fulfilled or Fate.Failed }).Take(count)) Report(htlc);
        }

        private void Report(Htlc htlc)
        {
            if (htlc.IsAcknowledged || _messages.Count > 50) return;
            if (htlc.Fate == Fate.Fulfilled) _messages.Add(new HtlcFulfilled(htlc.Origin, htlc.Part.Channel, Preimage, null));
            if (htlc.Fate == Fate.Failed)
            {
                var failure = FailureMessage.TemporaryChannelFailure();
                _messages.Add(((PaymentCommand.Report)Failed(new PlannedPart(htlc.Part.Channel, htlc.Part.Route, htlc.Part.SessionKey), htlc.Origin.Attempt, failure, 0, htlc.Origin.Part)).News);
            }
        }

        public void Succeeded() => _paid = true;
    }

    private enum Fate
    {
        Pending,
        Refused,
        Fulfilled,
        Failed,
    }

    private sealed class Htlc(HtlcOrigin.Local origin, PaymentPart part, Fate fate)
    {
        public HtlcOrigin.Local Origin { get; } = origin;

        public PaymentPart Part { get; } = part;

        public Fate Fate { get; set; } = fate;

        public bool IsAcknowledged { get; set; }
    }

    private sealed class Incarnation(World world)
    {
        private PaymentState _state = PaymentState.Empty;
        private FindRoutes? _question;

        public int Known { get; private set; } = -1;

        public void Restart() => Known = -1;

        public void Handle(PaymentCommand command, FindRoutes? asked = null)
        {
            if (Known < 0)
            {
                _state = world.Journal.Aggregate(PaymentState.Empty, static (s, e) => s.Apply(e));
                Known = world.Journal.Count;
                _question = null;
            }

            // The router answers the incarnation that asked.
            if (asked is not null && !ReferenceEquals(asked, _question)) return;
            var decision = PaymentDecider.Decide(_state, command, world.Environment);
            _state = decision.State;
            if (!decision.Events.IsEmpty)
            {
                if (!world.TryWrite(this, decision.Events))
                {
                    Restart();
                    return;
                }

                Known = world.Journal.Count;
                foreach (var happened in decision.Events)
                {
                    _state = _state.Apply(happened);
                    if (happened is PaymentEvent.Succeeded) world.Succeeded();
                }
            }

            foreach (var action in decision.Actions)
            {
                switch (action)
                {
                    case PaymentAction.Send send:
                        world.Send(send.Part);
                        break;
                    case PaymentAction.Acknowledge acknowledge:
                        world.Acknowledge(acknowledge.Origin);
                        break;
                    case PaymentAction.AskRouter ask:
                        _question = ask.Question;
                        world.Ask(ask.Question);
                        break;
                }
            }
        }
    }
}
