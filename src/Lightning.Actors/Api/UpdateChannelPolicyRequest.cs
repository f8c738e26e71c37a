namespace Lightning.Actors.Api;

/// <summary>Changes the terms on which forwards over channels are taken; null leaves a term as it is.</summary>
public sealed record UpdateChannelPolicyRequest
{
    /// <summary>The funding outpoint of the channel; null for all open channels.</summary>
    public OutPoint? Channel { get; init; }

    /// <summary>Fee for any payment; millisatoshi.</summary>
    public MilliSatoshi? FeeBase { get; init; }

    /// <summary>Fee in millionths of the amount.</summary>
    public uint? FeeProportionalMillionths { get; init; }

    /// <summary>Blocks between the incoming and the outgoing expiry.</summary>
    public ushort? CltvExpiryDelta { get; init; }

    /// <summary>The smallest payment; millisatoshi.</summary>
    public MilliSatoshi? HtlcMinimum { get; init; }

    /// <summary>The largest payment; millisatoshi.</summary>
    public MilliSatoshi? HtlcMaximum { get; init; }
}
