namespace Lightning.Routing.Paths;

/// <summary>What a search gave: <see cref="RoutesFound"/> or <see cref="RouteNotFound"/>.</summary>
public abstract record RouteResult
{
    private protected RouteResult()
    {
    }
}
