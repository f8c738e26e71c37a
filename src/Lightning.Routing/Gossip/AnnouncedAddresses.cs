using Lightning.Protocol.Messages;

namespace Lightning.Routing.Gossip;

/// <summary>The addresses of a node_announcement that one may connect to (BOLT 7).</summary>
public static class AnnouncedAddresses
{
    /// <summary>Leaves out what is to be ignored: port 0, version 2 of Tor, and host names after the first.</summary>
    public static EquatableArray<NodeAddress> Usable(NodeAnnouncement announcement)
    {
        ArgumentNullException.ThrowIfNull(announcement);
        var hasHostname = false;
        var usable = new List<NodeAddress>(announcement.Addresses.Count);
        foreach (var address in announcement.Addresses)
        {
            var isHostname = address.Type == NodeAddressType.DnsHostname;
            if (address.Port == 0 || address.Type == NodeAddressType.TorV2 || (isHostname && (hasHostname || address.Host.IsEmpty))) continue;
            hasHostname |= isHostname;
            usable.Add(address);
        }

        return [.. usable];
    }
}
