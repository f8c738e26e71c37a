namespace Lightning.Protocol.Noise;

/// <summary>What went wrong in the encrypted transport (BOLT 8).</summary>
public enum NoiseFailure
{
    /// <summary>An act is too short or too long.</summary>
    BadLength,

    /// <summary>An act begins with an unknown version.</summary>
    BadVersion,

    /// <summary>A public key is not a point of the curve.</summary>
    BadPublicKey,

    /// <summary>The initiator's encrypted static key does not authenticate.</summary>
    BadCiphertext,

    /// <summary>A tag does not authenticate: wrong key, or somebody changed the bytes.</summary>
    BadTag,
}
