using System.Diagnostics.CodeAnalysis;
using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Onion;
using Lightning.Routing.Paths;

namespace Lightning.Routing.Payments;

/// <summary>Makes the onion of one part of a payment (BOLT 4, the writer of a payload).</summary>
public static class PaymentOnionBuilder
{
    /// <summary>Makes the onion.</summary>
    /// <param name="route">The way.</param>
    /// <param name="recipient">What the payee must learn.</param>
    /// <param name="sessionKey">A fresh random key, never used for two onions. Kept with the attempt it makes failures readable after a restart.</param>
    /// <param name="part">The part.</param>
    /// <returns>False where the payloads do not fit: the route is too long for the invoice's metadata.</returns>
    public static bool TryBuild(Route route, PaymentRecipient recipient, Key sessionKey, [NotNullWhen(true)] out OutgoingPart? part)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(recipient);
        part = null;
        var hops = new SphinxHop[route.Hops.Count];
        var length = 0;
        for (var i = 0; i < hops.Length; i++)
        {
            var payload = i + 1 < hops.Length ? ForwardPayload(route.Hops[i + 1]) : FinalPayload(route.Hops[i], recipient);
            hops[i] = new SphinxHop(route.Hops[i].NodeId.Key, payload.Encode());
            length += Sphinx.FrameLength(hops[i].Payload.Length);
        }

        if (length > OnionPacket.PaymentPayloadsLength) return false;
        var onion = Sphinx.Create(sessionKey, hops, recipient.PaymentHash.Value.Span);
        part = new OutgoingPart(route, onion.Packet, [.. onion.SharedSecrets]);
        return true;
    }

    /// <summary>The secrets shared with the hops of a route.</summary>
    /// <param name="route">The way.</param>
    /// <param name="sessionKey">The key that the onion was made with.</param>
    public static EquatableArray<Bytes32> SharedSecrets(Route route, Key sessionKey)
    {
        ArgumentNullException.ThrowIfNull(route);
        var nodes = new PubKey[route.Hops.Count];
        for (var i = 0; i < nodes.Length; i++) nodes[i] = route.Hops[i].NodeId.Key;
        return [.. Sphinx.SharedSecrets(sessionKey, nodes)];
    }

    /// <summary>What a node must know of the HTLC that it passes on.</summary>
    private static HopPayload ForwardPayload(RouteHop next) => new()
    {
        AmountToForward = next.Amount,
        OutgoingCltvValue = next.CltvExpiry,
        ShortChannelId = next.ShortChannelId,
    };

    private static HopPayload FinalPayload(RouteHop last, PaymentRecipient recipient) => new()
    {
        AmountToForward = last.Amount,
        OutgoingCltvValue = last.CltvExpiry,
        PaymentData = recipient.PaymentSecret is { } secret ? new PaymentData(secret, recipient.Total) : null,
        PaymentMetadata = recipient.Metadata,
        KeysendPreimage = recipient.KeysendPreimage,
    };
}
