namespace Lightning.Protocol.Messages;

/// <summary>Numbers of the messages that this node understands (BOLT 1, 2, 7).</summary>
public static class MessageType
{
    /// <summary><c>warning</c></summary>
    public const ushort Warning = 1;

    /// <summary><c>init</c></summary>
    public const ushort Init = 16;

    /// <summary><c>error</c></summary>
    public const ushort Error = 17;

    /// <summary><c>ping</c></summary>
    public const ushort Ping = 18;

    /// <summary><c>pong</c></summary>
    public const ushort Pong = 19;

    /// <summary><c>open_channel</c></summary>
    public const ushort OpenChannel = 32;

    /// <summary><c>accept_channel</c></summary>
    public const ushort AcceptChannel = 33;

    /// <summary><c>funding_created</c></summary>
    public const ushort FundingCreated = 34;

    /// <summary><c>funding_signed</c></summary>
    public const ushort FundingSigned = 35;

    /// <summary><c>channel_ready</c></summary>
    public const ushort ChannelReady = 36;

    /// <summary><c>shutdown</c></summary>
    public const ushort Shutdown = 38;

    /// <summary><c>closing_signed</c></summary>
    public const ushort ClosingSigned = 39;

    /// <summary><c>closing_complete</c></summary>
    public const ushort ClosingComplete = 40;

    /// <summary><c>closing_sig</c></summary>
    public const ushort ClosingSig = 41;

    /// <summary><c>update_add_htlc</c></summary>
    public const ushort UpdateAddHtlc = 128;

    /// <summary><c>update_fulfill_htlc</c></summary>
    public const ushort UpdateFulfillHtlc = 130;

    /// <summary><c>update_fail_htlc</c></summary>
    public const ushort UpdateFailHtlc = 131;

    /// <summary><c>commitment_signed</c></summary>
    public const ushort CommitmentSigned = 132;

    /// <summary><c>revoke_and_ack</c></summary>
    public const ushort RevokeAndAck = 133;

    /// <summary><c>update_fee</c></summary>
    public const ushort UpdateFee = 134;

    /// <summary><c>update_fail_malformed_htlc</c></summary>
    public const ushort UpdateFailMalformedHtlc = 135;

    /// <summary><c>channel_reestablish</c></summary>
    public const ushort ChannelReestablish = 136;

    /// <summary><c>channel_announcement</c></summary>
    public const ushort ChannelAnnouncement = 256;

    /// <summary><c>node_announcement</c></summary>
    public const ushort NodeAnnouncement = 257;

    /// <summary><c>channel_update</c></summary>
    public const ushort ChannelUpdate = 258;

    /// <summary><c>announcement_signatures</c></summary>
    public const ushort AnnouncementSignatures = 259;

    /// <summary><c>query_short_channel_ids</c></summary>
    public const ushort QueryShortChannelIds = 261;

    /// <summary><c>reply_short_channel_ids_end</c></summary>
    public const ushort ReplyShortChannelIdsEnd = 262;

    /// <summary><c>query_channel_range</c></summary>
    public const ushort QueryChannelRange = 263;

    /// <summary><c>reply_channel_range</c></summary>
    public const ushort ReplyChannelRange = 264;

    /// <summary><c>gossip_timestamp_filter</c></summary>
    public const ushort GossipTimestampFilter = 265;
}
