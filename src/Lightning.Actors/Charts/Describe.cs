using System.Globalization;
using System.Text;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Actors.Charts;

/// <summary>
/// One-line texts for people, in the names of the BOLTs: for charts, logs and failed tests. Never a secret: ids, hashes, amounts and numbers only, no keys,
/// signatures, preimages or per-commitment secrets. What a peer wrote is made harmless.
/// </summary>
public static partial class Describe
{
    /// <summary>A text of a peer is cut after so many of its bytes.</summary>
    private const int LongestQuote = 120;

    /// <summary>So many items of a list are named.</summary>
    private const int LongestList = 4;

    /// <summary>A message between two nodes.</summary>
    public static string Message(LightningMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message switch
        {
            IUpdateMessage update => Update(update),
            IChannelMessage => OfChannel(message),
            ITemporaryChannelMessage => OfOpening(message),
            Warning warning => $"warning{(warning.IsConnectionWide ? " for all channels" : "")} {Quote(warning.Data.Span)}",
            Error error => $"error{(error.IsConnectionWide ? " for all channels" : "")} {Quote(error.Data.Span)}",
            Init init => $"init with features {string.Join(", ", init.AllFeatures.Bits())}",
            Ping ping => ping.PongLength >= Ping.NoPong ? "ping without answer" : $"ping for {Count(ping.PongLength, "byte")}",
            Pong pong => $"pong of {Count(pong.Ignored.Length, "byte")}",
            UnknownMessage unknown => string.Create(CultureInfo.InvariantCulture, $"unknown message {unknown.UnknownType} of {Count(unknown.Payload.Length, "byte")}"),
            _ => OfGossip(message),
        };
    }

    /// <summary>An update of both commitments: the content of an update_ message.</summary>
    public static string Update(CommitmentUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return update switch
        {
            CommitmentUpdate.AddHtlc add => Add(add.Id, add.Amount, add.CltvExpiry),
            CommitmentUpdate.FulfillHtlc fulfill => Named("update_fulfill_htlc", fulfill.Id),
            CommitmentUpdate.FailHtlc fail => Named("update_fail_htlc", fail.Id),
            CommitmentUpdate.FailMalformedHtlc malformed => Malformed(malformed.Id, malformed.FailureCode),
            CommitmentUpdate.Fee fee => $"update_fee {fee.Feerate}",
            _ => update.GetType().Name,
        };
    }

    /// <summary>A text that may be anybody's, on one line: what a terminal would obey stands as its number, and what is very long is cut.</summary>
    public static string Text(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ChartText.Cut(ChartText.Harmless(text), LongestQuote);
    }

    private static string Update(IUpdateMessage update) => update switch
    {
        UpdateAddHtlc add => Add(add.Id, add.Amount, add.CltvExpiry),
        UpdateFulfillHtlc fulfill => Named("update_fulfill_htlc", fulfill.Id),
        UpdateFailHtlc fail => Named("update_fail_htlc", fail.Id),
        UpdateFailMalformedHtlc malformed => Malformed(malformed.Id, malformed.FailureCode),
        UpdateFee fee => $"update_fee {fee.Feerate}",
        _ => update.GetType().Name,
    };

    private static string OfOpening(LightningMessage message) => message switch
    {
        OpenChannel open => $"open_channel {Sat(open.Funding)}, {Msat(open.Push)} pushed, {open.Feerate}",
        AcceptChannel accept => string.Create(CultureInfo.InvariantCulture, $"accept_channel minimum depth {accept.MinimumDepth}, reserve {Sat(accept.ChannelReserve)}, delay {accept.ToSelfDelay}"),
        FundingCreated created => $"funding_created {Short(created.FundingOutPoint)}",
        _ => message.GetType().Name,
    };

    private static string OfChannel(LightningMessage message) => message switch
    {
        FundingSigned => "funding_signed",
        ChannelReady ready => ready.Alias is { } alias ? $"channel_ready alias {alias}" : "channel_ready",
        CommitmentSigned signed => signed.HtlcSignatures.IsEmpty ? "commitment_signed" : $"commitment_signed ({Count(signed.HtlcSignatures.Count, "HTLC signature")})",
        RevokeAndAck => "revoke_and_ack",
        ChannelReestablish again => string.Create(
            CultureInfo.InvariantCulture, $"channel_reestablish next commitment {again.NextCommitmentNumber}, next revocation {again.NextRevocationNumber}"),
        Shutdown shutdown => $"shutdown to a script of {Count(shutdown.ScriptPubKey.Bytes.Length, "byte")}",
        ClosingSigned { FeeRange: { } range } closing => $"closing_signed fee {Sat(closing.Fee)}, {Sat(range.Minimum)} to {Sat(range.Maximum)} accepted",
        ClosingSigned closing => $"closing_signed fee {Sat(closing.Fee)}",
        ClosingComplete closing => string.Create(CultureInfo.InvariantCulture, $"closing_complete fee {Sat(closing.Fee)}, lock time {closing.LockTime}"),
        ClosingSig closing => string.Create(CultureInfo.InvariantCulture, $"closing_sig fee {Sat(closing.Fee)}, lock time {closing.LockTime}"),
        AnnouncementSignatures signatures => $"announcement_signatures {signatures.ShortChannelId}",
        _ => message.GetType().Name,
    };

