using System.Globalization;
using System.Security.Cryptography;
using Lightning.Bitcoin.Keys;
using Lightning.Node.Configuration;

namespace Lightning.Node.Seeds;

/// <summary>Finds or makes the node's seed when it starts.</summary>
public static class NodeSeed
{
    /// <summary>
    /// The seed in the network's folder. On first start one is drawn (or imported), stored, and only then shown: words that somebody has
    /// written down must be those that the node uses.
    /// </summary>
    /// <param name="settings">Folder, passphrase, import.</param>
    /// <param name="output">Where the words are shown, once.</param>
    /// <returns>The words.</returns>
    /// <exception cref="InvalidDataException">The file or the passphrase is not right.</exception>
    public static Mnemonic Open(NodeSettings settings, TextWriter output)
    {
        var folder = settings.NetworkFolder;
        if (SeedFile.Exists(folder))
        {
            if (settings.ImportSeed is not null)
                throw new InvalidDataException($"--import-seed: {Path.Combine(folder, SeedFile.Name)} holds a seed already; it is never overwritten.");
            return SeedFile.Open(folder, settings.SeedPassphrase);
        }
        // A fresh seed beside an old database would be another node that cannot sign for the channels in it.
        if (settings.ImportSeed is null && File.Exists(Path.Combine(folder, "lightning.db")))
            throw new InvalidDataException($"{folder} holds a database, but its {SeedFile.Name} is missing. Put the file back, or give the words of this node with --import-seed.");
        var words = settings.ImportSeed is { } file ? Import(file) : Draw();
        SeedFile.Create(folder, words, settings.SeedPassphrase);
        if (settings.ImportSeed is null) Show(words, output);
        return words;
    }

    private static Mnemonic Draw()
    {
        Span<byte> entropy = stackalloc byte[32];
        RandomNumberGenerator.Fill(entropy);
        var words = Mnemonic.FromEntropy(entropy);
        CryptographicOperations.ZeroMemory(entropy);
        return words;
    }

    private static Mnemonic Import(string file)
    {
        var sentence = string.Join(' ', File.ReadAllText(file).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        try
        {
            return Mnemonic.Parse(sentence);
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"--import-seed: {file}: {e.Message}", e);
        }
    }

    private static void Show(Mnemonic words, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("The seed of this node. It is shown this once: write the words down, in this order, and keep them where nobody else looks.");
        output.WriteLine("They bring back the node's keys. Channels need the database, too, or channel.backup of the data folder; the on-chain coins are in Bitcoin Core's wallet.");
        output.WriteLine();
        foreach (var row in words.Sentence.Split(' ').Select((word, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1,2}. {word,-10}")).Chunk(6))
            output.WriteLine("  " + string.Concat(row));
        output.WriteLine();
    }
}
