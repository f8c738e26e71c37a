using System.Text.Json;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Bitcoin.Tests.Crypto;

public sealed class KeyTests
{
    private const string Order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

    private static readonly Key One = Key.FromBytes(Bytes32.FromHex("0000000000000000000000000000000000000000000000000000000000000001").Span);

    [Fact]
    public void The_key_one_has_the_generator_as_public_key_and_signs_as_RFC_6979_says()
    {
        Assert.Equal("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", One.PubKey.ToString());
        var hash = Bytes32.FromHex("42a98f3d3ee09518c8e23699af60fa6d97bb457436a68142b342d2395ecfe405");
        var signature = One.Sign(hash);
        Assert.Equal("42f7d0a0c2c4c02b7e90a2c851484dd0176f8c5938cff4da86634d8ff39286dd33c0b9fdcdcffe41bd6cb8914edbd850f12141a41163fa404a17c0a10cdeeccb", signature.ToString());
        Assert.True(One.PubKey.Verify(hash, signature));
        Assert.False(One.PubKey.Verify(Hashes.Sha256(hash.Span), signature));
    }

    [SkippableFact]
    public void Signatures_tweaks_and_shared_secrets_equal_the_recorded_ones()
    {
        var run = 0;
        foreach (var vector in Vectors.Json("primitives/secp256k1-own.json").EnumerateArray())
        {
            string Hex(string name) => vector.GetProperty(name).GetString()!;
            using var key = Key.FromBytes(Bytes32.FromHex(Hex("seckey")).Span);
            var pubKey = PubKey.FromHex(Hex("pubkey"));
            var hash = Bytes32.FromHex(Hex("msghash"));
            var tweak = Bytes32.FromHex(Hex("tweak"));
            Assert.Equal(pubKey, key.PubKey);
            Assert.Equal(Hex("sig_rfc6979"), key.Sign(hash).ToString());
            Assert.Equal(Hex("sig_low_r"), key.SignLowR(hash).ToString());
            Assert.True(pubKey.Verify(hash, key.SignLowR(hash)));
            Assert.Equal(Hex("pubkey_tweak_add"), pubKey.TweakAdd(tweak).ToString());
            Assert.Equal(Hex("pubkey_tweak_mul"), pubKey.TweakMul(tweak).ToString());
            Assert.Equal(Hex("seckey_tweak_add"), key.TweakAdd(tweak).ToBytes().ToString());
            Assert.Equal(Hex("seckey_tweak_mul"), key.TweakMul(tweak).ToBytes().ToString());
            using var other = Key.FromBytes(tweak.Span);
            Assert.Equal(Hex("ecdh_tweak_x_pubkey"), other.Ecdh(pubKey).ToString());
            Assert.Equal(Hex("ecdh_tweak_x_pubkey"), key.Ecdh(other.PubKey).ToString());
            run++;
        }

        Assert.Equal(24, run);
    }

