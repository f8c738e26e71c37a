using Lightning.Actors.Hosting;
using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Features;
using Lightning.Protocol.Invoices;
using Lightning.Protocol.Onion;

namespace Lightning.TestKit;

/// <content>Onions and invoices.</content>
public sealed partial class ScriptedPeer
{
    /// <summary>Makes an onion for hops with any payloads (BOLT 4).</summary>
    /// <param name="hash">The payment's hash, to which the onion is bound.</param>
    /// <param name="hops">The hops with their payloads, each a TLV stream without its length.</param>
    public ScriptedOnion Onion(PaymentHash hash, params (NodeId Node, Bytes Payload)[] hops)
    {
        using var session = Key.FromBytes(Randomness.NextBytes32().Span);
        return ScriptedOnion.Create(session, hash, hops);
    }

    /// <summary>Makes the onion that pays an invoice of the node that it is connected to.</summary>
    /// <param name="invoice">The invoice.</param>
    /// <param name="cltvExpiry">The HTLC's expiry, a block height.</param>
    /// <param name="change">Changes the payload; null for nothing.</param>
    public ScriptedOnion OnionFor(ScenarioInvoice invoice, out uint cltvExpiry, Func<HopPayload, HopPayload>? change = null)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        var decoded = Bolt11.Decode(invoice.PaymentRequest);
        cltvExpiry = _network.Chain.Height + decoded.MinFinalCltvExpiryDelta + 1;
        var payload = new HopPayload
        {
            AmountToForward = invoice.Amount,
            OutgoingCltvValue = cltvExpiry,
            PaymentData = new PaymentData(decoded.PaymentSecret, invoice.Amount),
            PaymentMetadata = decoded.Metadata,
        };
        if (change is not null) payload = change(payload);
        return Onion(invoice.PaymentHash, (decoded.Payee, payload.Encode()));
    }

    /// <summary>Makes the onion that pays an invoice by way of the node that this peer is connected to.</summary>
    /// <param name="relay">That node.</param>
    /// <param name="channel">The channel by which it is to go on, to the payee.</param>
    /// <param name="invoice">The invoice.</param>
    /// <param name="cltvExpiry">The first HTLC's expiry, a block height: as much later than the second one's as nodes of the network ask for.</param>
    public ScriptedOnion OnionThrough(NodeId relay, ShortChannelId channel, ScenarioInvoice invoice, out uint cltvExpiry)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        var decoded = Bolt11.Decode(invoice.PaymentRequest);
        var last = _network.Chain.Height + decoded.MinFinalCltvExpiryDelta + 1;
        cltvExpiry = last + new NodePolicy().CltvExpiryDelta;
        var first = new HopPayload { AmountToForward = invoice.Amount, OutgoingCltvValue = last, ShortChannelId = channel };
        var final = new HopPayload
        {
            AmountToForward = invoice.Amount,
            OutgoingCltvValue = last,
            PaymentData = new PaymentData(decoded.PaymentSecret, invoice.Amount),
            PaymentMetadata = decoded.Metadata,
        };
        return Onion(invoice.PaymentHash, (relay, first.Encode()), (decoded.Payee, final.Encode()));
    }

    /// <summary>Makes an invoice (BOLT 11) that is paid to this peer.</summary>
    /// <param name="amount">What it asks for.</param>
    /// <returns>The invoice, with its preimage.</returns>
    public ScenarioInvoice Invoice(MilliSatoshi amount)
    {
        var preimage = new PaymentPreimage(Randomness.NextBytes32());
        var invoice = new Invoice
        {
            Network = _network.Chain.Simulated.Network,
            Amount = amount,
            Timestamp = _network.Now,
            PaymentHash = preimage.Hash,
            PaymentSecret = new PaymentSecret(Randomness.NextBytes32()),
            Description = Name,
            Features = DefaultFeatures.Invoice,
            Payee = Id,
        };
        return new ScenarioInvoice(Name, Bolt11.Encode(invoice, NodeKey), preimage.Hash, amount) { Preimage = preimage };
    }
}
