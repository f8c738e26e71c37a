using System.Collections.Immutable;
using System.Globalization;

namespace Lightning.Bitcoin.Keys;

/// <summary>A derivation path of BIP 32, such as <c>m/84'/0'/0'/0/5</c>. Compares by content.</summary>
public sealed class KeyPath : IEquatable<KeyPath>
{
    /// <summary>Added to an index that derives from the private key only.</summary>
    public const uint HardenedBit = 0x80000000;

    /// <summary>The depth is one byte in an extended key.</summary>
    public const int MaximumDepth = 255;

    private KeyPath(ImmutableArray<uint> indexes) => Indexes = indexes.Length <= MaximumDepth
        ? indexes
        : throw new FormatException($"A derivation path has at most {MaximumDepth} steps.");

    /// <summary>The path of the key itself.</summary>
    public static KeyPath Root { get; } = new([]);

    /// <summary>The child numbers, outermost first.</summary>
    public ImmutableArray<uint> Indexes { get; }

    /// <summary>Reads a path: steps between slashes, hardened ones marked by <c>'</c>, <c>h</c> or <c>H</c>, with or without a leading <c>m</c>.</summary>
    /// <exception cref="FormatException">Not a path.</exception>
    public static KeyPath Parse(string text)
    {
        if (text.Length > MaximumDepth * 12) throw new FormatException("The text is too long for a derivation path.");
        var indexes = ImmutableArray.CreateBuilder<uint>();
        foreach (var range in text.AsSpan().Split('/'))
        {
            var step = text.AsSpan(range);
            if (range.Start.Value == 0 && (step is "m" || text.Length == 0)) continue;
            var isHardened = step is [.., '\'' or 'h' or 'H'];
            if (!uint.TryParse(isHardened ? step[..^1] : step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index >= HardenedBit)
            {
                throw new FormatException($"'{text}' is not a derivation path: '{step}' is not a number below 2^31 with an optional ' for hardened.");
            }

            indexes.Add(isHardened ? index | HardenedBit : index);
        }

        return new KeyPath(indexes.ToImmutable());
    }

    /// <summary>The path one step further.</summary>
    /// <param name="index">The child number below 2^31.</param>
    /// <param name="hardened">Whether it derives from the private key only.</param>
    public KeyPath Child(uint index, bool hardened = false)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, HardenedBit);
        return new KeyPath(Indexes.Add(hardened ? index | HardenedBit : index));
    }

    /// <inheritdoc/>
    public bool Equals(KeyPath? other) => other is not null && Indexes.AsSpan().SequenceEqual(other.Indexes.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as KeyPath);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var index in Indexes) hash.Add(index);
        return hash.ToHashCode();
    }

    /// <summary>With a leading m, hardened steps marked by '.</summary>
    public override string ToString() => string.Join('/', Indexes.Select(Describe).Prepend("m"));

    private static string Describe(uint index) =>
        string.Create(CultureInfo.InvariantCulture, $"{index & ~HardenedBit}{(index >= HardenedBit ? "'" : "")}");
}
