using Lightning.Bitcoin.Addresses;
using Lightning.Bitcoin.Scripts;
using Lightning.Protocol.Invoices;

namespace Lightning.Actors.Invoices;

/// <summary>On-chain addresses as an invoice writes them (BOLT 11, field <c>f</c>), and as people do.</summary>
internal static class FallbackAddresses
{
    /// <summary>For an invoice; null for a script that has no form there.</summary>
    public static FallbackAddress? ToFallback(this BitcoinAddress address)
    {
        var script = address.ScriptPubKey.Bytes.Span;
        return script switch
        {
            [0x76, 0xa9, 20, .., 0x88, 0xac] when script.Length == 25 => new FallbackAddress(FallbackAddress.PubKeyHash, new Bytes(script[3..23])),
            [0xa9, 20, .., 0x87] when script.Length == 23 => new FallbackAddress(FallbackAddress.ScriptHash, new Bytes(script[2..22])),
            [var version and (0 or (>= 0x51 and <= 0x60)), var length, ..] when script.Length == length + 2 =>
                new FallbackAddress((byte)(version == 0 ? 0 : version - 0x50), new Bytes(script[2..])),
            _ => null,
        };
    }

    /// <summary>For people; null for one that has no address.</summary>
    public static string? ToAddress(this FallbackAddress fallback, Network network)
    {
        var program = fallback.Program.Span;
        byte[] script = fallback.Version switch
        {
            FallbackAddress.PubKeyHash => [0x76, 0xa9, 20, .. program, 0x88, 0xac],
            FallbackAddress.ScriptHash => [0xa9, 20, .. program, 0x87],
            0 => [0, (byte)program.Length, .. program],
            <= 16 => [(byte)(0x50 + fallback.Version), (byte)program.Length, .. program],
            _ => [],
        };
        return BitcoinAddress.FromScriptPubKey(new Script(Bytes.Wrap(script)), network)?.ToString();
    }
}
