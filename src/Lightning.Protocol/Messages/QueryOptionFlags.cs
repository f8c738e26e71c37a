namespace Lightning.Protocol.Messages;

/// <summary>What a reply_channel_range should also hold (BOLT 7).</summary>
[Flags]
public enum QueryOptionFlags : ulong
{
    /// <summary>Nothing more.</summary>
    None = 0,

    /// <summary>Timestamps of the channel_updates.</summary>
    Timestamps = 1,

    /// <summary>Checksums of the channel_updates.</summary>
    Checksums = 2,
}