    [Fact]
    public void The_shared_secret_is_the_hash_of_the_compressed_point()
    {
        using var key = Key.FromBytes(Hashes.Sha256([1]).Span);
        using var other = Key.FromBytes(Hashes.Sha256([2]).Span);
        var point = other.PubKey.TweakMul(key.ToBytes());
        Assert.Equal(Hashes.Sha256(point.Span), key.Ecdh(other.PubKey));
        Assert.Equal(new Bytes32(point.Span[1..]), key.EcdhX(other.PubKey));
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData(Order)]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("01")]
    [InlineData("")]
    public void What_is_no_private_key_is_refused(string hex) =>
        Assert.Throws<FormatException>(() => Key.FromBytes(Convert.FromHexString(hex)));

    [Fact]
    public void A_recoverable_signature_gives_the_key_back_and_no_other()
    {
        for (byte i = 1; i < 20; i++)
        {
            using var key = Key.FromBytes(Hashes.Sha256([i]).Span);
            var hash = Hashes.Sha256([i, i]);
            var (signature, recoveryId) = key.SignRecoverable(hash);
            Assert.Equal(key.Sign(hash), signature);
            Assert.Equal(key.PubKey, PubKey.Recover(hash, signature, recoveryId));
            Assert.NotEqual(key.PubKey, PubKey.Recover(hash, signature, recoveryId ^ 1));
            Assert.Null(PubKey.Recover(hash, signature, 4));
            Assert.Null(PubKey.Recover(hash, signature, -1));
        }
    }

    [Fact]
    public void Private_and_public_tweaks_agree()
    {
        using var key = Key.FromBytes(Hashes.Sha256([7]).Span);
        var tweak = Hashes.Sha256([8]);
        Assert.Equal(key.TweakAdd(tweak).PubKey, key.PubKey.TweakAdd(tweak));
        Assert.Equal(key.TweakMul(tweak).PubKey, key.PubKey.TweakMul(tweak));
        Assert.Equal(key.Negate().PubKey, key.PubKey.Negate());
        using var tweakKey = Key.FromBytes(tweak.Span);
        Assert.Equal(PubKey.Combine(key.PubKey, tweakKey.PubKey), key.PubKey.TweakAdd(tweak));
    }

    [Fact]
    public void Taproot_tweaks_of_the_private_and_of_the_x_only_key_agree_for_even_and_odd_keys()
    {
        var odd = 0;
        for (byte i = 1; i < 20; i++)
        {
            using var key = Key.FromBytes(Hashes.Sha256([i]).Span);
            if (key.PubKey.Span[0] == 3) odd++;
            var tweak = Hashes.Sha256([i, 1]);
            var (output, oddY) = key.PubKey.ToXOnly().TweakAdd(tweak);
            using var tweaked = key.TaprootTweak(tweak);
            Assert.Equal(output, tweaked.PubKey.ToXOnly());
            Assert.Equal(oddY, tweaked.PubKey.Span[0] == 3);
            Assert.True(output.Verify(tweak.Span, tweaked.SignSchnorr(tweak.Span, Bytes32.Zero)));
        }

        Assert.InRange(odd, 1, 18);
    }

    [Fact]
    public void Impossible_tweaks_are_errors_not_keys()
    {
        var order = Bytes32.FromHex(Order);
        Assert.Throws<InvalidOperationException>(() => One.TweakMul(Bytes32.Zero));
        Assert.Throws<InvalidOperationException>(() => One.TweakMul(order));
        Assert.Throws<InvalidOperationException>(() => One.TweakAdd(order));
        Assert.Throws<InvalidOperationException>(() => One.TweakAdd(One.Negate().ToBytes()));
        Assert.Throws<InvalidOperationException>(() => One.PubKey.TweakMul(Bytes32.Zero));
        Assert.Throws<InvalidOperationException>(() => One.PubKey.TweakAdd(One.Negate().ToBytes()));
        Assert.Throws<InvalidOperationException>(() => PubKey.Combine(One.PubKey, One.PubKey.Negate()));
        Assert.Throws<InvalidOperationException>(() => One.TaprootTweak(order));
        Assert.Throws<InvalidOperationException>(() => One.PubKey.ToXOnly().TweakAdd(order));
    }

    [Fact]
    public void A_disposed_key_does_nothing_and_shows_nothing()
    {
        var key = Key.Generate();
        Assert.DoesNotContain(key.ToBytes().ToString(), key.ToString(), StringComparison.Ordinal);
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Sign(Bytes32.Zero));
        Assert.Throws<ObjectDisposedException>(() => key.ToBytes());
        Assert.Throws<ObjectDisposedException>(() => key.PubKey);
        key.Dispose();
    }

    [Fact]
    public void Signing_and_verifying_allocate_nothing()
    {
        var hash = Hashes.Sha256([1, 2, 3]);
        var pubKey = One.PubKey;
        var xonly = pubKey.ToXOnly();
        bool Round()
        {
            var signature = One.Sign(hash);
            var schnorr = One.SignSchnorr(hash.Span, hash);
            return pubKey.Verify(hash, signature) & xonly.Verify(hash.Span, schnorr) & (One.Ecdh(pubKey) == One.Ecdh(pubKey));
        }

        for (var i = 0; i < 50; i++) Assert.True(Round());
        var before = GC.GetAllocatedBytesForCurrentThread();
        var good = true;
        for (var i = 0; i < 10; i++) good &= Round();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(good);
    }

    [Fact]
    public void One_context_serves_many_threads()
    {
        var failures = 0;
        Parallel.For(0, 200, i =>
        {
            using var key = Key.FromBytes(Hashes.Sha256(BitConverter.GetBytes(i)).Span);
            var hash = Hashes.Sha256(BitConverter.GetBytes(-i));
            if (!key.PubKey.Verify(hash, key.Sign(hash))) Interlocked.Increment(ref failures);
        });
        Assert.Equal(0, failures);
    }

    [SkippableFact]
    public void BIP_340_vectors_sign_and_verify()
    {
        var run = 0;
        foreach (var line in File.ReadLines(Vectors.PathOf("bips/bip340-test-vectors.csv")).Skip(1))
        {
            var fields = line.Split(',');
            var message = Convert.FromHexString(fields[4]);
            var signature = new SchnorrSignature(Convert.FromHexString(fields[5]));
            if (fields[1].Length > 0)
            {
                using var key = Key.FromBytes(Convert.FromHexString(fields[1]));
                Assert.Equal(signature, key.SignSchnorr(message, Bytes32.FromHex(fields[3])));
                Assert.Equal(fields[2], key.PubKey.ToXOnly().ToString(), ignoreCase: true);
            }

            var verified = XOnlyPubKey.TryParse(Bytes32.FromHex(fields[2]), out var xonly) && xonly.Verify(message, signature);
            Assert.True(verified == (fields[6] == "TRUE"), $"vector {fields[0]}");
            run++;
        }

        Assert.Equal(19, run);
    }
}
