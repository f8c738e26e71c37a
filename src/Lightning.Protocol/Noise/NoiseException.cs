namespace Lightning.Protocol.Noise;

/// <summary>The handshake or the encrypted transport failed: the connection must be closed without another word (BOLT 8).</summary>
public sealed class NoiseException : Exception
{
    /// <summary>Names the act, or 0 for a message after the handshake.</summary>
    public NoiseException(int act, NoiseFailure failure)
        : base(act == 0 ? $"The encrypted transport failed: {failure}." : $"Act {act} of the handshake failed: {failure}.") => (Act, Failure) = (act, failure);

    /// <summary>1 to 3, or 0 for a message after the handshake.</summary>
    public int Act { get; }

    /// <summary>What went wrong.</summary>
    public NoiseFailure Failure { get; }
}
