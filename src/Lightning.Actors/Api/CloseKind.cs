namespace Lightning.Actors.Api;

/// <summary>How a channel ended.</summary>
public enum CloseKind
{
    /// <summary>Both sides agreed.</summary>
    Cooperative,

    /// <summary>We published our commitment.</summary>
    LocalForce,

    /// <summary>The peer published its commitment.</summary>
    RemoteForce,

    /// <summary>The peer published a revoked commitment.</summary>
    Breach,

    /// <summary>The funding transaction never confirmed.</summary>
    FundingCanceled,

    /// <summary>Given up.</summary>
    Abandoned,
}
