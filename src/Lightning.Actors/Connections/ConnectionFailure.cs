using System.Net.Sockets;
using Lightning.Protocol.Noise;
using Lightning.Protocol.Wire;

namespace Lightning.Actors.Connections;

/// <summary>Why a connection did not come about, or broke, for the log and for whoever asked for it.</summary>
internal static class ConnectionFailure
{
    /// <summary>What went wrong, in words.</summary>
    public static string Describe(Exception cause) => cause switch
    {
        AggregateException { InnerException: { } inner } => Describe(inner),
        OperationCanceledException => "timed out",
        SocketException or NoiseException or IOException or InvalidDataException or MessageDecodeException => cause.Message,
        _ => $"{cause.GetType().Name}: {cause.Message}",
    };
}
