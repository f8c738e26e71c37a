using System.Buffers.Binary;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Onion;

/// <summary>
/// A failure as the erring node wrote it (BOLT 4, "Failure Messages"): a code and the data that belongs to it. Unknown codes and bytes behind the known
/// data are kept; the properties read the data and are null where the code has no such data or the data is too short.
/// </summary>
/// <param name="Code">Why.</param>
/// <param name="Data">The bytes behind the code, a trailing TLV stream included.</param>
public sealed record FailureMessage(FailureCode Code, Bytes Data)
{
    /// <summary>A failure without data.</summary>
    public FailureMessage(FailureCode code)
        : this(code, Bytes.Empty)
    {
    }

    /// <summary>Whether trying again does not help.</summary>
    public bool IsPermanent => (Code & FailureCode.Perm) != FailureCode.None;

    /// <summary>Whether the whole node failed, not one of its channels.</summary>
    public bool IsNodeFailure => (Code & FailureCode.Node) != FailureCode.None;

    /// <summary>Whether the onion could not be read: the failure came as <c>update_fail_malformed_htlc</c> from the node that found it.</summary>
    public bool IsBadOnion => (Code & FailureCode.BadOnion) != FailureCode.None;

    /// <summary>The HTLC's amount as the erring node saw it.</summary>
    public MilliSatoshi? HtlcAmount => Code switch
    {
        FailureCode.AmountBelowMinimum or FailureCode.FeeInsufficient or FailureCode.IncorrectOrUnknownPaymentDetails or FailureCode.FinalIncorrectHtlcAmount
            when Data.Length >= 8 && BinaryPrimitives.ReadUInt64BigEndian(Data.Span) is <= long.MaxValue and var amount => new MilliSatoshi((long)amount),
        _ => null,
    };

    /// <summary>The final node's block height (incorrect_or_unknown_payment_details).</summary>
    public uint? Height => Code == FailureCode.IncorrectOrUnknownPaymentDetails && Data.Length >= 12 ? BinaryPrimitives.ReadUInt32BigEndian(Data.Span[8..]) : null;

    /// <summary>The HTLC's expiry as the erring node saw it, a block height.</summary>
    public uint? CltvExpiry => Code is FailureCode.IncorrectCltvExpiry or FailureCode.FinalIncorrectCltvExpiry && Data.Length >= 4
        ? BinaryPrimitives.ReadUInt32BigEndian(Data.Span)
        : null;

    /// <summary>SHA-256 of the onion that could not be read.</summary>
    public Bytes32? OnionHash => IsBadOnion && Data.Length >= Bytes32.Size ? new Bytes32(Data.Span[..Bytes32.Size]) : null;

    /// <summary>
    /// The enclosed <c>channel_update</c>, with or without its message type. Of use for a retry of the same payment at most: to take it into the graph, or to
    /// pass it on, shows everybody who sent the payment (BOLT 4).
    /// </summary>
    public Bytes? ChannelUpdate
    {
        get
        {
            var offset = UpdateOffset;
            if (offset < 0 || Data.Length < offset + 2) return null;
            var length = BinaryPrimitives.ReadUInt16BigEndian(Data.Span[offset..]);
            return length > 0 && Data.Length >= offset + 2 + length ? new Bytes(Data.Span.Slice(offset + 2, length)) : null;
        }
    }

