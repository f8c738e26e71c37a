using System.Security.Cryptography;

namespace Lightning.Actors.Hosting;

/// <summary>The operating system's cryptographic generator.</summary>
public sealed class SystemRandomness : IRandomness
{
    /// <summary>The only instance.</summary>
    public static SystemRandomness Instance { get; } = new();

    /// <inheritdoc/>
    public void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
}
