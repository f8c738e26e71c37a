using System.Collections.Immutable;
using Lightning.Actors.Api;
using Lightning.Routing.Paths;

namespace Lightning.Actors.Payments;

/// <summary>One outgoing payment. Rebuilt from its events, but for what says so.</summary>
internal sealed record PaymentState
{
    /// <summary>No payment.</summary>
    public static PaymentState Empty { get; } = new();

    /// <summary>What is paid; null where nothing was ever paid to this hash.</summary>
    public PaymentTerms? Terms { get; init; }

    /// <summary>Where it stands.</summary>
    public PaymentPhase Phase { get; init; }

    /// <summary>The parts of this run, in the order they were sent.</summary>
    public ImmutableArray<PartRecord> Parts { get; init; } = [];

    /// <summary>The next attempt's number. It goes on over all runs, because channels remember an attempt by it.</summary>
    public uint NextAttempt { get; init; } = 1;

    /// <summary>Attempts of this run.</summary>
    public int Attempts { get; init; }

    /// <summary>Proof of payment.</summary>
    public PaymentPreimage? Preimage { get; init; }

    /// <summary>Why it failed.</summary>
    public PaymentFailureReason FailureReason { get; init; }

    /// <summary>When it succeeded or failed.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What is to be paid as soon as there is a route. In memory only: until then nothing is promised.</summary>
    public PaymentTerms? Starting { get; init; }

    /// <summary>The question that the router has not answered yet. In memory only.</summary>
    public ulong? Asked { get; init; }

    /// <summary>The last question's number. In memory only.</summary>
    public ulong Questions { get; init; }

    /// <summary>Parts whose HTLC is signed for: not asked for again. In memory only, so a new incarnation asks again.</summary>
    public ImmutableHashSet<PartNumber> Accepted { get; init; } = [];

    /// <summary>What is on its way to the payee.</summary>
    public MilliSatoshi Live
    {
        get
        {
            var sum = MilliSatoshi.Zero;
            foreach (var record in Parts)
            {
                if (record.IsLive) sum += record.Part.Route.Amount;
            }

            return sum;
        }
    }

    /// <summary>Fees of the parts on their way or taken.</summary>
    public MilliSatoshi Fee
    {
        get
        {
            var sum = MilliSatoshi.Zero;
            foreach (var record in Parts)
            {
                if (record.IsLive) sum += record.Part.Route.Fee;
            }

            return sum;
        }
    }

    /// <summary>Parts on their way.</summary>
    public int LiveCount => Parts.Count(static record => record.IsLive);

    /// <summary>Channels that failed in this run.</summary>
    public ImmutableHashSet<DirectedChannel> ExcludedChannels =>
        [.. Parts.Where(static r => r.Failure is not null).SelectMany(static r => r.Failure!.ExcludedChannels.Items)];

    /// <summary>Nodes that failed in this run.</summary>
    public ImmutableHashSet<NodeId> ExcludedNodes =>
        [.. Parts.Where(static r => r.Failure is not null).SelectMany(static r => r.Failure!.ExcludedNodes.Items)];

    /// <summary>The payee's refusal, if it has refused for good.</summary>
    public PartFailure? FinalRefusal => Parts.FirstOrDefault(static r => r.Failure is { IsFinal: true })?.Failure;

    /// <summary>The part with a number, or null.</summary>
    public PartRecord? Find(PartNumber number) => Parts.FirstOrDefault(record => record.Part.Number == number);

    /// <summary>The state after an event.</summary>
    public PaymentState Apply(PaymentEvent happened) => happened switch
    {
        PaymentEvent.Started started => Empty with
        {
            Terms = started.Terms, Phase = PaymentPhase.InFlight, NextAttempt = NextAttempt, Asked = Asked, Questions = Questions,
        },
        PaymentEvent.PartsSent sent => this with
        {
            Parts = Parts.AddRange(sent.Parts.Items.Select(part => new PartRecord(part, sent.At))),
            Attempts = Attempts + 1,
            NextAttempt = Math.Max(NextAttempt, sent.Parts.Items.Max(static part => part.Number.Attempt) + 1),
        },
        PaymentEvent.PartFailed failed => this with
        {
            Parts = [.. Parts.Select(record => record.Part.Number == failed.Part ? record with { Failure = failed.Failure, ResolvedAt = failed.At } : record)],
            Accepted = Accepted.Remove(failed.Part),
        },
        PaymentEvent.Succeeded succeeded => this with
        {
            Phase = PaymentPhase.Succeeded,
            Preimage = succeeded.Preimage,
            EndedAt = succeeded.At,
            FailureReason = PaymentFailureReason.None,
            Starting = null,
            Asked = null,
            Parts = [.. Parts.Select(record => record.IsLive ? record with { ResolvedAt = succeeded.At } : record)],
        },
        PaymentEvent.Failed failed => this with { Phase = PaymentPhase.Failed, FailureReason = failed.Reason, EndedAt = failed.At, Asked = null },
        _ => throw new NotSupportedException($"{happened.GetType()} is no event of a payment."),
    };
}
