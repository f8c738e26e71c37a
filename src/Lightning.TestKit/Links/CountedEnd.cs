using Lightning.Protocol.Messages;

namespace Lightning.TestKit.Links;

/// <summary>What is known of one end of a TCP connection between two nodes. Changed by <see cref="TcpConnections"/> alone, under its lock.</summary>
internal sealed class CountedEnd
{
    /// <summary>The node's name in the network; empty where nobody knows.</summary>
    public string Name { get; set; } = "";

    /// <summary>The other end.</summary>
    public CountedEnd Other { get; set; } = null!;

    /// <summary>Whether its handshake is done.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Whether it reads, and so notices what the other end does.</summary>
    public bool IsReading { get; set; }

    /// <summary>Whether it ends by itself as soon as all is sent.</summary>
    public bool IsCompleted { get; set; }

    /// <summary>Whether it is closed, or has noticed that the other one is.</summary>
    public bool IsOver { get; set; }

    /// <summary>So many messages it would still read.</summary>
    public int Credit { get; set; }

    /// <summary>What it has sent and the other end has not heard, oldest first.</summary>
    public List<LightningMessage> Unheard { get; } = [];

    /// <summary>How many things will come to happen at this end without anybody doing anything: messages that it will hear, and the connection's end.</summary>
    public int Expected
    {
        get
        {
            if (!IsReading || IsOver) return 0;
            var messages = Math.Min(Other.Unheard.Count, Credit);
            var end = IsCompleted || (Other.IsOver && (Credit > 0 || Other.Unheard.Count == 0));
            return messages + (end ? 1 : 0);
        }
    }
}
