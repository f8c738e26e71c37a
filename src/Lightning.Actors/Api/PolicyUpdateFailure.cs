namespace Lightning.Actors.Api;

/// <summary>Why a channel's terms were not changed.</summary>
public enum PolicyUpdateFailure
{
    /// <summary>The channel is not open yet, or not any more.</summary>
    Pending = 0,

    /// <summary>There is no such channel.</summary>
    NotFound = 1,

    /// <summary>The channel cannot ask such terms.</summary>
    InvalidParameter = 2,

    /// <summary>The node could not do it; it may be tried again.</summary>
    Internal = 3,
}
