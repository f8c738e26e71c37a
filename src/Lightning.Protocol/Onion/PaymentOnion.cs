using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Onion;

/// <summary>Reads the onion of an incoming HTLC and holds it against the HTLC (BOLT 4, the requirements for the reader of a payload).</summary>
public static class PaymentOnion
{
    private const ulong AmountType = 2, CltvType = 4, ScidType = 6, EncryptedType = 10, PathKeyType = 12, TotalType = 18;

    /// <summary>Opens the onion of an <c>update_add_htlc</c>.</summary>
    /// <param name="nodeKey">Our node key.</param>
    /// <param name="paymentHash">The HTLC's payment hash.</param>
    /// <param name="amount">The HTLC's amount.</param>
    /// <param name="cltvExpiry">The HTLC's expiry, a block height.</param>
    /// <param name="packet">The onion.</param>
    /// <param name="pathKey">The HTLC's <c>path_key</c>.</param>
    public static IncomingOnion Open(Key nodeKey, PaymentHash paymentHash, MilliSatoshi amount, uint cltvExpiry, OnionPacket packet, PubKey? pathKey = null)
    {
        var peel = Sphinx.Peel(nodeKey, paymentHash.Value.Span, packet, pathKey);
        switch (peel)
        {
            case UnreadableOnion unreadable:
                // Behind the introduction node of a blinded path nothing may tell one failure from another.
                var code = pathKey is null ? unreadable.Code : FailureCode.InvalidOnionBlinding;
                return new RefusedOnion(new MalformedRefusal(code, unreadable.OnionHash), FailureMessage.BadOnion(unreadable.Code, unreadable.OnionHash));
            case MalformedPayload malformed:
                return Refuse(ReturnPathOf(malformed.SharedSecret, packet, pathKey, introduction: false), malformed.Failure);
        }

        var peeled = (PeeledOnion)peel;
        if (!HopPayload.TryDecode(peeled.Payload.Span, out var payload, out var failure))
            return Refuse(ReturnPathOf(peeled.SharedSecret, packet, pathKey, introduction: false), failure);

        var returnPath = ReturnPathOf(peeled.SharedSecret, packet, pathKey, payload.CurrentPathKey is not null && !peeled.IsFinal);
        if (payload.EncryptedRecipientData is not { } encrypted)
        {
            if (pathKey is not null) return Invalid(returnPath, EncryptedType);
            return payload.CurrentPathKey is not null ? Invalid(returnPath, PathKeyType) : Plain(returnPath, payload, peeled.Next, amount, cltvExpiry);
        }

        if (pathKey is null == payload.CurrentPathKey is null) return Invalid(returnPath, PathKeyType);
        var usedPathKey = pathKey ?? payload.CurrentPathKey!;
        if (RouteBlinding.Unblind(nodeKey, usedPathKey, encrypted.Span) is not { } unblinded
            || !EncryptedDataTlv.TryDecode(unblinded.Plaintext.Span, out var data)
            || !IsAllowed(data, amount, cltvExpiry))
        {
            return Invalid(returnPath, EncryptedType);
        }

        return peeled.Next is null
            ? BlindedFinal(returnPath, payload, data, amount, cltvExpiry)
            : BlindedForward(returnPath, payload, data, peeled.Next, unblinded.NextPathKey, amount, cltvExpiry);
    }

    private static IncomingOnion Plain(OnionReturnPath returnPath, HopPayload payload, OnionPacket? next, MilliSatoshi amount, uint cltvExpiry)
    {
        if (payload.AmountToForward is not { } amountToForward) return Invalid(returnPath, AmountType);
        if (payload.OutgoingCltvValue is not { } outgoingCltv) return Invalid(returnPath, CltvType);
        if (next is null)
        {
            return CheckFinal(returnPath, amountToForward, outgoingCltv, amount, cltvExpiry) ?? new FinalOnion(
                returnPath,
                amountToForward,
                outgoingCltv,
                payload.PaymentData?.Total ?? amountToForward,
                payload.PaymentData?.Secret,
                PathId: null,
                payload.PaymentMetadata,
                payload.KeysendPreimage,
                IsBlinded: false);
        }

        return payload.ShortChannelId is { } scid
            ? new ForwardOnion(returnPath, scid, null, amountToForward, outgoingCltv, next, null)
            : Invalid(returnPath, ScidType);
    }

