using System.Globalization;
using System.Net;
using Lightning.Bitcoin.Keys;
using Lightning.Node.Configuration;
using Lightning.Node.Seeds;
using Lightning.Node.Tests.Fakes;

namespace Lightning.Node.Tests.Seeds;

public sealed class SeedTests : IDisposable
{
    private const string Words = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon art";

    private readonly TempFolder _folder = new();
    private readonly StringWriter _output = new(CultureInfo.InvariantCulture);

    private NodeSettings Settings => new()
    {
        DataDir = _folder.Path, Network = Network.Regtest, GrpcListen = new IPEndPoint(0, 0), RestListen = new IPEndPoint(0, 0),
        Bitcoind = new BitcoindSettings(new Uri("http://127.0.0.1"), null, null, "", "", null),
    };

    public SeedTests() => Directory.CreateDirectory(Settings.NetworkFolder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void First_start_draws_24_words_and_shows_them_once()
    {
        var words = NodeSeed.Open(Settings, _output);
        Assert.Equal(24, words.Sentence.Split(' ').Length);
        foreach (var word in words.Sentence.Split(' ')) Assert.Contains(word, _output.ToString(), StringComparison.Ordinal);
        _folder.AssertPrivate(Path.Combine("data", "chain", "bitcoin", "regtest", "seed.json"));
        _output.GetStringBuilder().Clear();
        Assert.Equal(words.Sentence, NodeSeed.Open(Settings, _output).Sentence);
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public void Passphrase_hides_the_words_on_disk_and_is_needed_to_read_them()
    {
        var settings = Settings with { SeedPassphrase = "correct horse" };
        var words = NodeSeed.Open(settings, _output);
        var file = File.ReadAllText(Path.Combine(Settings.NetworkFolder, SeedFile.Name));
        Assert.DoesNotContain(words.Sentence.Split(' ')[0], file, StringComparison.Ordinal);
        Assert.Equal(words.Sentence, NodeSeed.Open(settings, _output).Sentence);
        Assert.Contains("--seed-passphrase-file", Assert.Throws<InvalidDataException>(() => NodeSeed.Open(Settings, _output)).Message, StringComparison.Ordinal);
        Assert.Contains("does not open", Assert.Throws<InvalidDataException>(() => NodeSeed.Open(settings with { SeedPassphrase = "wrong" }, _output)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Passphrase_for_a_plain_file_is_refused()
    {
        NodeSeed.Open(Settings, _output);
        Assert.Contains("not encrypted", Assert.Throws<InvalidDataException>(() => NodeSeed.Open(Settings with { SeedPassphrase = "x" }, _output)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_are_imported_on_first_start_and_never_over_others()
    {
        var settings = Settings with { ImportSeed = _folder.Write("words", Words.Replace(' ', '\n') + "\n") };
        Assert.Equal(Words, NodeSeed.Open(settings, _output).Sentence);
        Assert.Empty(_output.ToString());
        Assert.Contains("never overwritten", Assert.Throws<InvalidDataException>(() => NodeSeed.Open(settings, _output)).Message, StringComparison.Ordinal);
        Assert.Equal(Words, NodeSeed.Open(Settings, _output).Sentence);
    }

    [Fact]
    public void Words_with_a_mistake_are_refused_and_nothing_is_written()
    {
        var settings = Settings with { ImportSeed = _folder.Write("words", Words.Replace("art", "about", StringComparison.Ordinal)) };
        var error = Assert.Throws<InvalidDataException>(() => NodeSeed.Open(settings, _output));
        Assert.Contains("--import-seed", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("abandon", error.Message, StringComparison.Ordinal);
        Assert.False(SeedFile.Exists(Settings.NetworkFolder));
    }

    [Fact]
    public void Missing_seed_beside_a_database_is_not_replaced_by_a_new_one()
    {
        File.WriteAllText(Path.Combine(Settings.NetworkFolder, "lightning.db"), "");
        Assert.Contains("seed.json is missing", Assert.Throws<InvalidDataException>(() => NodeSeed.Open(Settings, _output)).Message, StringComparison.Ordinal);
        Assert.False(SeedFile.Exists(Settings.NetworkFolder));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("""{"version":2}""")]
    [InlineData("""{"version":1,"words":"abandon"}""")]
    [InlineData("""{"version":1,"kdf":"pbkdf2-sha512","iterations":1,"salt":"AA==","nonce":"AA==","cipher":"AA=="}""")]
    public void Damaged_file_is_named(string content)
    {
        File.WriteAllText(Path.Combine(Settings.NetworkFolder, SeedFile.Name), content);
        Assert.Contains("seed.json", Assert.Throws<InvalidDataException>(() => NodeSeed.Open(Settings with { SeedPassphrase = content.Contains("kdf", StringComparison.Ordinal) ? "x" : null }, _output)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Seed_file_is_never_overwritten() => Assert.Throws<IOException>(() =>
    {
        SeedFile.Create(Settings.NetworkFolder, Mnemonic.Parse(Words), null);
        SeedFile.Create(Settings.NetworkFolder, Mnemonic.Parse(Words), null);
    });
}
