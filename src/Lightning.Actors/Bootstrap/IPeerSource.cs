using Lightning.Actors.Api;

namespace Lightning.Actors.Bootstrap;

/// <summary>Where a node finds others of which it knows nothing yet.</summary>
internal interface IPeerSource
{
    /// <summary>For the log.</summary>
    string Name { get; }

    /// <summary>Some nodes and where they may be; another choice each time, as far as possible.</summary>
    /// <param name="wanted">About how many.</param>
    /// <param name="cancellation">Gives it up.</param>
    /// <exception cref="IOException">Nothing could be asked.</exception>
    Task<IReadOnlyList<PeerAddress>> FindAsync(int wanted, CancellationToken cancellation);
}
