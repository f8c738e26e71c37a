using System.Net;
using System.Net.Sockets;
using Lightning.Node.Configuration;

namespace Lightning.Node.Hosting;

/// <summary>Looks, before anything starts, whether the node can listen where it is told to: the error then names the setting.</summary>
public static class FreePorts
{
    /// <summary>Checks every address the node is to listen at. Somebody may still take one until then; the start fails later in that case.</summary>
    /// <exception cref="ConfigurationException">At one or more of them the node cannot listen.</exception>
    public static void Check(NodeSettings settings)
    {
        var problems = new List<string>();
        Try("listen", settings.Listen);
        Try("grpc-listen", [settings.GrpcListen]);
        Try("rest-listen", [settings.RestListen]);
        if (problems.Count > 0) throw new ConfigurationException(problems);

        void Try(string setting, IEnumerable<IPEndPoint> endPoints)
        {
            foreach (var endPoint in endPoints)
            {
                using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    socket.Bind(endPoint);
                }
                catch (SocketException e)
                {
                    problems.Add($"{setting}: cannot listen at {endPoint}: {e.Message}.");
                }
            }
        }
    }
}
