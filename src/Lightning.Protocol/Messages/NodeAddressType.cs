namespace Lightning.Protocol.Messages;

/// <summary>Kinds of addresses in announcements (BOLT 7).</summary>
public enum NodeAddressType : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>4 bytes.</summary>
    IPv4 = 1,

    /// <summary>16 bytes.</summary>
    IPv6 = 2,

    /// <summary>10 bytes; obsolete, to be ignored.</summary>
    TorV2 = 3,

    /// <summary>35 bytes: key, checksum, version.</summary>
    TorV3 = 4,

    /// <summary>An ASCII host name of at most 255 bytes.</summary>
    DnsHostname = 5,
}
