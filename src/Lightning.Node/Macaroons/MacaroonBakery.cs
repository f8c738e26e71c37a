using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;

namespace Lightning.Node.Macaroons;

/// <summary>Makes macaroons and checks them, with the node's root key.</summary>
public sealed class MacaroonBakery
{
    private const byte IdentifierVersion = 3;
    private static readonly ByteString RootKeyId = ByteString.CopyFromUtf8("0");

    private readonly byte[] _rootKey;
    private readonly TimeProvider _time;

    /// <summary>With a root key of 32 bytes.</summary>
    public MacaroonBakery(ReadOnlySpan<byte> rootKey, TimeProvider time)
    {
        if (rootKey.Length != 32) throw new ArgumentException("The root key has 32 bytes.", nameof(rootKey));
        _rootKey = rootKey.ToArray();
        _time = time;
    }

    /// <summary>A macaroon that allows <paramref name="permissions"/>.</summary>
    public Macaroon Bake(IEnumerable<MacaroonPermission> permissions)
    {
        var id = new MacaroonId { Nonce = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(16)), StorageId = RootKeyId };
        foreach (var entity in permissions.GroupBy(p => p.Entity, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
            id.Ops.Add(new MacaroonOp { Entity = entity.Key, Actions = { entity.Select(p => p.Action).Distinct(StringComparer.Ordinal) } });
        return Macaroon.Create(_rootKey, "lnd", Bytes.Wrap([IdentifierVersion, .. id.ToByteArray()]));
    }

    /// <summary>Checks that a macaroon, as it came with a call, opens it.</summary>
    /// <param name="hex">The macaroon in hexadecimal; null or empty when the call has none.</param>
    /// <param name="method">The gRPC path of the call.</param>
    /// <param name="client">Where the call comes from.</param>
    /// <exception cref="MacaroonException">It does not.</exception>
    public void Authorize(string? hex, string method, IPAddress? client)
    {
        if (!MacaroonPermissions.ByMethod.TryGetValue(method, out var required))
            throw new MacaroonException($"{method}: unknown permissions required for method");
        if (required.Count == 0) return;
        if (string.IsNullOrEmpty(hex)) throw new MacaroonException("expected 1 macaroon, got 0");

        var macaroon = Read(hex);
        if (macaroon.Caveats.Any(c => !c.VerificationId.IsEmpty)) throw new MacaroonException("verification failed: third-party caveats are not discharged here");
        var id = ReadIdentifier(macaroon.Identifier);
        if (!id.StorageId.Equals(RootKeyId)) throw new MacaroonException($"cannot get macaroon: root key with id {id.StorageId.ToStringUtf8()} doesn't exist");
        if (!macaroon.IsSignedWith(_rootKey)) throw new MacaroonException("verification failed: signature mismatch after caveat verification");
        foreach (var caveat in macaroon.Caveats) Check(Encoding.UTF8.GetString(caveat.Condition.Span), client);
        if (required.Any(r => !Allows(id, r.Entity, r.Action)) && !Allows(id, "uri", method)) throw new MacaroonException("permission denied");
    }

    private static bool Allows(MacaroonId id, string entity, string action) =>
        id.Ops.Any(o => string.Equals(o.Entity, entity, StringComparison.Ordinal) && o.Actions.Contains(action));

    private static Macaroon Read(string hex)
    {
        try
        {
            return Macaroon.Parse(Convert.FromHexString(hex));
        }
        catch (FormatException e)
        {
            throw new MacaroonException($"cannot determine data format of binary-encoded macaroon: {e.Message}");
        }
    }

    private static MacaroonId ReadIdentifier(Bytes identifier)
    {
        try
        {
            if (!identifier.IsEmpty && identifier[0] == IdentifierVersion) return MacaroonId.Parser.ParseFrom(identifier.Span[1..]);
        }
        catch (InvalidProtocolBufferException)
        {
            // the same answer as for any other identifier that is not ours
        }
        throw new MacaroonException("cannot get macaroon: unknown identifier");
    }

    private void Check(string condition, IPAddress? client)
    {
        var space = condition.IndexOf(' ', StringComparison.Ordinal);
        var (name, argument) = space < 0 ? (condition, "") : (condition[..space], condition[(space + 1)..]);
        var failure = name switch
        {
            "time-before" => TimeBefore(argument),
            "ipaddr" => IPAddress.TryParse(argument, out var address) && Same(address, client) ? null : "macaroon locked to different IP address",
            "iprange" => IPNetwork.TryParse(argument, out var range) && client is not null && range.Contains(Unmapped(client)) ? null : "macaroon locked to different IP range",
            _ => "caveat not recognized",
        };
        if (failure is not null) throw new MacaroonException($"verification failed: caveat \"{condition}\" not satisfied: {failure}");
    }

    private string? TimeBefore(string argument) =>
        !DateTimeOffset.TryParse(argument, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until) ? "cannot parse time"
        : _time.GetUtcNow() < until ? null
        : "macaroon has expired";

    private static bool Same(IPAddress address, IPAddress? client) => client is not null && Unmapped(address).Equals(Unmapped(client));

    private static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
