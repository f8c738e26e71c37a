namespace Lightning.Routing.Paths;

/// <summary>One route a part; together they deliver what was asked for, within the limits.</summary>
/// <param name="Routes">At least one.</param>
public sealed record RoutesFound(EquatableArray<Route> Routes) : RouteResult
{
    /// <summary>What all parts pay in fees.</summary>
    public MilliSatoshi Fee
    {
        get
        {
            var fee = MilliSatoshi.Zero;
            foreach (var route in Routes) fee += route.Fee;
            return fee;
        }
    }
}
