using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Lightning.Protocol.Wire;

/// <summary>
/// Walks over a TLV stream by the strict rules of BOLT 1: minimal encodings, strictly increasing types, lengths within the stream, known
/// records read to their last byte, unknown even types refused. Call <see cref="Next"/> until it is false; for each record read
/// <see cref="Value"/>, or call <see cref="KeepUnknown"/>.
/// </summary>
/// <exception cref="MessageDecodeException">From <see cref="Next"/> and <see cref="KeepUnknown"/>: the stream breaks a rule.</exception>
public ref struct TlvReader(ReadOnlySpan<byte> stream, string name)
{
    private readonly string _name = name;
    private WireReader _stream = new(stream);
    private WireReader _value;
    private bool _any;
    private ImmutableArray<TlvRecord>.Builder? _unknown;

    /// <summary>Type of the current record.</summary>
    public ulong Type { get; private set; }

    /// <summary>Value of the current record, to be read to its end.</summary>
    [UnscopedRef]
    public ref WireReader Value => ref _value;

    /// <summary>The unknown records so far.</summary>
    public readonly TlvStream Unknown => _unknown is null ? default : new TlvStream(_unknown.ToImmutable());

    /// <summary>Goes to the next record.</summary>
    /// <returns>False at the end of the stream.</returns>
    public bool Next()
    {
        if (!_value.IsAtEnd) throw new MessageDecodeException(_name, $"record {Type} has {_value.Remaining} bytes too many");
        if (_stream.IsAtEnd) return false;
        var type = _stream.BigSize(_name);
        if (_any && type <= Type) throw new MessageDecodeException(_name, $"record {type} follows {Type}: types must strictly increase");
        (Type, _any) = (type, true);
        var length = _stream.BigSize(_name);
        if (length > (ulong)_stream.Remaining) throw new MessageDecodeException(_name, $"record {type} is truncated: {length} bytes needed, {_stream.Remaining} left");
        _value = new WireReader(_stream.Take((int)length, _name));
        return true;
    }

    /// <summary>Keeps the current record as one that this node does not know.</summary>
    public void KeepUnknown()
    {
        if (Type % 2 == 0) throw new MessageDecodeException(_name, $"record {Type} is unknown and even");
        _unknown ??= ImmutableArray.CreateBuilder<TlvRecord>();
        _unknown.Add(new TlvRecord(Type, new Bytes(_value.TakeRest())));
    }
}
