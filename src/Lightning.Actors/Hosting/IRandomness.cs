namespace Lightning.Actors.Hosting;

/// <summary>Where a node's random bytes come from: an input, so that a test can replay a run.</summary>
public interface IRandomness
{
    /// <summary>Fills <paramref name="bytes"/> with random bytes. Thread-safe.</summary>
    void Fill(Span<byte> bytes);
}
