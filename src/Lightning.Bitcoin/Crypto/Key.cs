using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Lightning.Bitcoin.Crypto;

/// <summary>A private key of secp256k1, always valid. Zeroed when disposed; never printed.</summary>
public sealed unsafe class Key : IDisposable
{
    /// <summary>Pinned, so that the garbage collector leaves no copies behind when it moves objects.</summary>
    private readonly byte[] _secret;

    private PubKey? _pubKey;
    private bool _disposed;

    private Key(ReadOnlySpan<byte> secret)
    {
        _secret = GC.AllocateUninitializedArray<byte>(32, pinned: true);
        secret.CopyTo(_secret);
    }

    /// <summary>The matching public key (made once, then kept).</summary>
    public PubKey PubKey => _pubKey ??= MakePubKey();

    private ReadOnlySpan<byte> Secret
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _secret;
        }
    }

    /// <summary>Copies 32 bytes.</summary>
    /// <exception cref="FormatException">Not 32 bytes, zero, or not below the order of the curve.</exception>
    public static Key FromBytes(ReadOnlySpan<byte> secret) => TryFromBytes(secret, out var key)
        ? key
        : throw new FormatException(secret.Length == 32
            ? "Not a private key: zero, or not below the order of the curve."
            : $"A private key has 32 bytes, not {secret.Length}.");

    /// <summary>Copies 32 bytes.</summary>
    /// <returns>Whether they are a private key.</returns>
    public static bool TryFromBytes(ReadOnlySpan<byte> secret, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Key? key)
    {
        key = secret.Length == 32 && Secp256k1.secp256k1_ec_seckey_verify(Secp256k1.Context, secret) == 1 ? new Key(secret) : null;
        return key is not null;
    }

    /// <summary>Makes a fresh key with the operating system's randomness, for callers that may have side effects.</summary>
    public static Key Generate()
    {
        Span<byte> secret = stackalloc byte[32];
        while (true)
        {
            RandomNumberGenerator.Fill(secret);
            if (!TryFromBytes(secret, out var key)) continue;
            CryptographicOperations.ZeroMemory(secret);
            return key;
        }
    }

    /// <summary>The secret itself, for key storage and derivation only.</summary>
    public Bytes32 ToBytes() => new(Secret);

    /// <summary>Writes the 32 bytes of the secret, for key storage and derivation only; the caller zeroes them.</summary>
    public void CopyTo(Span<byte> destination) => Secret.CopyTo(destination);

    /// <summary>The same key with a life of its own.</summary>
    public Key Copy() => new(Secret);

    /// <summary>Deterministic ECDSA signature (RFC 6979), low S, without low-R grinding, as the BOLT 3 vectors have it.</summary>
    public EcdsaSignature Sign(in Bytes32 hash)
    {
        Span<byte> compact = stackalloc byte[EcdsaSignature.Size];
        SignCompact(hash.Span, [], compact);
        return new EcdsaSignature(compact);
    }

    /// <summary>The same with a low R (Bitcoin Core's grinding), for on-chain wallet inputs of predictable size.</summary>
    public EcdsaSignature SignLowR(in Bytes32 hash)
    {
        Span<byte> compact = stackalloc byte[EcdsaSignature.Size];
        Span<byte> extra = stackalloc byte[32];
        extra.Clear();
        SignCompact(hash.Span, [], compact);
        for (uint counter = 1; compact[0] >= 0x80; counter++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(extra, counter);
            SignCompact(hash.Span, extra, compact);
        }

        return new EcdsaSignature(compact);
    }

    /// <summary>Recoverable signature (BOLT 11), RFC 6979, low S.</summary>
    public (EcdsaSignature Signature, int RecoveryId) SignRecoverable(in Bytes32 hash)
    {
        Span<byte> signature = stackalloc byte[Secp256k1.RecoverableSignatureSize];
        Span<byte> compact = stackalloc byte[EcdsaSignature.Size];
        if (Secp256k1.secp256k1_ecdsa_sign_recoverable(Secp256k1.Context, signature, hash.Span, Secret, null, null) != 1) throw Failed();
        _ = Secp256k1.secp256k1_ecdsa_recoverable_signature_serialize_compact(Secp256k1.Context, compact, out var recoveryId, signature);
        return (new EcdsaSignature(compact), recoveryId);
    }

    /// <summary>BIP 340 signature over a message (32-byte sighash for Bitcoin) with auxiliary randomness.</summary>
    public SchnorrSignature SignSchnorr(ReadOnlySpan<byte> message, in Bytes32 auxiliaryRandom)
    {
        Span<byte> keyPair = stackalloc byte[Secp256k1.KeyPairSize];
        Span<byte> signature = stackalloc byte[SchnorrSignature.Size];
        try
        {
            if (Secp256k1.secp256k1_keypair_create(Secp256k1.Context, keyPair, Secret) != 1) throw Failed();
            fixed (byte* random = auxiliaryRandom.Span)
            {
                var parameters = new Secp256k1.SchnorrParameters(random);
                if (Secp256k1.secp256k1_schnorrsig_sign_custom(Secp256k1.Context, signature, message, (nuint)message.Length, keyPair, parameters) != 1) throw Failed();
            }

            return new SchnorrSignature(signature);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keyPair);
        }
    }

    /// <summary>SHA-256 of the compressed shared point (BOLT 4, BOLT 8), in constant time.</summary>
    public Bytes32 Ecdh(PubKey other) => Ecdh(other, null);

    /// <summary>The x coordinate of the shared point, not hashed, in constant time.</summary>
    public Bytes32 EcdhX(PubKey other) => Ecdh(other, &CopyX);

    /// <summary>(this + tweak) mod n.</summary>
    /// <exception cref="InvalidOperationException">The tweak is not below the order of the curve, or the sum is zero (does not happen by chance).</exception>
    public Key TweakAdd(in Bytes32 tweak)
    {
        var key = new Key(Secret);
        return Secp256k1.secp256k1_ec_seckey_tweak_add(Secp256k1.Context, key._secret, tweak.Span) == 1 ? key : throw NotATweak();
    }

    /// <summary>(this * tweak) mod n.</summary>
    /// <exception cref="InvalidOperationException">The tweak is zero, or not below the order of the curve.</exception>
    public Key TweakMul(in Bytes32 tweak)
    {
        var key = new Key(Secret);
        return Secp256k1.secp256k1_ec_seckey_tweak_mul(Secp256k1.Context, key._secret, tweak.Span) == 1 ? key : throw NotATweak();
    }

    /// <summary>n - this: the key of the point with the other y.</summary>
    public Key Negate()
    {
        var key = new Key(Secret);
        return Secp256k1.secp256k1_ec_seckey_negate(Secp256k1.Context, key._secret) == 1 ? key : throw Failed();
    }

    /// <summary>BIP 341 key for the key path: negated where y is odd, then tweaked.</summary>
    /// <exception cref="InvalidOperationException">The tweak is not below the order of the curve, or the sum is zero (does not happen by chance).</exception>
    public Key TaprootTweak(in Bytes32 tweak)
    {
        Span<byte> keyPair = stackalloc byte[Secp256k1.KeyPairSize];
        try
        {
            if (Secp256k1.secp256k1_keypair_create(Secp256k1.Context, keyPair, Secret) != 1) throw Failed();
            if (Secp256k1.secp256k1_keypair_xonly_tweak_add(Secp256k1.Context, keyPair, tweak.Span) != 1) throw NotATweak();
            var key = new Key(Secret);
            return Secp256k1.secp256k1_keypair_sec(Secp256k1.Context, key._secret, keyPair) == 1 ? key : throw Failed();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keyPair);
        }
    }

    /// <summary>Zeroes the secret.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_secret);
    }

    /// <summary>Never the secret.</summary>
    public override string ToString() => "Key(secret)";

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CopyX(byte* output, byte* x32, byte* y32, void* data)
    {
        new ReadOnlySpan<byte>(x32, 32).CopyTo(new Span<byte>(output, 32));
        return 1;
    }

    private static InvalidOperationException Failed() => Secp256k1.Failure("The private key could not be used: it was disposed meanwhile.");

    private static InvalidOperationException NotATweak() =>
        Secp256k1.Failure("The tweak cannot be applied to this key: not below the order of the curve, or the result is zero.");

    private void SignCompact(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> extra, Span<byte> compact)
    {
        Span<byte> signature = stackalloc byte[Secp256k1.SignatureSize];
        if (Secp256k1.secp256k1_ecdsa_sign(Secp256k1.Context, signature, hash, Secret, null, extra) != 1) throw Failed();
        _ = Secp256k1.secp256k1_ecdsa_signature_serialize_compact(Secp256k1.Context, compact, signature);
    }

    private Bytes32 Ecdh(PubKey other, delegate* unmanaged[Cdecl]<byte*, byte*, byte*, void*, int> hash)
    {
        Span<byte> shared = stackalloc byte[32];
        if (Secp256k1.secp256k1_ecdh(Secp256k1.Context, shared, other.Point, Secret, hash, null) != 1) throw Failed();
        var result = new Bytes32(shared);
        CryptographicOperations.ZeroMemory(shared);
        return result;
    }

    private PubKey MakePubKey()
    {
        Span<byte> point = stackalloc byte[Secp256k1.PointSize];
        return Secp256k1.secp256k1_ec_pubkey_create(Secp256k1.Context, point, Secret) == 1 ? PubKey.FromPoint(point) : throw Failed();
    }
}
