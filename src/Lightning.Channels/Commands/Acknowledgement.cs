namespace Lightning.Channels.Commands;

/// <summary>What the origin of an HTLC has of its result.</summary>
public enum Acknowledgement
{
    /// <summary>The result: the preimage, where there is one.</summary>
    Result,

    /// <summary>The failure. It says nothing of a preimage that comes after it.</summary>
    Failure,

    /// <summary>The preimage, which came when there was nothing to be taken with it any more.</summary>
    TooLate,
}
