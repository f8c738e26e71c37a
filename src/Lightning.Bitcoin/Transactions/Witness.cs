using System.Collections.Immutable;

namespace Lightning.Bitcoin.Transactions;

/// <summary>The witness stack of one input (BIP 141), bottom first. Compares by content.</summary>
public readonly struct Witness : IEquatable<Witness>
{
    private readonly ImmutableArray<Bytes> _stack;

    /// <summary>Makes a stack of these items.</summary>
    public Witness(ImmutableArray<Bytes> stack) => _stack = stack;

    /// <summary>No items.</summary>
    public static Witness Empty => default;

    /// <summary>The items, bottom first; never a default array.</summary>
    public ImmutableArray<Bytes> Stack => _stack.IsDefault ? [] : _stack;

    /// <summary>Whether there are no items.</summary>
    public bool IsEmpty => Stack.IsEmpty;

    /// <inheritdoc/>
    public bool Equals(Witness other) => Stack.AsSpan().SequenceEqual(other.Stack.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Witness other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Stack.Aggregate(0, (hash, item) => HashCode.Combine(hash, item));

    /// <summary>Equality by content.</summary>
    public static bool operator ==(Witness left, Witness right) => left.Equals(right);

    /// <summary>Inequality by content.</summary>
    public static bool operator !=(Witness left, Witness right) => !left.Equals(right);
}
