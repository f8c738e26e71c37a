using System.Text.Json;
using Lightning.Bitcoin.Addresses;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Encodings;
using Lightning.Bitcoin.Keys;

namespace Lightning.Bitcoin.Tests.Keys;

public sealed class ExtKeyTests
{
    private const string FirstSeed = "000102030405060708090a0b0c0d0e0f";

    [Fact]
    public void The_first_seed_of_BIP_32_gives_its_keys()
    {
        using var root = ExtKey.FromSeed(Convert.FromHexString(FirstSeed));
        Assert.Equal("xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi", root.ToBase58(Network.Mainnet));
        using var child = root.Derive(KeyPath.Parse("m/0'"));
        Assert.Equal("xpub68Gmy5EdvgibQVfPdqkBBCHxA5htiqg55crXYuXoQRKfDBFA1WEjWgP6LHhwBZeNK1VTsfTFUHCdrfp1bgwQ9xv5ski8PX9rL2dZXvgGDnw", child.Neuter().ToBase58(Network.Mainnet));
        Assert.Equal(root.Fingerprint, child.ParentFingerprint);
        Assert.Equal(0x3442193eu, root.Fingerprint);
    }

    [SkippableFact]
    public void Every_chain_of_BIP_32_derives_and_reads_back()
    {
        var run = 0;
        foreach (var vector in Vectors.Json("bips/bip32.json").GetProperty("vectors").EnumerateArray())
        {
            using var root = ExtKey.FromSeed(Convert.FromHexString(vector.GetProperty("seed").GetString()!));
            foreach (var chain in vector.GetProperty("chains").EnumerateArray())
            {
                var (xpub, xprv) = (chain.GetProperty("xpub").GetString()!, chain.GetProperty("xprv").GetString()!);
                var path = KeyPath.Parse(chain.GetProperty("path").GetString()!);
                using var key = root.Derive(path);
                Assert.Equal(xprv, key.ToBase58(Network.Mainnet));
                Assert.Equal(xpub, key.Neuter().ToBase58(Network.Mainnet));
                using var parsed = ExtKey.Parse(xprv, Network.Mainnet);
                Assert.Equal(xprv, parsed.ToBase58(Network.Mainnet));
                Assert.Equal(key.Neuter(), ExtPubKey.Parse(xpub, Network.Mainnet));
                if (path.Indexes is [.., var last and < KeyPath.HardenedBit])
                {
                    using var parent = root.Derive(KeyPath.Parse(string.Join('/', path.ToString().Split('/')[..^1])));
                    Assert.Equal(xpub, parent.Neuter().Derive(last).ToBase58(Network.Mainnet));
                }

                run++;
            }
        }

        Assert.InRange(run, 15, 100);
    }

    [SkippableFact]
    public void Invalid_extended_keys_of_BIP_32_are_refused_without_being_repeated()
    {
        var run = 0;
        foreach (var vector in Vectors.Json("bips/bip32.json").GetProperty("invalid").EnumerateArray())
        {
            var text = vector.GetProperty("key").GetString()!;
            foreach (var network in Network.All)
            {
                Assert.Throws<FormatException>(() => ExtPubKey.Parse(text, network));
                var error = Assert.Throws<FormatException>(() => ExtKey.Parse(text, network));
                Assert.DoesNotContain(text, error.Message, StringComparison.Ordinal);
            }

            run++;
        }

        Assert.Equal(16, run);
    }

    [Fact]
    public void An_extended_key_of_another_network_is_refused()
    {
        using var root = ExtKey.FromSeed(Convert.FromHexString(FirstSeed));
        Assert.Contains("mainnet", Assert.Throws<FormatException>(() => ExtKey.Parse(root.ToBase58(Network.Regtest), Network.Mainnet)).Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => ExtPubKey.Parse(root.Neuter().ToBase58(Network.Mainnet), Network.Signet));
        Assert.Throws<FormatException>(() => ExtPubKey.Parse(root.ToBase58(Network.Mainnet), Network.Mainnet));
    }

    [Fact]
    public void Limits_are_errors()
    {
        Assert.Throws<ArgumentException>(() => ExtKey.FromSeed(new byte[15]));
        Assert.Throws<ArgumentException>(() => ExtKey.FromSeed(new byte[65]));
        using var root = ExtKey.FromSeed(Convert.FromHexString(FirstSeed));
        Assert.Throws<ArgumentOutOfRangeException>(() => root.Neuter().Derive(KeyPath.HardenedBit));
        using var deepest = root.Derive(KeyPath.Parse(string.Join('/', Enumerable.Repeat("1", 255))));
        Assert.Equal(255, deepest.Depth);
        Assert.Throws<InvalidOperationException>(() => deepest.Derive(0));
        Assert.Throws<InvalidOperationException>(() => deepest.Neuter().Derive(0));
    }

