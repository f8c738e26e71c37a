using System.Diagnostics.CodeAnalysis;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Encodings;
using Lightning.Bitcoin.Scripts;

namespace Lightning.Bitcoin.Addresses;

/// <summary>An address of one network and the output script it stands for. Testnet and signet share their addresses.</summary>
public sealed class BitcoinAddress : IEquatable<BitcoinAddress>
{
    private const byte OpDup = 0x76, OpHash160 = 0xA9, OpEqual = 0x87, OpEqualVerify = 0x88, OpCheckSig = 0xAC, Op1 = 0x51, Op16 = 0x60;
    private const int HashSize = 20;

    private readonly string _text;

    private BitcoinAddress(Network network, AddressType type, Script scriptPubKey, string text) =>
        (Network, Type, ScriptPubKey, _text) = (network, type, scriptPubKey, text);

    /// <summary>The network it was read for.</summary>
    public Network Network { get; }

    /// <summary>The form of the output.</summary>
    public AddressType Type { get; }

    /// <summary>What the output that pays it holds.</summary>
    public Script ScriptPubKey { get; }

    /// <summary>The address of a public key's hash.</summary>
    public static BitcoinAddress P2pkh(PubKey key, Network network) => Legacy(network, AddressType.P2pkh, Hashes.Hash160(key.Span));

    /// <summary>The address of a script's hash.</summary>
    public static BitcoinAddress P2sh(Script redeemScript, Network network) => Legacy(network, AddressType.P2sh, Hashes.Hash160(redeemScript.Bytes.Span));

    /// <summary>The native segwit address of a public key.</summary>
    public static BitcoinAddress P2wpkh(PubKey key, Network network) => Segwit(network, 0, Hashes.Hash160(key.Span));

    /// <summary>The native segwit address of a script.</summary>
    public static BitcoinAddress P2wsh(Script witnessScript, Network network) => Segwit(network, 0, Hashes.Sha256(witnessScript.Bytes.Span).Span);

    /// <summary>The taproot address of an output key, which is already tweaked (BIP 341).</summary>
    public static BitcoinAddress P2tr(XOnlyPubKey outputKey, Network network) => Segwit(network, 1, outputKey.Value.Span);

    /// <summary>The address that pays an output script.</summary>
    /// <returns>Null where the script has no address.</returns>
    public static BitcoinAddress? FromScriptPubKey(Script scriptPubKey, Network network) => scriptPubKey.Bytes.Span switch
    {
        [OpDup, OpHash160, HashSize, .. { Length: HashSize } hash, OpEqualVerify, OpCheckSig] => Legacy(network, AddressType.P2pkh, hash),
        [OpHash160, HashSize, .. { Length: HashSize } hash, OpEqual] => Legacy(network, AddressType.P2sh, hash),
        [0, var length, .. var program] when length == program.Length && program.Length is 20 or 32 => Segwit(network, 0, program),
        [>= Op1 and <= Op16 and var version, var length, .. var program] when length == program.Length && program.Length is >= 2 and <= 40 =>
            Segwit(network, version - Op1 + 1, program),
        _ => null,
    };

    /// <summary>Reads an address.</summary>
    /// <exception cref="FormatException">Not an address, or one of another network; the message says which.</exception>
    public static BitcoinAddress Parse(string text, Network network) =>
        TryParse(text, network, out var address, out var error) ? address : throw new FormatException(error);

    /// <summary>Reads an address.</summary>
    /// <param name="text">The address.</param>
    /// <param name="network">The network it must belong to.</param>
    /// <param name="address">The address.</param>
    /// <param name="error">What is wrong, as a sentence.</param>
    public static bool TryParse(string text, Network network, [NotNullWhen(true)] out BitcoinAddress? address, [NotNullWhen(false)] out string? error)
    {
        address = null;
        if (text.Length > Bech32.MaximumLength)
        {
            error = $"An address has at most {Bech32.MaximumLength} characters, this text has {text.Length}.";
            return false;
        }

        var separator = text.LastIndexOf('1');
        var prefix = separator > 0 ? text[..separator].ToLowerInvariant() : "";
        var isSegwit = Network.All.Any(n => n.Bech32Prefix == prefix);
        error = isSegwit ? ParseSegwit(text, network, out address) : ParseLegacy(text, network, out address);
        return address is not null && error is null;
    }

