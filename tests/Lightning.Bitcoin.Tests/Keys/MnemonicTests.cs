using CsCheck;
using Lightning.Bitcoin.Keys;

namespace Lightning.Bitcoin.Tests.Keys;

public sealed class MnemonicTests
{
    private const string Zeros = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

    [Fact]
    public void Zero_entropy_has_its_well_known_words_and_seed()
    {
        var mnemonic = Mnemonic.FromEntropy(new byte[16]);
        Assert.Equal(Zeros, mnemonic.Sentence);
        Assert.Equal(
            "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04",
            Convert.ToHexStringLower(mnemonic.ToSeed("TREZOR")));
        Assert.Equal(Zeros, Mnemonic.Parse("  ABANDON abandon\tabandon abandon abandon abandon abandon abandon abandon abandon abandon\nabout ").Sentence);
        Assert.Equal("Mnemonic(secret)", mnemonic.ToString());
    }

    [Fact]
    public void A_passphrase_beyond_ASCII_gives_everybody_elses_seed_though_globalization_is_invariant() => Assert.Equal(
        "61f3aa13adcf5f4b8661fc062501d67eca3a53fc0ed129076ad7a22983b6b5ed0e84e47b24cff23b7fca57e127f62f28c1584ed487872d4bfbc773257bdbc434",
        Convert.ToHexStringLower(Mnemonic.Parse(Zeros).ToSeed("nullius　à　nym.zone ¹teſts² English")));

    [SkippableFact]
    public void English_words_and_seeds_with_many_a_passphrase()
    {
        var run = 0;
        foreach (var vector in Vectors.Json("bips/bip39-en-vectors.json").EnumerateArray())
        {
            string Text(string name) => vector.GetProperty(name).GetString()!;
            var entropy = Convert.FromHexString(Text("entropy"));
            Assert.Equal(Text("mnemonic"), Mnemonic.FromEntropy(entropy).Sentence);
            var seed = Mnemonic.Parse(Text("mnemonic")).ToSeed(Text("passphrase"));
            Assert.Equal(Text("seed"), Convert.ToHexStringLower(seed));
            using var root = ExtKey.FromSeed(seed);
            Assert.Equal(Text("bip32_xprv"), root.ToBase58(Network.Mainnet));
            run++;
        }

        Assert.InRange(run, 20, 1000);
    }

    [SkippableFact]
    public void Sentences_of_every_language_give_their_seeds()
    {
        int run = 0, languages = 0;
        foreach (var language in Vectors.Json("bips/bip39-trezor-vectors.json").EnumerateObject())
        {
            foreach (var vector in language.Value.EnumerateArray())
            {
                var (sentence, seed) = (vector[1].GetString()!, Mnemonic.SeedOf(vector[1].GetString()!, "TREZOR"));
                Assert.Equal(vector[2].GetString(), Convert.ToHexStringLower(seed));
                using var root = ExtKey.FromSeed(seed);
                Assert.Equal(vector[3].GetString(), root.ToBase58(Network.Mainnet));
                if (language.Name == "english") Assert.Equal(sentence, Mnemonic.FromEntropy(Convert.FromHexString(vector[0].GetString()!)).Sentence);
                run++;
            }

            languages++;
        }

        Assert.Equal((12, 288), (languages, run));
    }

    [Theory]
    [InlineData("abandon", "12, 15, 18, 21 or 24 words, not 1")]
    [InlineData("", "12, 15, 18, 21 or 24 words, not 0")]
    [InlineData("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon", "checksum")]
    [InlineData("abandon abandon abandon abandon abandon abandom abandon abandon abandon abandon abandon about", "Word 6 ")]
    public void A_wrong_sentence_says_what_is_wrong_without_repeating_words(string sentence, string expected)
    {
        var error = Assert.Throws<FormatException>(() => Mnemonic.Parse(sentence));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("abando", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_entropy_reads_back() =>
        Gen.Select(Gen.Int[4, 8], Gen.Byte.Array[32]).Sample((quarters, bytes) =>
        {
            var mnemonic = Mnemonic.FromEntropy(bytes.AsSpan(0, quarters * 4));
            Assert.Equal(quarters * 3, mnemonic.Sentence.Split(' ').Length);
            Assert.Equal(mnemonic.Sentence, Mnemonic.Parse(mnemonic.Sentence).Sentence);
        }, iter: 200);

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(36)]
    public void Entropy_of_another_length_is_refused(int length) => Assert.Throws<ArgumentException>(() => Mnemonic.FromEntropy(new byte[length]));

    [Fact]
    public void Half_a_surrogate_pair_is_refused() => Assert.Throws<ArgumentException>(() => Mnemonic.Parse(Zeros).ToSeed("a\ud800b"));
}