    [Fact]
    public void A_disposed_key_leaves_its_children_alive()
    {
        var root = ExtKey.FromSeed(Convert.FromHexString(FirstSeed));
        using var same = root.Derive(KeyPath.Root);
        using var child = root.Derive(0);
        root.Dispose();
        Assert.Throws<ObjectDisposedException>(() => root.Derive(0));
        Assert.Equal(child.ToBase58(Network.Mainnet), same.Derive(0).ToBase58(Network.Mainnet));
        Assert.Equal("ExtKey(secret)", root.ToString());
    }

    [SkippableFact]
    public void BIP_84_addresses_come_from_the_mnemonic()
    {
        var vectors = Vectors.Json("bips/bip84.json");
        using var root = RootOf(vectors);
        AssertSlip132(vectors.GetProperty("root").GetProperty("rootpriv").GetString()!, root.ToBase58(Network.Mainnet));
        AssertSlip132(vectors.GetProperty("root").GetProperty("rootpub").GetString()!, root.Neuter().ToBase58(Network.Mainnet));
        var run = 0;
        foreach (var (path, expected) in Leaves(vectors))
        {
            using var key = root.Derive(path);
            Assert.Equal(expected.GetProperty("privkey").GetString(), Wif.Encode(key.Key, Network.Mainnet));
            Assert.Equal(expected.GetProperty("pubkey").GetString(), key.Key.PubKey.ToString());
            Assert.Equal(expected.GetProperty("address").GetString(), BitcoinAddress.P2wpkh(key.Key.PubKey, Network.Mainnet).ToString());
            run++;
        }

        Assert.Equal(3, run);
    }

    [SkippableFact]
    public void BIP_86_addresses_come_from_the_mnemonic_and_their_output_keys_sign()
    {
        var vectors = Vectors.Json("bips/bip86.json");
        using var root = RootOf(vectors);
        Assert.Equal(vectors.GetProperty("root").GetProperty("rootpriv").GetString(), root.ToBase58(Network.Mainnet));
        var run = 0;
        foreach (var (path, expected) in Leaves(vectors))
        {
            using var key = root.Derive(path);
            Assert.Equal(expected.GetProperty("xprv").GetString(), key.ToBase58(Network.Mainnet));
            Assert.Equal(expected.GetProperty("xpub").GetString(), key.Neuter().ToBase58(Network.Mainnet));
            var internalKey = key.Key.PubKey.ToXOnly();
            Assert.Equal(expected.GetProperty("internal_key").GetString(), internalKey.ToString());
            var (output, _) = internalKey.TweakAdd(internalKey.TapTweak());
            Assert.Equal(expected.GetProperty("output_key").GetString(), output.ToString());
            var address = BitcoinAddress.P2tr(output, Network.Mainnet);
            Assert.Equal(expected.GetProperty("scriptPubKey").GetString(), address.ScriptPubKey.ToString());
            Assert.Equal(expected.GetProperty("address").GetString(), address.ToString());
            using var spending = key.Key.TaprootTweak(internalKey.TapTweak());
            var hash = Hashes.Sha256([1]);
            Assert.True(output.Verify(hash.Span, spending.SignSchnorr(hash.Span, Bytes32.Zero)));
            run++;
        }

        Assert.Equal(3, run);
    }

    private static ExtKey RootOf(JsonElement vectors) =>
        ExtKey.FromSeed(Mnemonic.Parse(vectors.GetProperty("root").GetProperty("mnemonic").GetString()!).ToSeed());

    private static IEnumerable<(KeyPath Path, JsonElement Expected)> Leaves(JsonElement vectors) =>
        from property in vectors.EnumerateObject()
        where property.Name.Contains("address", StringComparison.Ordinal)
        select (KeyPath.Parse(property.Name.Split("= ")[1]), property.Value);

    /// <summary>BIP 84 shows its keys with version bytes of SLIP 132 (zprv, zpub), which nothing here uses: the rest must be equal.</summary>
    private static void AssertSlip132(string expected, string actual)
    {
        Assert.True(Base58.TryDecodeCheck(expected, out var left));
        Assert.True(Base58.TryDecodeCheck(actual, out var right));
        Assert.Equal(left[4..], right[4..]);
    }
}
