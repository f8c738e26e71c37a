using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Lightning.Bitcoin.Crypto;

/// <summary>
/// The functions of libsecp256k1 that are used here, and the one context of the process. The context is randomized once, against side channels,
/// before anybody else sees it; afterwards every function may run on it from any thread.
/// </summary>
internal static unsafe partial class Secp256k1
{
    /// <summary>Length of the opaque structures of a point, a signature (65 where recoverable) and a key pair. Never persisted: their layout is the library's own affair.</summary>
    internal const int PointSize = 64, SignatureSize = 64, RecoverableSignatureSize = 65, KeyPairSize = 96;

    internal const uint Compressed = 0x102, Uncompressed = 2;

    private const string Library = "secp256k1";
    private const uint SignAndVerify = 0x301;

    private static readonly Lock Gate = new();
    private static nint _handle;
    private static nint _context;

    [ThreadStatic]
    private static nint _misuse;

    static Secp256k1() => NativeLibrary.SetDllImportResolver(typeof(Secp256k1).Assembly, (name, _, _) => name == Library ? _handle : 0);

    /// <summary>The context; made at the first use.</summary>
    /// <exception cref="Secp256k1NotFoundException">The library is not on this machine.</exception>
    internal static nint Context => _context != 0 ? _context : Create();

    /// <summary>Whether the library can do MuSig2 (0.6 and newer).</summary>
    internal static bool HasMuSig => Context != 0 && NativeLibrary.TryGetExport(_handle, "secp256k1_musig_pubkey_agg", out _);

    /// <summary>What to throw where the library refused what it never refuses valid input for.</summary>
    internal static InvalidOperationException Failure(string what)
    {
        var misuse = Marshal.PtrToStringUTF8(_misuse);
        _misuse = 0;
        return new InvalidOperationException(misuse is null ? what : $"{what} (libsecp256k1: {misuse})");
    }

    private static nint Create()
    {
        lock (Gate)
        {
            if (_context != 0) return _context;
            _handle = Secp256k1Locator.Load();
            var context = secp256k1_context_create(SignAndVerify);
            secp256k1_context_set_illegal_callback(context, &OnMisuse, null);
            secp256k1_context_set_error_callback(context, &OnInconsistency, null);
            Span<byte> seed = stackalloc byte[32];
            RandomNumberGenerator.Fill(seed);
            if (secp256k1_context_randomize(context, seed) == 0) throw Failure("The context of libsecp256k1 could not be randomized.");
            CryptographicOperations.ZeroMemory(seed);
            return _context = context;
        }
    }

    /// <summary>The library's default is to abort the process. Here the call returns 0 and its caller throws; an exception must not cross native code.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnMisuse(byte* message, void* data) => _misuse = (nint)message;

    /// <summary>The library found its own memory damaged: whatever it says next may be wrong, and a wrong signature can give away a key.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnInconsistency(byte* message, void* data) => Environment.FailFast("libsecp256k1: " + Marshal.PtrToStringUTF8((nint)message));

    [LibraryImport(Library)]
    private static partial nint secp256k1_context_create(uint flags);

    [LibraryImport(Library)]
    private static partial int secp256k1_context_randomize(nint context, ReadOnlySpan<byte> seed32);

    [LibraryImport(Library)]
    private static partial void secp256k1_context_set_illegal_callback(nint context, delegate* unmanaged[Cdecl]<byte*, void*, void> callback, void* data);

    [LibraryImport(Library)]
    private static partial void secp256k1_context_set_error_callback(nint context, delegate* unmanaged[Cdecl]<byte*, void*, void> callback, void* data);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ec_seckey_verify(nint context, ReadOnlySpan<byte> secret32);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ec_seckey_negate(nint context, Span<byte> secret32);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ec_seckey_tweak_add(nint context, Span<byte> secret32, ReadOnlySpan<byte> tweak32);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ec_seckey_tweak_mul(nint context, Span<byte> secret32, ReadOnlySpan<byte> tweak32);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ec_pubkey_create(nint context, Span<byte> point, ReadOnlySpan<byte> secret32);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ec_pubkey_parse(nint context, Span<byte> point, ReadOnlySpan<byte> input, nuint length);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ec_pubkey_serialize(nint context, Span<byte> output, ref nuint length, ReadOnlySpan<byte> point, uint flags);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ec_pubkey_negate(nint context, Span<byte> point);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ec_pubkey_tweak_add(nint context, Span<byte> point, ReadOnlySpan<byte> tweak32);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ec_pubkey_tweak_mul(nint context, Span<byte> point, ReadOnlySpan<byte> tweak32);

