namespace Lightning.TestKit;

/// <summary>Where scenarios begin.</summary>
/// <example>
/// <code>
/// await using var net = await Scenario.Network("alice", "bob", "carol");
/// await net.OpenChannel("alice", "bob", 1_000_000.Sat());
/// await net.OpenChannel("bob", "carol", 1_000_000.Sat());
/// var paid = await net["alice"].Pay(await net["carol"].Invoice(50_000.Sat()));
/// paid.ShouldSettle();
/// </code>
/// </example>
public static class Scenario
{
    /// <summary>Starts nodes on a chain of their own, not connected to each other yet.</summary>
    /// <param name="nodes">Their names.</param>
    public static Task<ScenarioNetwork> Network(params string[] nodes) => Network(new ScenarioOptions(), nodes);

    /// <summary>Starts nodes on a chain of their own, not connected to each other yet.</summary>
    /// <param name="options">How the network is made.</param>
    /// <param name="nodes">Their names.</param>
    public static async Task<ScenarioNetwork> Network(ScenarioOptions options, params string[] nodes)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(nodes);
        var network = new ScenarioNetwork(options);
        try
        {
            foreach (var name in nodes) await network.AddNode(name).ConfigureAwait(false);
            return network;
        }
        catch
        {
            await network.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
