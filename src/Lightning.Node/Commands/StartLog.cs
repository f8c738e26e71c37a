namespace Lightning.Node.Commands;

/// <summary>What the start says.</summary>
internal static partial class StartLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Starting on {Network}; waiting for Bitcoin Core at {Rpc}")]
    public static partial void Connecting(ILogger logger, string network, Uri rpc);

    [LoggerMessage(Level = LogLevel.Information, Message = "{NodeId} is up; gRPC on {Grpc}, REST on {Rest}")]
    public static partial void Running(ILogger logger, NodeId nodeId, System.Net.IPEndPoint grpc, System.Net.IPEndPoint rest);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopped")]
    public static partial void Stopped(ILogger logger);
}
