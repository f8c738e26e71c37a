using System.Security.Cryptography;
using System.Text.Json;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Bitcoin.Tests.Crypto;

public sealed class WycheproofTests
{
    [SkippableFact]
    public void ECDSA_with_strict_DER_and_low_S()
    {
        var run = 0;
        foreach (var (group, test) in Tests("ecdsa_secp256k1_sha256_bitcoin"))
        {
            Assert.True(PubKey.TryParseAny(Hex(group.GetProperty("publicKey"), "uncompressed"), out var key));
            var accepted = EcdsaSignature.TryFromDer(Hex(test, "sig"), out var signature) && key.Verify(Hashes.Sha256(Hex(test, "msg")), signature);
            Check(test, accepted);
            if (accepted) Assert.Equal(Hex(test, "sig"), signature.ToDer());
            run++;
        }

        Assert.Equal(463, run);
    }

    [SkippableFact]
    public void ECDSA_in_compact_form_once_S_is_normalized()
    {
        var run = 0;
        foreach (var (group, test) in Tests("ecdsa_secp256k1_sha256_p1363"))
        {
            Assert.True(PubKey.TryParseAny(Hex(group.GetProperty("publicKey"), "uncompressed"), out var key));
            var bytes = Hex(test, "sig");
            var hash = Hashes.Sha256(Hex(test, "msg"));
            Check(test, bytes.Length == EcdsaSignature.Size && key.Verify(hash, new EcdsaSignature(bytes).NormalizeS()));
            if (bytes.Length == EcdsaSignature.Size && !new EcdsaSignature(bytes).IsLowS) Assert.False(key.Verify(hash, new EcdsaSignature(bytes)));
            run++;
        }

        Assert.Equal(252, run);
    }

    [SkippableFact]
    public void ECDH_gives_the_x_coordinate_and_refuses_what_is_no_point()
    {
        // Fixed header of a subjectPublicKeyInfo for secp256k1; whatever differs from it is not a key of this curve.
        var uncompressed = Convert.FromHexString("3056301006072a8648ce3d020106052b8104000a034200");
        var compressed = Convert.FromHexString("3036301006072a8648ce3d020106052b8104000a032200");
        int run = 0, valid = 0;
        foreach (var (_, test) in Tests("ecdh_secp256k1"))
        {
            var der = Hex(test, "public");
            var header = der.AsSpan().StartsWith(uncompressed) ? uncompressed.Length : der.AsSpan().StartsWith(compressed) ? compressed.Length : -1;
            var scalar = Hex(test, "private").AsSpan().TrimStart((byte)0);
            var secret = new byte[32];
            scalar.CopyTo(secret.AsSpan(32 - scalar.Length));
            using var key = Key.FromBytes(secret);
            if (header >= 0 && PubKey.TryParseAny(der.AsSpan(header), out var point))
            {
                Assert.NotEqual("invalid", test.GetProperty("result").GetString());
                Assert.Equal(Hex(test, "shared"), key.EcdhX(point).ToArray());
                valid++;
            }
            else
            {
                // Keys in other encodings (explicit curve parameters) are "acceptable": nobody has to read them.
                Assert.NotEqual("valid", test.GetProperty("result").GetString());
            }

            run++;
        }

        Assert.Equal(752, run);
        Assert.Equal(474, valid); // 473 "valid" and the one compressed key
    }

    [SkippableFact]
    public void ChaCha20_Poly1305_of_the_platform()
    {
        int run = 0, sizes = 0;
        foreach (var (group, test) in Tests("chacha20_poly1305"))
        {
            if (group.GetProperty("ivSize").GetInt32() != 96)
            {
                sizes++;
                continue;
            }

            var (key, nonce, aad, message, sealedText, tag) = (Hex(test, "key"), Hex(test, "iv"), Hex(test, "aad"), Hex(test, "msg"), Hex(test, "ct"), Hex(test, "tag"));
            using var aead = new ChaCha20Poly1305(key);
            var plain = new byte[sealedText.Length];
            var opened = true;
            try
            {
                aead.Decrypt(nonce, sealedText, tag, plain, aad);
            }
            catch (AuthenticationTagMismatchException)
            {
                opened = false;
            }

            Check(test, opened);
            run++;
            if (!opened) continue;
            Assert.Equal(message, plain);
            var (cipher, mac) = (new byte[message.Length], new byte[16]);
            aead.Encrypt(nonce, message, cipher, mac, aad);
            Assert.Equal(sealedText, cipher);
            Assert.Equal(tag, mac);
            ChaCha20.Xor(key, nonce, 1, message);
            Assert.Equal(sealedText, message);
        }

        Assert.Equal(325, run + sizes);
        Assert.InRange(run, 300, 325);
    }

    [SkippableFact]
    public void HKDF_of_the_platform()
    {
        var run = 0;
        foreach (var (_, test) in Tests("hkdf_sha256"))
        {
            var size = test.GetProperty("size").GetInt32();
            var isValid = test.GetProperty("result").GetString() == "valid";
            byte[] Derive() => HKDF.DeriveKey(HashAlgorithmName.SHA256, Hex(test, "ikm"), size, Hex(test, "salt"), Hex(test, "info"));
            if (isValid) Assert.Equal(Hex(test, "okm"), Derive());
            else Assert.ThrowsAny<ArgumentException>(Derive);
            run++;
        }

        Assert.Equal(86, run);
    }

    [SkippableFact]
    public void HMAC_of_the_platform_compared_in_constant_time()
    {
        var run = 0;
        foreach (var (group, test) in Tests("hmac_sha256"))
        {
            var mac = HMACSHA256.HashData(Hex(test, "key"), Hex(test, "msg")).AsSpan(0, group.GetProperty("tagSize").GetInt32() / 8);
            Check(test, ConstantTime.AreEqual(mac, Hex(test, "tag")));
            run++;
        }

        Assert.Equal(174, run);
    }

    private static IEnumerable<(JsonElement Group, JsonElement Test)> Tests(string name) =>
        from grp in Vectors.Json($"primitives/wycheproof-{name}_test.json").GetProperty("testGroups").EnumerateArray()
        from test in grp.GetProperty("tests").EnumerateArray()
        select (grp, test);

    private static byte[] Hex(JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);

    private static void Check(JsonElement test, bool accepted) =>
        Assert.True(accepted == (test.GetProperty("result").GetString() == "valid"), $"test {test.GetProperty("tcId")}: {test.GetProperty("comment")}");
}