    /// <summary>The output must not be one of the inputs.</summary>
    [LibraryImport(Library)]
    internal static partial int secp256k1_ec_pubkey_combine(nint context, Span<byte> sum, byte** points, nuint count);

    /// <summary>A null <paramref name="nonceFunction"/> is RFC 6979; <paramref name="extra32"/> is extra entropy for it, or empty.</summary>
    [LibraryImport(Library)]
    internal static partial int secp256k1_ecdsa_sign(nint context, Span<byte> signature, ReadOnlySpan<byte> hash32, ReadOnlySpan<byte> secret32, void* nonceFunction, ReadOnlySpan<byte> extra32);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ecdsa_verify(nint context, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> hash32, ReadOnlySpan<byte> point);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ecdsa_signature_parse_compact(nint context, Span<byte> signature, ReadOnlySpan<byte> compact64);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ecdsa_signature_serialize_compact(nint context, Span<byte> compact64, ReadOnlySpan<byte> signature);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ecdsa_signature_normalize(nint context, Span<byte> normalized, ReadOnlySpan<byte> signature);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ecdsa_sign_recoverable(nint context, Span<byte> signature, ReadOnlySpan<byte> hash32, ReadOnlySpan<byte> secret32, void* nonceFunction, void* extra32);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ecdsa_recoverable_signature_serialize_compact(nint context, Span<byte> compact64, out int recoveryId, ReadOnlySpan<byte> signature);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ecdsa_recoverable_signature_parse_compact(nint context, Span<byte> signature, ReadOnlySpan<byte> compact64, int recoveryId);

    [LibraryImport(Library)]
    internal static partial int secp256k1_ecdsa_recover(nint context, Span<byte> point, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> hash32);

    /// <summary>A null <paramref name="hashFunction"/> is SHA-256 of the compressed point.</summary>
    [LibraryImport(Library)]
    internal static partial int secp256k1_ecdh(nint context, Span<byte> output, ReadOnlySpan<byte> point, ReadOnlySpan<byte> secret32, delegate* unmanaged[Cdecl]<byte*, byte*, byte*, void*, int> hashFunction, void* data);

    [LibraryImport(Library)]
    internal static partial int secp256k1_xonly_pubkey_parse(nint context, Span<byte> point, ReadOnlySpan<byte> x32);

    [LibraryImport(Library)]
    internal static partial int secp256k1_xonly_pubkey_serialize(nint context, Span<byte> x32, ReadOnlySpan<byte> point);

    [LibraryImport(Library)]
    internal static partial int secp256k1_xonly_pubkey_from_pubkey(nint context, Span<byte> xonly, out int parity, ReadOnlySpan<byte> point);

    [LibraryImport(Library)]
    internal static partial int secp256k1_xonly_pubkey_tweak_add(nint context, Span<byte> point, ReadOnlySpan<byte> xonly, ReadOnlySpan<byte> tweak32);

    [LibraryImport(Library)]
    internal static partial int secp256k1_keypair_create(nint context, Span<byte> keyPair, ReadOnlySpan<byte> secret32);

    [LibraryImport(Library)]
    internal static partial int secp256k1_keypair_sec(nint context, Span<byte> secret32, ReadOnlySpan<byte> keyPair);

    [LibraryImport(Library)]
    internal static partial int secp256k1_keypair_xonly_tweak_add(nint context, Span<byte> keyPair, ReadOnlySpan<byte> tweak32);

    [LibraryImport(Library)]
    internal static partial int secp256k1_schnorrsig_sign_custom(nint context, Span<byte> signature64, ReadOnlySpan<byte> message, nuint length, ReadOnlySpan<byte> keyPair, in SchnorrParameters parameters);

    [LibraryImport(Library)]
    internal static partial int secp256k1_schnorrsig_verify(nint context, ReadOnlySpan<byte> signature64, ReadOnlySpan<byte> message, nuint length, ReadOnlySpan<byte> xonly);

    /// <summary>secp256k1_schnorrsig_extraparams: a magic number, the nonce function (null for BIP 340's own) and its auxiliary randomness.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly struct SchnorrParameters(void* auxiliaryRandom)
    {
        private readonly uint _magic = BitConverter.IsLittleEndian ? 0x8CB36FDA : 0xDA6FB38C;
        private readonly void* _nonceFunction = null;
        private readonly void* _auxiliaryRandom = auxiliaryRandom;
    }
}
