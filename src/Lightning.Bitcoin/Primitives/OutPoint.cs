using System.Globalization;

namespace Lightning.Bitcoin.Primitives;

/// <summary>One output of one transaction.</summary>
/// <param name="TxId">The transaction.</param>
/// <param name="Index">The output's index in it.</param>
public readonly record struct OutPoint(TxId TxId, uint Index) : IComparable<OutPoint>
{
    /// <summary>Parses <c>txid:index</c>.</summary>
    /// <exception cref="FormatException">Not of that form.</exception>
    public static OutPoint Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon == 64 && uint.TryParse(text.AsSpan(65), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? new OutPoint(TxId.Parse(text[..64]), index)
            : throw new FormatException($"'{text}' is not an outpoint: expected txid:index.");
    }

    /// <inheritdoc/>
    public int CompareTo(OutPoint other) => TxId == other.TxId ? Index.CompareTo(other.Index) : TxId.CompareTo(other.TxId);

    /// <summary><c>txid:index</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{TxId}:{Index}");
}
