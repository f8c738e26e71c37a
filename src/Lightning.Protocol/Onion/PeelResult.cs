namespace Lightning.Protocol.Onion;

/// <summary>What peeling one layer off an onion gave: <see cref="PeeledOnion"/>, <see cref="UnreadableOnion"/> or <see cref="MalformedPayload"/>.</summary>
public abstract record PeelResult
{
    private protected PeelResult()
    {
    }
}
