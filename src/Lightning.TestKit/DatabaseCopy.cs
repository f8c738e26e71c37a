namespace Lightning.TestKit;

/// <summary>A node's database as it was at one moment, from <see cref="ScenarioNode.CopyDatabase"/>. The node can be started on it as often as one likes.</summary>
public sealed class DatabaseCopy
{
    private readonly Action _restore;

    internal DatabaseCopy(ScenarioNode node, Action restore) => (Node, _restore) = (node, restore);

    /// <summary>Whose it is.</summary>
    internal ScenarioNode Node { get; }

    /// <summary>Puts it in the place of the node's database.</summary>
    internal void Restore() => _restore();
}
