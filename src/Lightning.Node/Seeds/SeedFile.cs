using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lightning.Bitcoin.Keys;
using Lightning.Node.Configuration;

namespace Lightning.Node.Seeds;

/// <summary>
/// The node's seed on disk: 24 words (BIP 39) in <c>seed.json</c> of the network's folder, mode 600, encrypted with AES-256-GCM under a
/// passphrase where one is given. The words alone bring back every key; the file is never overwritten.
/// </summary>
public static class SeedFile
{
    /// <summary>Its name.</summary>
    public const string Name = "seed.json";

    // OWASP's figure for PBKDF2 with SHA-512; the file says how many were used, so it may rise.
    private const int Iterations = 210_000;
    private const int MaxIterations = 100_000_000;
    private const int KeyLength = 32, NonceLength = 12, TagLength = 16, SaltLength = 16;

    /// <summary>Whether a folder has a seed.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, Name));

    /// <summary>Writes a new seed.</summary>
    /// <exception cref="IOException">There is one already.</exception>
    public static void Create(string folder, Mnemonic words, string? passphrase) =>
        PrivateFiles.WriteNew(Path.Combine(folder, Name), JsonSerializer.SerializeToUtf8Bytes(passphrase is null ? new Content { Words = words.Sentence } : Encrypt(words, passphrase)));

    /// <summary>Reads the seed.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or the passphrase is missing, not needed or wrong.</exception>
    public static Mnemonic Open(string folder, string? passphrase)
    {
        var path = Path.Combine(folder, Name);
        Content? content;
        try
        {
            content = JsonSerializer.Deserialize<Content>(File.ReadAllBytes(path));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message}", e);
        }
        if (content?.Version != 1) throw new InvalidDataException($"{path} was written by a newer version.");
        try
        {
            if (content.Words is not null)
            {
                return passphrase is null
                    ? Mnemonic.Parse(content.Words)
                    : throw new InvalidDataException($"{path} is not encrypted, but a passphrase is given. Leave it away, or restore the seed with --import-seed into a new folder to encrypt it.");
            }
            return Mnemonic.Parse(Decrypt(content, passphrase ?? throw new InvalidDataException($"{path} is encrypted: give its passphrase with --seed-passphrase-file or LN__SEED_PASSPHRASE."), path));
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message}", e);
        }
    }

    private static Content Encrypt(Mnemonic words, string passphrase)
    {
        var (salt, nonce, tag) = (RandomNumberGenerator.GetBytes(SaltLength), RandomNumberGenerator.GetBytes(NonceLength), new byte[TagLength]);
        var plain = Encoding.UTF8.GetBytes(words.Sentence);
        var cipher = new byte[plain.Length];
        var key = Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, Iterations, HashAlgorithmName.SHA512, KeyLength);
        using (var aes = new AesGcm(key, TagLength)) aes.Encrypt(nonce, plain, cipher, tag);
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(plain);
        return new Content { Kdf = "pbkdf2-sha512", Iterations = Iterations, Salt = salt, Nonce = nonce, Cipher = [.. cipher, .. tag] };
    }

    private static string Decrypt(Content content, string passphrase, string path)
    {
        if (content is not { Kdf: "pbkdf2-sha512", Iterations: > 0 and <= MaxIterations, Salt.Length: > 0, Nonce.Length: NonceLength, Cipher.Length: > TagLength })
            throw new InvalidDataException($"{path} is damaged: it holds neither words nor what is needed to decrypt them.");
        var key = Rfc2898DeriveBytes.Pbkdf2(passphrase, content.Salt, content.Iterations, HashAlgorithmName.SHA512, KeyLength);
        var plain = new byte[content.Cipher.Length - TagLength];
        try
        {
            using var aes = new AesGcm(key, TagLength);
            aes.Decrypt(content.Nonce, content.Cipher.AsSpan(0, plain.Length), content.Cipher.AsSpan(plain.Length), plain);
            return Encoding.UTF8.GetString(plain);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new InvalidDataException($"The passphrase does not open {path}.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private sealed record Content
    {
        [JsonPropertyName("version")]
        public int Version { get; init; } = 1;

        [JsonPropertyName("words"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Words { get; init; }

        [JsonPropertyName("kdf"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Kdf { get; init; }

        [JsonPropertyName("iterations"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public int Iterations { get; init; }

        [JsonPropertyName("salt"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public byte[]? Salt { get; init; }

        [JsonPropertyName("nonce"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public byte[]? Nonce { get; init; }

        [JsonPropertyName("cipher"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public byte[]? Cipher { get; init; }
    }
}
