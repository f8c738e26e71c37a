using System.Collections.Immutable;

namespace Lightning.Actors.Hosting;

/// <summary>The place of one process among the processes of its node.</summary>
public sealed record ClusterSettings
{
    /// <summary>The address that the other processes reach this one at.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The TCP port for the other processes; 0 takes a free one, enough for a node of one process.</summary>
    public int Port { get; init; }

    /// <summary><c>host:port</c> of processes to join, this one perhaps among them. Empty: this process is a cluster of its own.</summary>
    public ImmutableArray<string> Seeds { get; init; } = [];

    /// <summary>Number of shards of each kind of entity. Fixed for the life of a database: about ten times the largest number of processes.</summary>
    public int Shards { get; init; } = 64;
}
