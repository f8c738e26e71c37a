using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Lightning.Protocol.Wire;

/// <summary>TLV records in strictly increasing order of their types (BOLT 1). Compares by content. The default value is empty.</summary>
public readonly struct TlvStream : IEquatable<TlvStream>, IReadOnlyList<TlvRecord>
{
    private readonly EquatableArray<TlvRecord> _records;

    /// <summary>Makes a stream of these records.</summary>
    /// <exception cref="ArgumentException">The types are not strictly increasing.</exception>
    public TlvStream(ImmutableArray<TlvRecord> records)
    {
        _records = records;
        for (var i = 1; i < _records.Count; i++)
        {
            if (_records[i].Type <= _records[i - 1].Type)
                throw new ArgumentException($"TLV type {_records[i].Type} follows {_records[i - 1].Type}: types must strictly increase.", nameof(records));
        }
    }

    /// <summary>No records.</summary>
    public static TlvStream Empty => default;

    /// <summary>Number of records.</summary>
    public int Count => _records.Count;

    /// <summary>Whether there are no records.</summary>
    public bool IsEmpty => _records.IsEmpty;

    /// <summary>The records, without a copy.</summary>
    public ReadOnlySpan<TlvRecord> Span => _records.Span;

    /// <summary>The record at <paramref name="index"/>.</summary>
    public TlvRecord this[int index] => _records[index];

    /// <summary>The value of a type, or null where the stream has none.</summary>
    public Bytes? Find(ulong type)
    {
        foreach (var record in Span)
        {
            if (record.Type == type) return record.Value;
        }

        return null;
    }

    /// <inheritdoc/>
    public bool Equals(TlvStream other) => _records.Equals(other._records);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TlvStream other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _records.GetHashCode();

    /// <summary>Enumerates without an allocation.</summary>
    public ReadOnlySpan<TlvRecord>.Enumerator GetEnumerator() => Span.GetEnumerator();

    IEnumerator<TlvRecord> IEnumerable<TlvRecord>.GetEnumerator() => ((IEnumerable<TlvRecord>)_records).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable)_records).GetEnumerator();

    /// <summary>The records, in brackets.</summary>
    public override string ToString() => _records.ToString();

    /// <summary>Equality by content.</summary>
    public static bool operator ==(TlvStream left, TlvStream right) => left.Equals(right);

    /// <summary>Inequality by content.</summary>
    public static bool operator !=(TlvStream left, TlvStream right) => !left.Equals(right);
}
