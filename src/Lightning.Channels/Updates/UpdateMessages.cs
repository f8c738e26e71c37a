using Lightning.Protocol.Messages;

namespace Lightning.Channels.Updates;

/// <summary>Updates as messages and back.</summary>
internal static class UpdateMessages
{
    /// <summary>The message of an update.</summary>
    public static LightningMessage ToMessage(this CommitmentUpdate update, ChannelId channel) => update switch
    {
        CommitmentUpdate.AddHtlc add => new UpdateAddHtlc(channel, add.Id, add.Amount, add.PaymentHash, add.CltvExpiry, add.Onion) { PathKey = add.PathKey },
        CommitmentUpdate.FulfillHtlc fulfill => new UpdateFulfillHtlc(channel, fulfill.Id, fulfill.Preimage) { AttributionData = fulfill.AttributionData },
        CommitmentUpdate.FailHtlc fail => new UpdateFailHtlc(channel, fail.Id, fail.Reason) { AttributionData = fail.AttributionData },
        CommitmentUpdate.FailMalformedHtlc fail => new UpdateFailMalformedHtlc(channel, fail.Id, fail.OnionHash, fail.FailureCode),
        CommitmentUpdate.Fee fee => new UpdateFee(channel, fee.Feerate),
        _ => throw new NotSupportedException($"There is no message for {update.GetType().Name}."),
    };

    /// <summary>The update of a message.</summary>
    public static CommitmentUpdate ToUpdate(this IUpdateMessage message) => message switch
    {
        UpdateAddHtlc add => new CommitmentUpdate.AddHtlc(add.Id, add.Amount, add.PaymentHash, add.CltvExpiry, add.OnionRoutingPacket, add.PathKey),
        UpdateFulfillHtlc fulfill => new CommitmentUpdate.FulfillHtlc(fulfill.Id, fulfill.PaymentPreimage, fulfill.AttributionData),
        UpdateFailHtlc fail => new CommitmentUpdate.FailHtlc(fail.Id, fail.Reason, fail.AttributionData),
        UpdateFailMalformedHtlc fail => new CommitmentUpdate.FailMalformedHtlc(fail.Id, fail.Sha256OfOnion, fail.FailureCode),
        UpdateFee fee => new CommitmentUpdate.Fee(fee.Feerate),
        _ => throw new NotSupportedException($"{message.GetType().Name} is no update."),
    };
}
