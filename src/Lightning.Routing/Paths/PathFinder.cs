namespace Lightning.Routing.Paths;

/// <summary>Finds routes for a payment: one where one can carry it, else several that leave over different channels of ours.</summary>
/// <param name="graph">What is known of the network; <see cref="EmptyGraph"/> where nothing is.</param>
public sealed class PathFinder(IChannelGraph graph)
{
    /// <summary>The most parts that are ever made, whatever the request allows.</summary>
    public const int MaxParts = 64;

    /// <summary>How often a part is resized so that it fits into its channel together with its fees.</summary>
    private const int MaxResizes = 8;

    private static readonly MilliSatoshi NoLimit = new(long.MaxValue);

    /// <summary>Finds routes.</summary>
    /// <param name="request">What for, and within which limits.</param>
    public RouteResult Find(RouteRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Amount.Value <= 0) return new RouteNotFound(RouteNotFoundReason.InvalidRequest, $"There is nothing to pay: {request.Amount}.");
        if (request.Target == request.Source) return new RouteNotFound(RouteNotFoundReason.InvalidRequest, "The payee is this node itself.");
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

        var search = new PathSearch(graph, request);
        if (Single(request, search, channels) is { } single) return single;
        return Obstacle(request, search, channels) ?? InParts(request, search, channels);
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

    private static RoutesFound? Single(RouteRequest request, PathSearch search, List<LocalChannel> channels)
    {
        if (request.MaxPartAmount is { } maximum && request.Amount > maximum) return null;
        return search.Find(request.Amount, channels, PathSearch.Unused, request.FeeLimit, request.MaxCltvExpiryDelta) is { } route ? new RoutesFound([route]) : null;
    }

    /// <summary>
    /// Fills our channels one after the other, so that there are few parts; where that leaves a rest that nothing carries, tries equal parts: two, four and so on.
    /// </summary>
    private static List<Route>? Split(RouteRequest request, PathSearch search, List<LocalChannel> channels)
    {
        var maxParts = Math.Min(request.MaxParts, MaxParts);
        if (maxParts < 2) return null;
        var largest = request.MaxPartAmount ?? request.Amount;
        if (Fill(request, search, channels, largest, maxParts, equalParts: false) is { } few) return few;
        for (var parts = 2; parts <= maxParts; parts *= 2)
        {
            var equal = new MilliSatoshi((request.Amount.Value + parts - 1) / parts);
            if (equal < largest && Fill(request, search, channels, equal, maxParts, equalParts: true) is { } routes) return routes;
        }

        return null;
    }

    /// <summary>Fills our channels one after the other, the fullest first, with parts of at most, or of exactly, this size. Null where that does not carry the whole amount.</summary>
    private static List<Route>? Fill(
        RouteRequest request, PathSearch search, List<LocalChannel> channels, MilliSatoshi maxPart, int maxParts, bool equalParts)
    {
        var routes = new List<Route>();
        var used = new Dictionary<DirectedChannel, MilliSatoshi>();
        var (remaining, fees) = (request.Amount, request.FeeLimit);
        var order = new List<LocalChannel>(channels);
        order.Sort(static (left, right) => left.IsFullerThan(right) ? -1 : right.IsFullerThan(left) ? 1 : 0);
        foreach (var channel in order)
        {
            var left = channel;
            while (remaining.Value > 0 && routes.Count < maxParts && left.AvailableToSend.Value > 0)
            {
                var part = MilliSatoshi.Min(remaining, maxPart);
                if (FindPart(request, search, part, left, used, fees) is not { } route || (equalParts && route.Amount < part)) break;
                routes.Add(route);
                foreach (var hop in route.Hops) used[hop.Channel] = used.GetValueOrDefault(hop.Channel) + hop.Amount;
                remaining -= route.Amount;
                fees -= route.Fee;
                left = left with { AvailableToSend = left.AvailableToSend - route.TotalAmount };
            }
        }

        return remaining.Value == 0 ? routes : null;
    }

