namespace Lightning.Bitcoin.Crypto;

/// <summary>libsecp256k1 is not on this machine, or not where the configuration says. The message names the remedy.</summary>
public sealed class Secp256k1NotFoundException : DllNotFoundException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Where was looked, and what to install.</param>
    public Secp256k1NotFoundException(string message) : base(message)
    {
    }
}
