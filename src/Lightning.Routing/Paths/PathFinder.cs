using Lightning.Routing.Graph;

namespace Lightning.Routing.Paths;

/// <summary>
/// Finds routes for a payment: one where one can carry it, else several that leave over different channels of ours. Keeps what it has computed of the network, so
/// make one and use it again; one search at a time.
/// </summary>
/// <param name="graph">What is known of the network; <see cref="EmptyGraph"/> where nothing is.</param>
/// <param name="costs">What is dear besides fees; null for the usual.</param>
public sealed class PathFinder(IChannelGraph graph, PathCosts? costs = null)
{
    /// <summary>The most parts that are ever made, whatever the request allows.</summary>
    public const int MaxParts = 64;

    private static readonly MilliSatoshi NoLimit = new(long.MaxValue);

    private readonly RouteSearch _search = new(costs ?? new PathCosts());

    /// <summary>Finds routes.</summary>
    /// <param name="request">What for, and within which limits.</param>
    public RouteResult Find(RouteRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Amount.Value <= 0) return new RouteNotFound(RouteNotFoundReason.InvalidRequest, $"There is nothing to pay: {request.Amount}.");
        if (request.Target == request.Source && request.BlindedPaths.Count == 0) return new RouteNotFound(RouteNotFoundReason.InvalidRequest, "The payee is this node itself.");
        if (request.MaxCltvExpiryDelta > RouteRequest.MaxHtlcCltv) request = request with { MaxCltvExpiryDelta = RouteRequest.MaxHtlcCltv };
        if (request.FinalCltvExpiryDelta > request.MaxCltvExpiryDelta) return CltvLimitExceeded(request, request.FinalCltvExpiryDelta);

        var channels = UsableChannels(request);
        var available = MilliSatoshi.Zero;
        foreach (var channel in channels) available += channel.AvailableToSend;
        if (available < request.Amount)
        {
            return new RouteNotFound(
                RouteNotFoundReason.InsufficientBalance, $"{request.Amount} are to be paid, but the usable channels can send {available} together.");
        }

        _search.Begin(graph.View, request, null);
        if (Single(request, channels) is { } single) return single;
        return Obstacle(request, channels) ?? InParts(request, channels);
    }

    private static List<LocalChannel> UsableChannels(RouteRequest request)
    {
        var channels = new List<LocalChannel>(request.LocalChannels.Count);
        foreach (var channel in request.LocalChannels)
        {
            if (channel.AvailableToSend.Value > 0
                && (request.OutgoingChannels.Count == 0 || request.OutgoingChannels.Contains(channel.ShortChannelId))
                && !request.ExcludedChannels.Contains(new DirectedChannel(channel.ShortChannelId, channel.Peer)))
            {
                channels.Add(channel);
            }
        }

        return channels;
    }

    private RoutesFound? Single(RouteRequest request, List<LocalChannel> channels)
    {
        if (request.MaxPartAmount is { } maximum && request.Amount > maximum) return null;
        return _search.Find(request.Amount, channels, request.FeeLimit, request.MaxCltvExpiryDelta) is { } path ? new RoutesFound([path.ToRoute()]) : null;
    }

    /// <summary>Finds out, by searching without it, which limit stands in the way whatever our own channels hold. Null where none does: then parts may help.</summary>
    private RouteNotFound? Obstacle(RouteRequest request, List<LocalChannel> channels)
    {
        var part = MilliSatoshi.Min(request.Amount, request.MaxPartAmount ?? request.Amount);
        var unlimited = channels.ConvertAll(static c => c with { AvailableToSend = NoLimit, HtlcMinimum = MilliSatoshi.Zero });
        var unhurried = request.FinalCltvExpiryDelta + 100_000;
        if (_search.Find(part, unlimited, request.FeeLimit, request.MaxCltvExpiryDelta) is not null) return null;
        if (_search.FindCheapest(part, unlimited, NoLimit, unhurried) is not { } any)
        {
            // A part may pass where the whole does not: the network's channels have limits too.
            return request.MaxParts > 1 && _search.Find(SmallestPart(request), unlimited, request.FeeLimit, request.MaxCltvExpiryDelta) is not null
                ? null
                : new RouteNotFound(RouteNotFoundReason.NoRoute, "Neither our own channels nor the invoice's hints nor the known network lead to the payee with this amount.");
        }

        return _search.FindCheapest(part, unlimited, NoLimit, request.MaxCltvExpiryDelta) is { } fastEnough
            ? new RouteNotFound(RouteNotFoundReason.FeeLimitExceeded, $"The cheapest way costs {fastEnough.ToRoute().Fee}, more than the {request.FeeLimit} allowed.")
            : CltvLimitExceeded(request, any.ToRoute().CltvExpiry - request.CurrentHeight);
    }

    private static MilliSatoshi SmallestPart(RouteRequest request) => new(Math.Max(1, request.Amount.Value / Math.Clamp(request.MaxParts, 1, MaxParts)));

    private RouteResult InParts(RouteRequest request, List<LocalChannel> channels)
    {
        if (ChannelFiller.Split(_search, request, channels) is { } routes) return new RoutesFound([.. routes]);
        if (request.MaxParts < MaxParts && ChannelFiller.Split(_search, request with { MaxParts = MaxParts }, channels) is { } many)
        {
            return new RouteNotFound(
                RouteNotFoundReason.TooManyParts, $"No single channel can carry {request.Amount}: it takes {many.Count} parts, and {Math.Max(1, request.MaxParts)} may be used.");
        }

        var taken = channels.ConvertAll(static c => c with { HtlcMinimum = MilliSatoshi.Zero });
        if (_search.Find(request.Amount, taken, request.FeeLimit, request.MaxCltvExpiryDelta) is not null)
            return new RouteNotFound(RouteNotFoundReason.NoRoute, $"{request.Amount} are less than the peers that lead to the payee take.");
        return new RouteNotFound(RouteNotFoundReason.InsufficientBalance, $"The channels that lead to the payee cannot send {request.Amount} and the fees on top.");
    }

    private static RouteNotFound CltvLimitExceeded(RouteRequest request, uint delta) => new(
        RouteNotFoundReason.CltvLimitExceeded, $"The payment could be locked for {delta} blocks, more than the {request.MaxCltvExpiryDelta} allowed.");
}
