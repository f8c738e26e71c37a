namespace Lightning.Channels.Parameters;

/// <summary>One connection to a peer. Messages of any other connection than a channel's current one are ignored.</summary>
/// <param name="Value">Unique for each connection.</param>
public readonly record struct ConnectionId(Guid Value)
{
    /// <summary>The unique part.</summary>
    public override string ToString() => Value.ToString();
}