    /// <summary>A route for the part, or for as much of it as the channel can carry with the fees on top.</summary>
    private static Route? FindPart(
        RouteRequest request, PathSearch search, MilliSatoshi wanted, LocalChannel channel, Dictionary<DirectedChannel, MilliSatoshi> used, MilliSatoshi maxFee)
    {
        Route? largest = null;
        var part = MilliSatoshi.Min(wanted, channel.AvailableToSend);
        for (var i = 0; i < MaxResizes && part.Value > 0; i++)
        {
            // As if the channel had no limit: how much too much, or too little, it is says how to resize the part.
            if (search.Find(part, [channel with { AvailableToSend = NoLimit }], used, maxFee, request.MaxCltvExpiryDelta) is not { } route) break;
            var room = channel.AvailableToSend - route.TotalAmount;
            if (room.Value < 0)
            {
                part += room;
                continue;
            }

            if (largest is null || route.Amount > largest.Amount) largest = route;
            var larger = MilliSatoshi.Min(wanted, part + new MilliSatoshi((long)((Int128)room.Value * part.Value / route.TotalAmount.Value)));
            if (larger <= part) break;
            part = larger;
        }

        return largest;
    }

    /// <summary>Finds out, by searching without it, which limit stands in the way whatever our own channels hold. Null where none does: then parts may help.</summary>
    private static RouteNotFound? Obstacle(RouteRequest request, PathSearch search, List<LocalChannel> channels)
    {
        var part = MilliSatoshi.Min(request.Amount, request.MaxPartAmount ?? request.Amount);
        var unlimited = channels.ConvertAll(c => c with { AvailableToSend = NoLimit, HtlcMinimum = MilliSatoshi.Zero });
        var unhurried = request.FinalCltvExpiryDelta + 100_000;
        if (search.Find(part, unlimited, PathSearch.Unused, request.FeeLimit, request.MaxCltvExpiryDelta) is not null) return null;
        if (search.Find(part, unlimited, PathSearch.Unused, NoLimit, unhurried) is not { } any)
        {
            // A part may pass where the whole does not: the network's channels have limits too.
            return request.MaxParts > 1 && search.Find(SmallestPart(request), unlimited, PathSearch.Unused, request.FeeLimit, request.MaxCltvExpiryDelta) is not null
                ? null
                : new RouteNotFound(RouteNotFoundReason.NoRoute, "Neither our own channels nor the invoice's hints nor the known network lead to the payee with this amount.");
        }

        return search.Find(part, unlimited, PathSearch.Unused, NoLimit, request.MaxCltvExpiryDelta) is { } fastEnough
            ? new RouteNotFound(RouteNotFoundReason.FeeLimitExceeded, $"The cheapest way costs {fastEnough.Fee}, more than the {request.FeeLimit} allowed.")
            : CltvLimitExceeded(request, any.CltvExpiry - request.CurrentHeight);
    }

    private static MilliSatoshi SmallestPart(RouteRequest request) => new(Math.Max(1, request.Amount.Value / Math.Clamp(request.MaxParts, 1, MaxParts)));

    private static RouteResult InParts(RouteRequest request, PathSearch search, List<LocalChannel> channels)
    {
        if (Split(request, search, channels) is { } routes) return new RoutesFound([.. routes]);
        if (request.MaxParts < MaxParts && Split(request with { MaxParts = MaxParts }, search, channels) is { } many)
        {
            return new RouteNotFound(
                RouteNotFoundReason.TooManyParts, $"No single channel can carry {request.Amount}: it takes {many.Count} parts, and {Math.Max(1, request.MaxParts)} may be used.");
        }

        var taken = channels.ConvertAll(static c => c with { HtlcMinimum = MilliSatoshi.Zero });
        if (search.Find(request.Amount, taken, PathSearch.Unused, request.FeeLimit, request.MaxCltvExpiryDelta) is not null)
            return new RouteNotFound(RouteNotFoundReason.NoRoute, $"{request.Amount} are less than the peers that lead to the payee take.");
        return new RouteNotFound(RouteNotFoundReason.InsufficientBalance, $"The channels that lead to the payee cannot send {request.Amount} and the fees on top.");
    }

    private static RouteNotFound CltvLimitExceeded(RouteRequest request, uint delta) => new(
        RouteNotFoundReason.CltvLimitExceeded, $"The payment could be locked for {delta} blocks, more than the {request.MaxCltvExpiryDelta} allowed.");
}
