using System.Security.Cryptography;
using System.Text;

namespace Lightning.Node.Macaroons;

/// <summary>
/// A bearer token: an identifier and a chain of caveats under one HMAC-SHA256. Whoever holds it may add caveats (narrow it), nobody without
/// the root key can take one away.
/// </summary>
/// <param name="Location">A hint where it is good for; not covered by the signature.</param>
/// <param name="Identifier">Names the root key and what is allowed.</param>
/// <param name="Caveats">What narrows it, in the order added.</param>
/// <param name="Signature">HMAC over identifier and caveats, 32 bytes.</param>
public sealed record Macaroon(string Location, Bytes Identifier, IReadOnlyList<MacaroonCaveat> Caveats, Bytes Signature)
{
    private const int FieldEnd = 0, FieldLocation = 1, FieldIdentifier = 2, FieldVerification = 4, FieldSignature = 6;
    private const int MaxLength = 16 * 1024;

    /// <summary>Signs an identifier with a root key.</summary>
    public static Macaroon Create(ReadOnlySpan<byte> rootKey, string location, Bytes identifier)
    {
        var key = HMACSHA256.HashData("macaroons-key-generator"u8, rootKey);
        return new Macaroon(location, identifier, [], Bytes.Wrap(HMACSHA256.HashData(key, identifier.Span)));
    }

    /// <summary>The same token, narrowed by a condition.</summary>
    public Macaroon WithCaveat(string condition)
    {
        var id = Bytes.Wrap(Encoding.UTF8.GetBytes(condition));
        return this with
        {
            Caveats = [.. Caveats, new MacaroonCaveat(id, Bytes.Empty)],
            Signature = Bytes.Wrap(HMACSHA256.HashData(Signature.Span, id.Span)),
        };
    }

    /// <summary>Whether the signature is that of the root key over identifier and caveats. Caveats of third parties are never good here.</summary>
    public bool IsSignedWith(ReadOnlySpan<byte> rootKey)
    {
        var expected = Create(rootKey, Location, Identifier).Signature.ToArray();
        foreach (var caveat in Caveats)
        {
            if (!caveat.VerificationId.IsEmpty) return false;
            expected = HMACSHA256.HashData(expected, caveat.Condition.Span);
        }
        return CryptographicOperations.FixedTimeEquals(expected, Signature.Span);
    }

    /// <summary>The binary format, version 2.</summary>
    public byte[] ToBytes()
    {
        var output = new List<byte>(256) { 2 };
        if (Location.Length > 0) Field(FieldLocation, Encoding.UTF8.GetBytes(Location));
        Field(FieldIdentifier, Identifier.Span);
        output.Add(FieldEnd);
        foreach (var caveat in Caveats)
        {
            Field(FieldIdentifier, caveat.Condition.Span);
            if (!caveat.VerificationId.IsEmpty) Field(FieldVerification, caveat.VerificationId.Span);
            output.Add(FieldEnd);
        }
        output.Add(FieldEnd);
        Field(FieldSignature, Signature.Span);
        return [.. output];

        void Field(int type, ReadOnlySpan<byte> value)
        {
            Varint((uint)type);
            Varint((uint)value.Length);
            output.AddRange(value);
        }

        void Varint(uint value)
        {
            for (; value >= 0x80; value >>= 7) output.Add((byte)(value | 0x80));
            output.Add((byte)value);
        }
    }

    /// <summary>Reads the binary format, version 2.</summary>
    /// <exception cref="FormatException">Not of that format, or too long.</exception>
    public static Macaroon Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > MaxLength) throw new FormatException("unsupported macaroon length");
        if (bytes[0] != 2) throw new FormatException("unsupported macaroon version: only the binary format 2 is read");
        var reader = new Reader(bytes[1..]);
        var location = Encoding.UTF8.GetString(reader.Optional(FieldLocation));
        var identifier = new Bytes(reader.Required(FieldIdentifier));
        reader.End();
        var caveats = new List<MacaroonCaveat>();
        while (!reader.TryEnd())
        {
            reader.Optional(FieldLocation);
            var condition = new Bytes(reader.Required(FieldIdentifier));
            caveats.Add(new MacaroonCaveat(condition, new Bytes(reader.Optional(FieldVerification))));
            reader.End();
        }
        var signature = new Bytes(reader.Required(FieldSignature));
        return signature.Length == 32 && reader.IsAtEnd
            ? new Macaroon(location, identifier, caveats, signature)
            : throw new FormatException("macaroon signature has unexpected length");
    }

    private ref struct Reader(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public readonly bool IsAtEnd => _rest.IsEmpty;

        public bool TryEnd()
        {
            if (_rest.IsEmpty || _rest[0] != FieldEnd) return false;
            _rest = _rest[1..];
            return true;
        }

        public void End()
        {
            if (!TryEnd()) throw new FormatException("macaroon section is not closed");
        }

        public ReadOnlySpan<byte> Optional(int type) => !_rest.IsEmpty && _rest[0] == type ? Required(type) : default;

        public ReadOnlySpan<byte> Required(int type)
        {
            if (_rest.IsEmpty || _rest[0] != type) throw new FormatException("macaroon field is missing");
            _rest = _rest[1..];
            var length = Varint();
            if (length > (uint)_rest.Length) throw new FormatException("macaroon field is longer than the macaroon");
            var value = _rest[..(int)length];
            _rest = _rest[(int)length..];
            return value;
        }

        private uint Varint()
        {
            var value = 0u;
            for (var shift = 0; shift < 21; shift += 7)
            {
                if (_rest.IsEmpty) break;
                var next = _rest[0];
                _rest = _rest[1..];
                value |= (uint)(next & 0x7F) << shift;
                if (next < 0x80) return value;
            }
            throw new FormatException("macaroon field length is not a number");
        }
    }
}
