namespace Lightning.Routing.Paths;

/// <summary>
/// Splits a payment by our own channels: fills them one after the other, so that there are few parts; where that leaves a rest that nothing carries, tries equal
/// parts: two, four and so on.
/// </summary>
internal static class ChannelFiller
{
    /// <summary>How often a part is resized so that it fits into its channel together with its fees.</summary>
    private const int MaxResizes = 8;

    /// <summary>Splits a payment; null where the parts do not carry the whole amount.</summary>
    public static List<Route>? Split(RouteSearch search, RouteRequest request, List<LocalChannel> channels)
    {
        var maxParts = Math.Min(request.MaxParts, PathFinder.MaxParts);
        if (maxParts < 2) return null;
        var largest = request.MaxPartAmount ?? request.Amount;
        if (Fill(search, request, channels, largest, maxParts, equalParts: false) is { } few) return few;
        for (var parts = 2; parts <= maxParts; parts *= 2)
        {
            var equal = new MilliSatoshi((request.Amount.Value + parts - 1) / parts);
            if (equal < largest && Fill(search, request, channels, equal, maxParts, equalParts: true) is { } routes) return routes;
        }

        return null;
    }

    /// <summary>Fills our channels one after the other, the fullest first, with parts of at most, or of exactly, this size. Null where that does not carry the whole amount.</summary>
    private static List<Route>? Fill(
        RouteSearch search, RouteRequest request, List<LocalChannel> channels, MilliSatoshi maxPart, int maxParts, bool equalParts)
    {
        var routes = new List<Route>();
        var (remaining, fees) = (request.Amount, request.FeeLimit);
        var order = new List<LocalChannel>(channels);
        order.Sort(static (left, right) => left.IsFullerThan(right) ? -1 : right.IsFullerThan(left) ? 1 : 0);

        // A node with a thousand channels need not try them all: those that are left hold less and less.
        if (order.Count > maxParts * 2) order.RemoveRange(maxParts * 2, order.Count - (maxParts * 2));
        search.Graph.ClearUsed();
        foreach (var channel in order)
        {
            var left = channel;
            while (remaining.Value > 0 && routes.Count < maxParts && left.AvailableToSend.Value > 0)
            {
                var part = MilliSatoshi.Min(remaining, maxPart);
                if (FindPart(search, request, part, left, fees) is not { } path || (equalParts && path.Amount < part.Value)) break;
                var route = path.ToRoute();
                routes.Add(route);
                path.Use();
                remaining -= route.Amount;
                fees -= route.Fee;
                left = left with { AvailableToSend = left.AvailableToSend - route.TotalAmount };
            }
        }

        search.Graph.ClearUsed();
        return remaining.Value == 0 ? routes : null;
    }

    /// <summary>A path for the part, or for as much of it as the channel can carry with the fees on top.</summary>
    private static FoundPath? FindPart(RouteSearch search, RouteRequest request, MilliSatoshi wanted, LocalChannel channel, MilliSatoshi maxFee)
    {
        FoundPath? largest = null;
        var part = MilliSatoshi.Min(wanted, channel.AvailableToSend);
        for (var i = 0; i < MaxResizes && part.Value > 0; i++)
        {
            // As if the channel had no limit: how much too much, or too little, it is says how to resize the part.
            if (search.Find(part, [channel with { AvailableToSend = new(long.MaxValue) }], maxFee, request.MaxCltvExpiryDelta) is not { } path) break;
            var total = new MilliSatoshi(path.Amounts()[0]);
            var room = channel.AvailableToSend - total;
            if (room.Value < 0)
            {
                part += room;
                continue;
            }

            if (largest is null || path.Amount > largest.Amount) largest = path;
            var larger = MilliSatoshi.Min(wanted, part + new MilliSatoshi((long)((Int128)room.Value * part.Value / total.Value)));
            if (larger <= part) break;
            part = larger;
        }

        return largest;
    }
}
