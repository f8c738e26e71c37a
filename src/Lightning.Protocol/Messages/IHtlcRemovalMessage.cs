namespace Lightning.Protocol.Messages;

/// <summary>The end of an HTLC that the receiver of this message offered: update_fulfill_htlc, update_fail_htlc or update_fail_malformed_htlc (BOLT 2).</summary>
public interface IHtlcRemovalMessage : IUpdateMessage
{
    /// <summary>The HTLC's id, given by who offered it.</summary>
    ulong Id { get; }
}
