using Lightning.Actors.Api;
using Lightning.Protocol.Onion;

namespace Lightning.TestKit;

/// <summary>A payment of a network, and what became of it.</summary>
public sealed class ScenarioPayment
{
    private readonly ScenarioNetwork _network;
    private readonly Func<PaymentInfo?> _latest;

    internal ScenarioPayment(ScenarioNetwork network, string payer, Task<PaymentInfo> result, Func<PaymentInfo?> latest) =>
        (_network, Payer, Result, _latest) = (network, payer, result, latest);

    /// <summary>Who pays.</summary>
    public string Payer { get; }

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => Result.IsCompleted;

    /// <summary>What is known of it now.</summary>
    /// <exception cref="LightningException">It was refused.</exception>
    public PaymentInfo Info => Result.IsCompleted ? Result.GetAwaiter().GetResult() : _latest() ?? throw _network.Failure($"Nothing is known of {Payer}'s payment yet.");

    internal Task<PaymentInfo> Result { get; }

    // As an expectation sees it: a payment that was refused is told with the chart.
    private PaymentInfo Ended
    {
        get
        {
            try
            {
                return Info;
            }
            catch (LightningException e)
            {
                throw _network.Failure($"{Payer}'s payment was refused: {e.Message}", e);
            }
        }
    }

    /// <summary>Waits for its end, in the network's time.</summary>
    /// <param name="limit">Null for ten minutes.</param>
    /// <exception cref="ScenarioException">It does not end.</exception>
    public async Task<ScenarioPayment> End(TimeSpan? limit = null)
    {
        await _network.Until(() => Result.IsCompleted, $"{Payer}'s payment ends", limit).ConfigureAwait(false);
        return this;
    }

    /// <summary>It succeeded, and its payer has the preimage.</summary>
    /// <exception cref="ScenarioException">It did not.</exception>
    public ScenarioPayment ShouldSettle()
    {
        if (Ended.Status != PaymentStatus.Succeeded || Info.Preimage is null) throw _network.Failure($"{Payer}'s payment should have settled: {Describe()}");
        return this;
    }

    /// <summary>It failed, and a hop gave one of these reasons.</summary>
    /// <exception cref="ScenarioException">It did not, or for another reason.</exception>
    public ScenarioPayment ShouldFailWith(params IReadOnlyList<FailureCode> codes)
    {
        ArgumentNullException.ThrowIfNull(codes);
        if (Ended.Status != PaymentStatus.Failed || !codes.Any(HasFailure))
            throw _network.Failure($"{Payer}'s payment should have failed with {string.Join(" or ", codes)}: {Describe()}");
        return this;
    }

    /// <summary>It failed for this reason.</summary>
    /// <exception cref="ScenarioException">It did not, or for another reason.</exception>
    public ScenarioPayment ShouldFailWith(PaymentFailureReason reason)
    {
        if (Ended.Status != PaymentStatus.Failed || Info.FailureReason != reason) throw _network.Failure($"{Payer}'s payment should have failed with {reason}: {Describe()}");
        return this;
    }

    /// <summary>One of its parts, not necessarily all, failed, and a hop gave this reason. What follows of it is another question.</summary>
    /// <exception cref="ScenarioException">None did.</exception>
    public ScenarioPayment ShouldHaveTried(FailureCode code)
    {
        if (!HasFailure(code)) throw _network.Failure($"A part of {Payer}'s payment should have failed with {code}: {Describe()}");
        return this;
    }

    /// <summary>It succeeded, and arrived in so many parts (BOLT 4).</summary>
    /// <exception cref="ScenarioException">It did not, or in more or fewer.</exception>
    public ScenarioPayment ShouldHaveArrivedInParts(int parts)
    {
        ShouldSettle();
        if (Info.Attempts.Count(static attempt => attempt.Status != PaymentStatus.Failed) != parts)
            throw _network.Failure($"{Payer}'s payment should have arrived in {parts} parts: {Describe()}");
        return this;
    }

    /// <summary>It is on its way.</summary>
    /// <exception cref="ScenarioException">It has ended.</exception>
    public ScenarioPayment ShouldBeInFlight()
    {
        if (HasEnded) throw _network.Failure($"{Payer}'s payment should be on its way: {Describe()}");
        return this;
    }

    private bool HasFailure(FailureCode code) => Info.Attempts.Any(attempt => attempt.Failure?.Code == (ushort)code);

    private string Describe()
    {
        var attempts = string.Join(
            "; ",
            Info.Attempts.Select(static attempt => $"{attempt.TotalAmount} over {string.Join(" > ", attempt.Route.Select(static hop => hop.ShortChannelId))}: {attempt.Status}{(attempt.Failure is { } failure ? $" ({(FailureCode?)failure.Code ?? FailureCode.None} at {failure.SourceIndex}, {failure.Message})" : "")}"));
        return $"it {(Info.Status == PaymentStatus.Failed ? $"failed with {Info.FailureReason}" : $"is {Info.Status}")}. Attempts: {(attempts.Length == 0 ? "none" : attempts)}.";
    }
}
