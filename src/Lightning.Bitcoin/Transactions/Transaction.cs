using System.Collections.Immutable;
using Lightning.Bitcoin.Scripts;

namespace Lightning.Bitcoin.Transactions;

/// <summary>An immutable Bitcoin transaction.</summary>
public sealed class Transaction : IEquatable<Transaction>
{
    /// <summary>Makes a transaction.</summary>
    public Transaction(uint version, ImmutableArray<TxIn> inputs, ImmutableArray<TxOut> outputs, uint lockTime) =>
        (Version, Inputs, Outputs, LockTime) = (version, inputs, outputs, lockTime);

    /// <summary>nVersion.</summary>
    public uint Version { get; }

    /// <summary>The inputs, with their witnesses.</summary>
    public ImmutableArray<TxIn> Inputs { get; }

    /// <summary>The outputs.</summary>
    public ImmutableArray<TxOut> Outputs { get; }

    /// <summary>nLockTime: below 500,000,000 a block height, else seconds of median time past.</summary>
    public uint LockTime { get; }

    /// <summary>The id (without witnesses), computed once.</summary>
    public TxId TxId => throw new NotImplementedException();

    /// <summary>BIP 141 weight in weight units.</summary>
    public int Weight => throw new NotImplementedException();

    /// <summary>Parses a whole transaction, with or without witnesses (BIP 144); nothing may follow it.</summary>
    /// <exception cref="FormatException">Not a transaction.</exception>
    public static Transaction Parse(ReadOnlySpan<byte> bytes) => throw new NotImplementedException();

    /// <summary>Parses hexadecimal.</summary>
    /// <exception cref="FormatException">Not a transaction.</exception>
    public static Transaction FromHex(string hex) => Parse(Convert.FromHexString(hex));

    /// <summary>Serialized, with witnesses where there are any (BIP 144).</summary>
    public byte[] ToBytes() => throw new NotImplementedException();

    /// <summary>The same with another witness on one input.</summary>
    public Transaction WithWitness(int input, Witness witness) =>
        new(Version, Inputs.SetItem(input, Inputs[input] with { Witness = witness }), Outputs, LockTime);

    /// <inheritdoc/>
    public bool Equals(Transaction? other) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Transaction);

    /// <inheritdoc/>
    public override int GetHashCode() => TxId.GetHashCode();
}
