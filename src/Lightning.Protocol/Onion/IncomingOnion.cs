namespace Lightning.Protocol.Onion;

/// <summary>What the onion of an incoming HTLC tells us to do: <see cref="ForwardOnion"/>, <see cref="FinalOnion"/> or <see cref="RefusedOnion"/>.</summary>
public abstract record IncomingOnion
{
    private protected IncomingOnion()
    {
    }
}
