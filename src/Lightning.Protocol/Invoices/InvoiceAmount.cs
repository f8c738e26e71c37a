using System.Globalization;

namespace Lightning.Protocol.Invoices;

/// <summary>The amount in the human-readable part of an invoice: a number and a letter for its unit (BOLT 11, "Human-Readable Part").</summary>
internal static class InvoiceAmount
{
    private const long MsatPerBitcoin = 100_000_000_000;
    private const long MaxBitcoin = 21_000_000;

    /// <summary>Largest unit first. A pico-bitcoin is a tenth of a millisatoshi.</summary>
    private static readonly (string Letter, long PicoBitcoin)[] Units =
        [("", 1_000_000_000_000), ("m", 1_000_000_000), ("u", 1_000_000), ("n", 1_000), ("p", 1)];

    /// <summary>Parses digits and an optional letter.</summary>
    /// <exception cref="InvoiceFormatException">Not an amount, not a whole number of millisatoshi, or more than there can be.</exception>
    public static MilliSatoshi Parse(ReadOnlySpan<char> text)
    {
        var digits = text;
        var unit = Units[0];
        if (text.Length > 0 && !char.IsAsciiDigit(text[^1]))
        {
            digits = text[..^1];
            var letter = text[^1];
            unit = Array.Find(Units, u => u.Letter.Length == 1 && u.Letter[0] == letter);
            if (unit.Letter is null) throw new InvoiceFormatException($"The amount '{text}' has an unknown multiplier '{letter}': expected m, u, n or p.");
        }

        if (digits.IsEmpty || digits[0] == '0' || digits.Length > 20 || !UInt128.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new InvoiceFormatException($"The amount '{text}' is not a positive number without leading zeros.");
        var pico = number * (ulong)unit.PicoBitcoin;
        if (pico % 10 != 0) throw new InvoiceFormatException($"The amount '{text}' is not a whole number of millisatoshi.");
        var msat = pico / 10;
        if (msat > (UInt128)MaxBitcoin * MsatPerBitcoin) throw new InvoiceFormatException($"The amount '{text}' is more than there will ever be.");
        return new MilliSatoshi((long)msat);
    }

    /// <summary>The shortest form.</summary>
    public static string Format(MilliSatoshi amount)
    {
        foreach (var (letter, picoBitcoin) in Units)
        {
            var pico = (Int128)amount.Value * 10;
            if (pico % picoBitcoin == 0) return string.Create(CultureInfo.InvariantCulture, $"{pico / picoBitcoin}{letter}");
        }

        throw new InvalidOperationException("Unreachable: every amount is a whole number of pico-bitcoin.");
    }
}
