using System.Collections.Immutable;
using System.Net;
using Lightning.Actors.Api;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Hosting;

/// <summary>What a node is told when it starts. Everything else it knows from its journal.</summary>
public sealed record LightningNodeOptions
{
    /// <summary>The Bitcoin network.</summary>
    public required Network Network { get; init; }

    /// <summary>The node's folder: its lock, and its database unless <see cref="PostgresConnectionString"/> is set.</summary>
    public required string DataFolder { get; init; }

    /// <summary>A PostgreSQL database that all processes of this node share; null for SQLite in the data folder.</summary>
    public string? PostgresConnectionString { get; init; }

    /// <summary>The name that the node gives itself; at most 32 bytes of UTF-8.</summary>
    public string Alias { get; init; } = "";

    /// <summary>The colour that the node gives itself, <c>#rrggbb</c>.</summary>
    public string Color { get; init; } = "#3399ff";

    /// <summary>Where the node listens for peers; port 0 takes a free one. Empty: peers cannot connect to it.</summary>
    public ImmutableArray<IPEndPoint> Listen { get; init; } = [];

    /// <summary>Addresses, <c>host:port</c>, under which peers reach the node from outside.</summary>
    public ImmutableArray<string> ExternalAddresses { get; init; } = [];

    /// <summary>Peers that are connected at all times, besides those that the node was told to keep before.</summary>
    public ImmutableArray<PeerAddress> Peers { get; init; } = [];

    /// <summary>How the node comes to know others: by default it calls nobody by itself.</summary>
    public BootstrapSettings Bootstrap { get; init; } = new();

    /// <summary>How the node's processes find each other.</summary>
    public ClusterSettings Cluster { get; init; } = new();

    /// <summary>How the node treats payments and channels.</summary>
    public NodePolicy Policy { get; init; } = new();

    /// <summary>What the node offers, accepts and risks in a channel; null for the defaults.</summary>
    public ChannelConfig? Channels { get; init; }

    /// <summary>
    /// Whether the database was restored from a copy: then its channels do nothing that others see until their peers have shown that
    /// they are current. A database that is behind <c>journal.position</c> in the data folder is treated the same without being told.
    /// </summary>
    public bool IsRestored { get; init; }

    /// <summary>HOCON that overrides the node's own; empty for none.</summary>
    public string Hocon { get; init; } = "";

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where random bytes come from.</summary>
    public IRandomness Randomness { get; init; } = SystemRandomness.Instance;
}
