using Lightning.Protocol.Messages;

namespace Lightning.TestKit.Links;

/// <summary>Is told what happens on links.</summary>
internal abstract class LinkObserver
{
    /// <summary>A message has arrived.</summary>
    public abstract void Delivered(string from, string to, LightningMessage message);

    /// <summary>A message will not arrive.</summary>
    public abstract void Lost(string from, string to, LightningMessage message, string why);

    /// <summary>Two nodes are connected, or are not any more.</summary>
    public abstract void Connected(string one, string other, bool isConnected);
}