    private static IncomingOnion BlindedForward(
        OnionReturnPath returnPath, HopPayload payload, EncryptedDataTlv data, OnionPacket next, PubKey nextPathKey, MilliSatoshi amount, uint cltvExpiry)
    {
        var allowed = new HopPayload { EncryptedRecipientData = payload.EncryptedRecipientData, CurrentPathKey = payload.CurrentPathKey };
        if (payload != allowed
            || data.PaymentRelay is not { } relay
            || data.ShortChannelId is null == data.NextNodeId is null
            || relay.AmountToForward(amount) is not { } amountToForward
            || cltvExpiry < relay.CltvExpiryDelta)
        {
            return Invalid(returnPath, EncryptedType);
        }

        return new ForwardOnion(
            returnPath,
            data.ShortChannelId,
            data.NextNodeId,
            amountToForward,
            cltvExpiry - relay.CltvExpiryDelta,
            next,
            data.NextPathKeyOverride ?? nextPathKey);
    }

    private static IncomingOnion BlindedFinal(OnionReturnPath returnPath, HopPayload payload, EncryptedDataTlv data, MilliSatoshi amount, uint cltvExpiry)
    {
        if (payload.AmountToForward is not { } amountToForward) return Invalid(returnPath, AmountType);
        if (payload.OutgoingCltvValue is not { } outgoingCltv) return Invalid(returnPath, CltvType);
        if (payload.TotalAmount is not { } total) return Invalid(returnPath, TotalType);
        var allowed = new HopPayload
        {
            EncryptedRecipientData = payload.EncryptedRecipientData,
            CurrentPathKey = payload.CurrentPathKey,
            AmountToForward = amountToForward,
            OutgoingCltvValue = outgoingCltv,
            TotalAmount = total,
        };
        if (payload != allowed) return Invalid(returnPath, EncryptedType);
        return CheckFinal(returnPath, amountToForward, outgoingCltv, amount, cltvExpiry)
            ?? new FinalOnion(returnPath, amountToForward, outgoingCltv, total, null, data.PathId, null, null, IsBlinded: true);
    }

    private static IncomingOnion? CheckFinal(OnionReturnPath returnPath, MilliSatoshi amountToForward, uint outgoingCltv, MilliSatoshi amount, uint cltvExpiry)
    {
        if (cltvExpiry < outgoingCltv) return Refuse(returnPath, FailureMessage.FinalIncorrectCltvExpiry(cltvExpiry));
        return amount < amountToForward ? Refuse(returnPath, FailureMessage.FinalIncorrectHtlcAmount(amount)) : null;
    }

    /// <summary>No feature can be allowed that we would know: any bit is one too many.</summary>
    private static bool IsAllowed(EncryptedDataTlv data, MilliSatoshi amount, uint cltvExpiry) =>
        (data.PaymentConstraints is not { } constraints || (cltvExpiry <= constraints.MaxCltvExpiry && amount >= constraints.HtlcMinimum))
        && data.AllowedFeatures is null or { IsEmpty: true }
        && (data.ShortChannelId is null || data.NextNodeId is null);

    private static OnionReturnPath ReturnPathOf(in Bytes32 secret, OnionPacket packet, PubKey? pathKey, bool introduction) =>
        new(secret, pathKey is not null ? BlindedRole.Inside : introduction ? BlindedRole.Introduction : BlindedRole.None, packet.Hash());

    private static RefusedOnion Invalid(OnionReturnPath returnPath, ulong type) => Refuse(returnPath, FailureMessage.InvalidOnionPayload(type, 0));

    private static RefusedOnion Refuse(OnionReturnPath returnPath, FailureMessage failure) => new(returnPath.Refuse(failure), failure) { ReturnPath = returnPath };
}
