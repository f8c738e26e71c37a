using System.Globalization;
using System.Security.Cryptography;
using Lightning.Node.Configuration;

namespace Lightning.Node.Macaroons;

/// <summary>The macaroons' files in a network's data folder: the root key, and a macaroon for each common use.</summary>
public static class MacaroonFiles
{
    /// <summary>Name of the root key's file.</summary>
    public const string RootKeyFile = "macaroon.key";

    /// <summary>Reads the root key, draws it on first use, and writes the macaroons that are missing.</summary>
    /// <param name="folder">The network's data folder; exists.</param>
    /// <param name="time">The clock that time limits are checked with.</param>
    /// <exception cref="InvalidDataException">The root key's file is damaged.</exception>
    public static MacaroonBakery Open(string folder, TimeProvider time)
    {
        var path = Path.Combine(folder, RootKeyFile);
        if (!File.Exists(path)) PrivateFiles.WriteNew(path, RandomNumberGenerator.GetBytes(32));
        var rootKey = File.ReadAllBytes(path);
        if (rootKey.Length != 32)
            throw new InvalidDataException($"{path} should have 32 bytes and has {rootKey.Length.ToString(CultureInfo.InvariantCulture)}. Remove it to draw a new key; all macaroons made before lose their value.");
        var bakery = new MacaroonBakery(rootKey, time);
        Write("admin.macaroon", MacaroonPermissions.Admin);
        Write("readonly.macaroon", MacaroonPermissions.ReadOnly);
        Write("invoice.macaroon", MacaroonPermissions.Invoice);
        CryptographicOperations.ZeroMemory(rootKey);
        return bakery;

        void Write(string name, IReadOnlyList<MacaroonPermission> permissions)
        {
            var file = Path.Combine(folder, name);
            if (File.Exists(file) && IsOurs(file, rootKey)) return;
            PrivateFiles.Write(file, bakery.Bake(permissions).ToBytes());
        }
    }

    private static bool IsOurs(string file, byte[] rootKey)
    {
        try
        {
            return Macaroon.Parse(File.ReadAllBytes(file)).IsSignedWith(rootKey);
        }
        catch (FormatException)
        {
            return false; // damaged: it is written anew
        }
    }
}