    private static string OfGossip(LightningMessage message) => message switch
    {
        ChannelAnnouncement channel => $"channel_announcement {channel.ShortChannelId}",
        NodeAnnouncement node => $"node_announcement {node.NodeId} {Quote(Encoding.UTF8.GetBytes(node.Alias.Text))}",
        ChannelUpdate update => string.Create(
            CultureInfo.InvariantCulture,
            $"channel_update {update.ShortChannelId} direction {update.Direction}{(update.IsDisabled ? ", disabled" : "")}, fee {Msat(update.FeeBase)} and {update.FeeProportionalMillionths} ppm, delta {update.CltvExpiryDelta}"),
        QueryShortChannelIds query => $"query_short_channel_ids of {Count(query.ShortChannelIds.Count, "channel")}",
        ReplyShortChannelIdsEnd end => string.Create(CultureInfo.InvariantCulture, $"reply_short_channel_ids_end full information {end.FullInformation}"),
        QueryChannelRange query => string.Create(CultureInfo.InvariantCulture, $"query_channel_range {Count(query.NumberOfBlocks, "block")} from {query.FirstBlockHeight}"),
        ReplyChannelRange reply => string.Create(
            CultureInfo.InvariantCulture, $"reply_channel_range {Count(reply.ShortChannelIds.Count, "channel")} in {Count(reply.NumberOfBlocks, "block")} from {reply.FirstBlockHeight}"),
        GossipTimestampFilter filter => string.Create(CultureInfo.InvariantCulture, $"gossip_timestamp_filter from {filter.FirstTimestamp} for {filter.TimestampRange}"),
        _ => message.GetType().Name,
    };

    private static string Add(ulong id, MilliSatoshi amount, uint expiry) => string.Create(CultureInfo.InvariantCulture, $"update_add_htlc {id} {Msat(amount)} expiry {expiry}");

    private static string Malformed(ulong id, ushort failure) => string.Create(CultureInfo.InvariantCulture, $"update_fail_malformed_htlc {id} failure 0x{failure:x4}");

    private static string Named(string message, ulong id) => string.Create(CultureInfo.InvariantCulture, $"{message} {id}");

    private static string Sat(Satoshi amount) => string.Create(CultureInfo.InvariantCulture, $"{amount.Value:N0} sat");

    private static string Msat(MilliSatoshi amount) => string.Create(CultureInfo.InvariantCulture, $"{amount.Value:N0} msat");

    private static string Count(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Height(uint height) => string.Create(CultureInfo.InvariantCulture, $"block {height}");

    /// <summary>The first digits of a hash: enough to tell two apart.</summary>
    private static string Short(string hash) => hash.Length > 12 ? hash[..8] + "…" : hash;

    private static string Short(TxId transaction) => Short(transaction.ToString());

    private static string Short(OutPoint output) => string.Create(CultureInfo.InvariantCulture, $"{Short(output.TxId)}:{output.Index}");

    private static string Origin(HtlcOrigin origin) => origin switch
    {
        HtlcOrigin.Local local => string.Create(CultureInfo.InvariantCulture, $"payment {Short(local.Payment.ToString())} attempt {local.Attempt} part {local.Part}"),
        HtlcOrigin.Relayed relayed => string.Create(CultureInfo.InvariantCulture, $"HTLC {relayed.HtlcId} of channel {relayed.Channel}"),
        _ => origin.GetType().Name,
    };

    private static string Ids(string what, IEnumerable<ulong> ids) =>
        Listed(ids.Select(id => string.Create(CultureInfo.InvariantCulture, $"{id}")).ToList()) is var list && list.Contains(',', StringComparison.Ordinal) ? $"{what}s {list}" : $"{what} {list}";

    private static string Updates(IEnumerable<CommitmentUpdate> updates) => Listed(updates.Select(Update).ToList());

    private static string Listed(List<string> items)
    {
        if (items.Count == 0) return "none";
        var named = string.Join(", ", items.Take(LongestList));
        return items.Count <= LongestList ? named : string.Create(CultureInfo.InvariantCulture, $"{named}, and {items.Count - LongestList} more");
    }

    /// <summary>In quotes, all but printable ASCII as <c>\x1b</c>, and cut.</summary>
    private static string Quote(ReadOnlySpan<byte> text)
    {
        var quoted = new StringBuilder("\"", Math.Min(text.Length, LongestQuote) + 3);
        foreach (var value in text[..Math.Min(text.Length, LongestQuote)])
        {
            if (value is (byte)'"' or (byte)'\\') quoted.Append('\\').Append((char)value);
            else if (value is >= 0x20 and < 0x7f) quoted.Append((char)value);
            else quoted.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
        }

        if (text.Length > LongestQuote) quoted.Append('…');
        return quoted.Append('"').ToString();
    }
}