    /// <inheritdoc/>
    public bool Equals(BitcoinAddress? other) => other is not null && Network == other.Network && ScriptPubKey == other.ScriptPubKey;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BitcoinAddress);

    /// <inheritdoc/>
    public override int GetHashCode() => ScriptPubKey.GetHashCode();

    /// <summary>The text, segwit in lower case.</summary>
    public override string ToString() => _text;

    private static string? ParseSegwit(string text, Network network, out BitcoinAddress? address)
    {
        address = null;
        if (!Bech32.TryDecode(text, Bech32.MaximumLength, out var decoded, out var error)) return $"'{text}' is not an address: {error}";
        if (decoded.Prefix != network.Bech32Prefix) return WrongNetwork(text, network, n => n.Bech32Prefix == decoded.Prefix);
        if (decoded.Words.IsEmpty) return $"'{text}' is not an address: it holds no data.";
        int version = decoded.Words[0];
        if (version > 16) return $"'{text}' is not an address: there is no witness version {version}.";
        if (decoded.Variant != VariantOf(version)) return $"'{text}' is not an address: witness version {version} needs the {VariantOf(version)} checksum.";
        if (!Bech32.TryToBytes(decoded.Words.Span[1..], out var program)) return $"'{text}' is not an address: its padding is wrong.";
        if (program.Length is < 2 or > 40 || (version == 0 && program.Length is not (20 or 32)))
        {
            return $"'{text}' is not an address: a witness program of version {version} cannot have {program.Length} bytes.";
        }

        address = Segwit(network, version, program);
        return null;
    }

    private static string? ParseLegacy(string text, Network network, out BitcoinAddress? address)
    {
        address = null;
        if (!Base58.TryDecodeCheck(text, out var payload)) return $"'{text}' is not an address: neither segwit of a known network nor base58 with a right checksum.";
        if (payload.Length != 1 + HashSize) return $"'{text}' is not an address: it holds {payload.Length} bytes in place of {1 + HashSize}.";
        if (payload[0] == network.P2pkhVersion) address = Legacy(network, AddressType.P2pkh, payload.AsSpan(1));
        else if (payload[0] == network.P2shVersion) address = Legacy(network, AddressType.P2sh, payload.AsSpan(1));
        else return WrongNetwork(text, network, n => payload[0] == n.P2pkhVersion || payload[0] == n.P2shVersion);
        return null;
    }

    private static string WrongNetwork(string text, Network expected, Func<Network, bool> belongs)
    {
        var actual = string.Join(" or ", Network.All.Where(belongs).Select(n => n.Name));
        return actual.Length == 0
            ? $"'{text}' is not an address of a known network."
            : $"'{text}' is an address of {actual}, not of {expected.Name}.";
    }

    private static Bech32Variant VariantOf(int version) => version == 0 ? Bech32Variant.Bech32 : Bech32Variant.Bech32m;

    private static BitcoinAddress Legacy(Network network, AddressType type, ReadOnlySpan<byte> hash)
    {
        var isKey = type == AddressType.P2pkh;
        byte[] script = isKey ? [OpDup, OpHash160, HashSize, .. hash, OpEqualVerify, OpCheckSig] : [OpHash160, HashSize, .. hash, OpEqual];
        return new BitcoinAddress(network, type, new Script(Bytes.Wrap(script)), Base58.EncodeCheck([isKey ? network.P2pkhVersion : network.P2shVersion, .. hash]));
    }

    private static BitcoinAddress Segwit(Network network, int version, ReadOnlySpan<byte> program)
    {
        var type = (version, program.Length) switch
        {
            (0, 20) => AddressType.P2wpkh,
            (0, 32) => AddressType.P2wsh,
            (1, 32) => AddressType.P2tr,
            _ => AddressType.WitnessUnknown,
        };
        byte[] script = [version == 0 ? (byte)0 : (byte)(Op1 + version - 1), (byte)program.Length, .. program];
        byte[] words = [(byte)version, .. Bech32.ToWords(program)];
        return new BitcoinAddress(network, type, new Script(Bytes.Wrap(script)), Bech32.Encode(network.Bech32Prefix, words, VariantOf(version)));
    }
}
