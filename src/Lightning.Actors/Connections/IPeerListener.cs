using System.Net;

namespace Lightning.Actors.Connections;

/// <summary>Listens for peers until it is disposed.</summary>
internal interface IPeerListener : IDisposable
{
    /// <summary>Where it listens.</summary>
    IPEndPoint EndPoint { get; }
}
