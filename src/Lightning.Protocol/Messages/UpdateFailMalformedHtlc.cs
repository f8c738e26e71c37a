using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>Refuses an HTLC whose onion could not be read, so that no failure could be encrypted (BOLT 2, type 135).</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="Id">The HTLC.</param>
/// <param name="Sha256OfOnion">SHA-256 of the onion as it was received; all zeros inside a blinded path.</param>
/// <param name="FailureCode">A failure code of BOLT 4 with the BADONION bit.</param>
public sealed record UpdateFailMalformedHtlc(ChannelId ChannelId, ulong Id, Bytes32 Sha256OfOnion, ushort FailureCode) : ExtensibleMessage, IHtlcRemovalMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.UpdateFailMalformedHtlc;

    internal override void Write(ref WireWriter writer)
    {
        writer.ChannelId(ChannelId);
        writer.U64(Id);
        writer.Bytes32(Sha256OfOnion);
        writer.U16(FailureCode);
        writer.BeginTlvs(Extension);
        writer.EndTlvs();
    }

    internal static UpdateFailMalformedHtlc Read(ref WireReader reader)
    {
        var channelId = reader.ChannelId();
        var id = reader.U64("id");
        var hash = reader.Bytes32("sha256_of_onion");
        var failureCode = reader.U16("failure_code");
        var tlvs = reader.Tlvs("update_fail_malformed_htlc_tlvs");
        while (tlvs.Next()) tlvs.KeepUnknown();
        return new UpdateFailMalformedHtlc(channelId, id, hash, failureCode) { Extension = tlvs.Unknown };
    }
}