    /// <summary>The same with the terms that hold, for a retry of the payment; itself where its code has no place for them.</summary>
    /// <param name="channelUpdate">A <c>channel_update</c> of the channel at fault, with its message type.</param>
    public FailureMessage Enclosing(ReadOnlySpan<byte> channelUpdate)
    {
        var offset = UpdateOffset;
        if (offset < 0 || Data.Length < offset) return this;
        var data = new byte[offset + 2 + channelUpdate.Length];
        Data.Span[..offset].CopyTo(data);
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(offset), checked((ushort)channelUpdate.Length));
        channelUpdate.CopyTo(data.AsSpan(offset + 2));
        return this with { Data = Bytes.Wrap(data) };
    }

    /// <summary>temporary_channel_failure, without a <c>channel_update</c>, as are all that are made here: BOLT 4 leaves it open, and <see cref="Enclosing"/> adds it.</summary>
    public static FailureMessage TemporaryChannelFailure() => new(FailureCode.TemporaryChannelFailure, NoChannelUpdate(default));

    /// <summary>amount_below_minimum.</summary>
    /// <param name="amount">Amount of the outgoing HTLC.</param>
    public static FailureMessage AmountBelowMinimum(MilliSatoshi amount) => new(FailureCode.AmountBelowMinimum, NoChannelUpdate(U64(amount)));

    /// <summary>fee_insufficient.</summary>
    /// <param name="amount">Amount of the incoming HTLC.</param>
    public static FailureMessage FeeInsufficient(MilliSatoshi amount) => new(FailureCode.FeeInsufficient, NoChannelUpdate(U64(amount)));

    /// <summary>incorrect_cltv_expiry.</summary>
    /// <param name="cltvExpiry">Block height at which the outgoing HTLC would expire.</param>
    public static FailureMessage IncorrectCltvExpiry(uint cltvExpiry) => new(FailureCode.IncorrectCltvExpiry, NoChannelUpdate(U32(cltvExpiry)));

    /// <summary>expiry_too_soon.</summary>
    public static FailureMessage ExpiryTooSoon() => new(FailureCode.ExpiryTooSoon, NoChannelUpdate(default));

    /// <summary>channel_disabled.</summary>
    public static FailureMessage ChannelDisabled() => new(FailureCode.ChannelDisabled, NoChannelUpdate([0, 0]));

    /// <summary>incorrect_or_unknown_payment_details: whatever is wrong with a payment to us, so that nobody can probe for what it is.</summary>
    /// <param name="amount">Amount of the HTLC.</param>
    /// <param name="height">Our block height when the HTLC came.</param>
    public static FailureMessage IncorrectOrUnknownPaymentDetails(MilliSatoshi amount, uint height)
    {
        var data = new byte[12];
        BinaryPrimitives.WriteInt64BigEndian(data, amount.Value);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(8), height);
        return new FailureMessage(FailureCode.IncorrectOrUnknownPaymentDetails, Bytes.Wrap(data));
    }

    /// <summary>final_incorrect_cltv_expiry.</summary>
    /// <param name="cltvExpiry">The HTLC's expiry, a block height.</param>
    public static FailureMessage FinalIncorrectCltvExpiry(uint cltvExpiry) => new(FailureCode.FinalIncorrectCltvExpiry, Bytes.Wrap(U32(cltvExpiry)));

    /// <summary>final_incorrect_htlc_amount.</summary>
    /// <param name="amount">The HTLC's amount.</param>
    public static FailureMessage FinalIncorrectHtlcAmount(MilliSatoshi amount) => new(FailureCode.FinalIncorrectHtlcAmount, Bytes.Wrap(U64(amount)));

    /// <summary>invalid_onion_payload.</summary>
    /// <param name="type">The TLV type at fault; 0 where it cannot be told.</param>
    /// <param name="offset">Where it starts in the payload, in bytes.</param>
    public static FailureMessage InvalidOnionPayload(ulong type, int offset)
    {
        Span<byte> data = stackalloc byte[11];
        var length = BigSize.Write(data, type);
        BinaryPrimitives.WriteUInt16BigEndian(data[length..], (ushort)Math.Clamp(offset, 0, ushort.MaxValue));
        return new FailureMessage(FailureCode.InvalidOnionPayload, new Bytes(data[..(length + 2)]));
    }

    /// <summary>A failure of the BADONION kind, made from an <c>update_fail_malformed_htlc</c> of the next peer.</summary>
    /// <param name="code">The code; must have the BADONION flag.</param>
    /// <param name="onionHash">SHA-256 of the onion.</param>
    /// <exception cref="ArgumentException">The code lacks the flag.</exception>
    public static FailureMessage BadOnion(FailureCode code, in Bytes32 onionHash)
    {
        if ((code & FailureCode.BadOnion) == FailureCode.None) throw new ArgumentException($"{code} does not have the BADONION flag.", nameof(code));
        return new FailureMessage(code, new Bytes(onionHash.Span));
    }

    /// <summary>Code and data as they stand inside a failure onion.</summary>
    public byte[] Encode()
    {
        var encoded = new byte[2 + Data.Length];
        BinaryPrimitives.WriteUInt16BigEndian(encoded, (ushort)Code);
        Data.Span.CopyTo(encoded.AsSpan(2));
        return encoded;
    }

    /// <summary>Reads what <see cref="Encode"/> writes; any code and any data are fine.</summary>
    /// <exception cref="FormatException">Shorter than a code.</exception>
    public static FailureMessage Decode(ReadOnlySpan<byte> encoded) => encoded.Length >= 2
        ? new FailureMessage((FailureCode)BinaryPrimitives.ReadUInt16BigEndian(encoded), new Bytes(encoded[2..]))
        : throw new FormatException($"A failure message has at least 2 bytes, got {encoded.Length}.");

    /// <summary>The code and the size of the data.</summary>
    public override string ToString() => Enum.IsDefined(Code) ? $"{Code}" : $"failure 0x{(ushort)Code:x4}";

    // Where the enclosed channel_update's length stands; -1 where there is none.
    private int UpdateOffset => Code switch
    {
        FailureCode.TemporaryChannelFailure or FailureCode.ExpiryTooSoon => 0,
        FailureCode.ChannelDisabled => 2,
        FailureCode.IncorrectCltvExpiry => 4,
        FailureCode.AmountBelowMinimum or FailureCode.FeeInsufficient => 8,
        _ => -1,
    };

    private static Bytes NoChannelUpdate(ReadOnlySpan<byte> data)
    {
        var all = new byte[data.Length + 2];
        data.CopyTo(all);
        return Bytes.Wrap(all);
    }

    private static byte[] U64(MilliSatoshi amount)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, amount.Value);
        return bytes;
    }

    private static byte[] U32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
