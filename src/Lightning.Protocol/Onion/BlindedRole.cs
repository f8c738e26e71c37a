namespace Lightning.Protocol.Onion;

/// <summary>Where a node stands in a blinded path. Values are persisted: never change them.</summary>
public enum BlindedRole
{
    /// <summary>In none, or it is the final node and its own introduction node: failures are ordinary ones.</summary>
    None = 0,

    /// <summary>It is where the path begins: every failure becomes an encrypted invalid_onion_blinding.</summary>
    Introduction = 1,

    /// <summary>It is behind the introduction node: every failure becomes an <c>update_fail_malformed_htlc</c> with invalid_onion_blinding.</summary>
    Inside = 2,
}
