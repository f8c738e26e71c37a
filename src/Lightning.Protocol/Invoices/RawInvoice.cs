using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Encodings;

namespace Lightning.Protocol.Invoices;

/// <summary>An invoice as it is written: its parts in their order, not yet interpreted.</summary>
/// <param name="HumanReadablePart">Prefix and amount, in lower case.</param>
/// <param name="Timestamp">Seconds since 1970, 35 bits.</param>
/// <param name="Fields">The tagged fields.</param>
/// <param name="Signature">r and s.</param>
/// <param name="RecoveryId">0 to 3 where it is valid.</param>
/// <param name="SigningHash">What the signature signs.</param>
internal sealed record RawInvoice(
    string HumanReadablePart, long Timestamp, EquatableArray<TaggedField> Fields, EcdsaSignature Signature, int RecoveryId, Bytes32 SigningHash)
{
    private const int TimestampGroups = 7;
    private const int SignatureGroups = 104;

    /// <summary>Takes the text apart.</summary>
    /// <exception cref="InvoiceFormatException">Not bech32, or too short, or a field runs over the end.</exception>
    public static RawInvoice Parse(string text)
    {
        if (!Bech32.TryDecode(text, Bolt11.MaxLength, out var decoded, out var error)) throw new InvoiceFormatException($"This is not an invoice. {error}");
        if (decoded.Variant != Bech32Variant.Bech32) throw new InvoiceFormatException("This is not an invoice: its checksum is that of bech32m.");
        var hrp = decoded.Prefix;
        var groups = decoded.Words.Span;
        if (groups.Length < TimestampGroups + SignatureGroups) throw new InvoiceFormatException("The invoice is too short to hold a timestamp and a signature.");

        var signed = groups[..^SignatureGroups];
        var signature = Bech32.ToBytesTruncated(groups[signed.Length..]);
        var timestamp = (long)FiveBits.ToInteger(signed[..TimestampGroups])!.Value;
        var fields = ImmutableArray.CreateBuilder<TaggedField>();
        for (var rest = signed[TimestampGroups..]; !rest.IsEmpty;)
        {
            if (rest.Length < 3) throw new InvoiceFormatException("The invoice ends inside the head of a field.");
            var length = (rest[1] << 5) | rest[2];
            if (rest.Length < 3 + length) throw new InvoiceFormatException($"The invoice ends inside a field of type {rest[0]}.");
            fields.Add(new TaggedField(rest[0], new Bytes(rest.Slice(3, length))));
            rest = rest[(3 + length)..];
        }

        return new RawInvoice(hrp, timestamp, fields.ToImmutable(), new EcdsaSignature(signature.AsSpan(0, EcdsaSignature.Size)), signature[^1], Hash(hrp, signed));
    }

    /// <summary>Signs the parts and writes them.</summary>
    /// <exception cref="ArgumentException">The timestamp needs more than 35 bits, or a field is too long.</exception>
    public static string Write(string hrp, long timestamp, IReadOnlyList<TaggedField> fields, Key key)
    {
        if (timestamp is < 0 or >= 1L << 35) throw new ArgumentException($"The timestamp {timestamp} does not fit into 35 bits.", nameof(timestamp));
        var groups = new List<byte>(512);
        groups.AddRange(FiveBits.FromInteger((ulong)timestamp, TimestampGroups));
        foreach (var field in fields)
        {
            if (field.Values.Length > TaggedField.MaxLength)
                throw new ArgumentException($"A field of type {field.Type} has {field.Values.Length} groups of 5 bits, {TaggedField.MaxLength} at most are allowed.", nameof(fields));
            groups.Add(field.Type);
            groups.Add((byte)(field.Values.Length >> 5));
            groups.Add((byte)(field.Values.Length & 31));
            groups.AddRange(field.Values.Span);
        }

        var (signature, recoveryId) = key.SignRecoverable(Hash(hrp, CollectionsMarshal.AsSpan(groups)));
        Span<byte> compact = stackalloc byte[EcdsaSignature.Size + 1];
        signature.Span.CopyTo(compact);
        compact[^1] = (byte)recoveryId;
        groups.AddRange(Bech32.ToWords(compact));
        return Bech32.Encode(hrp, CollectionsMarshal.AsSpan(groups), Bech32Variant.Bech32);
    }

    private static Bytes32 Hash(string hrp, ReadOnlySpan<byte> signed)
    {
        var data = FiveBits.ToPaddedBytes(signed);
        var message = new byte[hrp.Length + data.Length];
        Encoding.ASCII.GetBytes(hrp, message);
        data.CopyTo(message.AsSpan(hrp.Length));
        return Hashes.Sha256(message);
    }
}
