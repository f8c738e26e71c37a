namespace Lightning.Node.Api.Mapping;

/// <summary>BOLT 4's failure codes under this API's numbers.</summary>
internal static class FailureCodes
{
    private const ushort BadOnion = 0x8000, Permanent = 0x4000, Node = 0x2000, Update = 0x1000;

    /// <summary>The API's number of a failure code; null was not readable.</summary>
    public static Lnrpc.Failure.Types.FailureCode ToRpc(ushort? code) => code switch
    {
        null => Lnrpc.Failure.Types.FailureCode.UnreadableFailure,
        Permanent | 1 => Lnrpc.Failure.Types.FailureCode.InvalidRealm,
        Node | 2 => Lnrpc.Failure.Types.FailureCode.TemporaryNodeFailure,
        Permanent | Node | 2 => Lnrpc.Failure.Types.FailureCode.PermanentNodeFailure,
        Permanent | Node | 3 => Lnrpc.Failure.Types.FailureCode.RequiredNodeFeatureMissing,
        BadOnion | Permanent | 4 => Lnrpc.Failure.Types.FailureCode.InvalidOnionVersion,
        BadOnion | Permanent | 5 => Lnrpc.Failure.Types.FailureCode.InvalidOnionHmac,
        BadOnion | Permanent | 6 => Lnrpc.Failure.Types.FailureCode.InvalidOnionKey,
        Update | 7 => Lnrpc.Failure.Types.FailureCode.TemporaryChannelFailure,
        Permanent | 8 => Lnrpc.Failure.Types.FailureCode.PermanentChannelFailure,
        Permanent | 9 => Lnrpc.Failure.Types.FailureCode.RequiredChannelFeatureMissing,
        Permanent | 10 => Lnrpc.Failure.Types.FailureCode.UnknownNextPeer,
        Update | 11 => Lnrpc.Failure.Types.FailureCode.AmountBelowMinimum,
        Update | 12 => Lnrpc.Failure.Types.FailureCode.FeeInsufficient,
        Update | 13 => Lnrpc.Failure.Types.FailureCode.IncorrectCltvExpiry,
        Update | 14 => Lnrpc.Failure.Types.FailureCode.ExpiryTooSoon,
        Permanent | 15 => Lnrpc.Failure.Types.FailureCode.IncorrectOrUnknownPaymentDetails,
        18 => Lnrpc.Failure.Types.FailureCode.FinalIncorrectCltvExpiry,
        19 => Lnrpc.Failure.Types.FailureCode.FinalIncorrectHtlcAmount,
        Update | 20 => Lnrpc.Failure.Types.FailureCode.ChannelDisabled,
        21 => Lnrpc.Failure.Types.FailureCode.ExpiryTooFar,
        Permanent | 22 => Lnrpc.Failure.Types.FailureCode.InvalidOnionPayload,
        23 => Lnrpc.Failure.Types.FailureCode.MppTimeout,
        BadOnion | Permanent | 24 => Lnrpc.Failure.Types.FailureCode.InvalidOnionBlinding,
        _ => Lnrpc.Failure.Types.FailureCode.UnknownFailure,
    };
}
