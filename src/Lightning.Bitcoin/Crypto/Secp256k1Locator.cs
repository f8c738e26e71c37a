using System.Runtime.InteropServices;

namespace Lightning.Bitcoin.Crypto;

/// <summary>Finds libsecp256k1. .NET's own search does not try the versioned names under which distributions install it.</summary>
internal static class Secp256k1Locator
{
    /// <summary>Environment variable, or AppContext setting of the same name, with the full path of the library.</summary>
    internal const string Setting = "LIGHTNING_SECP256K1";

    private static readonly string[] LinuxNames =
        ["libsecp256k1.so", "libsecp256k1.so.6", "libsecp256k1.so.5", "libsecp256k1.so.2", "libsecp256k1.so.1", "libsecp256k1.so.0"];

    private static readonly string[] MacNames = ["libsecp256k1.dylib", "libsecp256k1.6.dylib", "libsecp256k1.5.dylib", "libsecp256k1.2.dylib"];

    private static readonly string[] MacFolders = ["/opt/homebrew/lib", "/usr/local/lib", "/opt/local/lib"];

    private static readonly string[] WindowsNames = ["secp256k1.dll", "libsecp256k1.dll", "libsecp256k1-6.dll", "libsecp256k1-5.dll", "libsecp256k1-2.dll"];

    /// <summary>Loads the configured library, else the one beside the program, else the package's, else the system's.</summary>
    /// <exception cref="Secp256k1NotFoundException">There is none, or the configured one does not load.</exception>
    internal static nint Load()
    {
        var configured = AppContext.GetData(Setting) as string ?? Environment.GetEnvironmentVariable(Setting);
        if (!string.IsNullOrEmpty(configured))
        {
            // Whoever names a file means that file: no silent fallback to another version.
            return NativeLibrary.TryLoad(configured, out var chosen)
                ? chosen
                : throw new Secp256k1NotFoundException($"{Setting} is set to '{configured}', which is not a library that can be loaded on this machine.");
        }

        foreach (var candidate in Candidates())
        {
            if (TryLoad(candidate, out var handle)) return handle;
        }

        throw new Secp256k1NotFoundException(
            $"libsecp256k1, the library for Bitcoin's signatures, was found neither in {AppContext.BaseDirectory} nor on this system. Install it ({Remedy()}), "
            + $"or set the environment variable {Setting} to the full path of the library.");
    }

    // A bare name also finds what came with our package, which the program's .deps.json tells of.
    private static bool TryLoad(string candidate, out nint handle) => Path.IsPathRooted(candidate)
        ? NativeLibrary.TryLoad(candidate, out handle)
        : NativeLibrary.TryLoad(candidate, typeof(Secp256k1Locator).Assembly, searchPath: null, out handle);

    private static IEnumerable<string> Candidates()
    {
        var names = OperatingSystem.IsWindows() ? WindowsNames : OperatingSystem.IsMacOS() ? MacNames : LinuxNames;
        foreach (var name in names) yield return Path.Combine(AppContext.BaseDirectory, name);
        foreach (var name in names) yield return name;
        if (!OperatingSystem.IsMacOS()) yield break;
        foreach (var folder in MacFolders)
        {
            foreach (var name in names) yield return Path.Combine(folder, name);
        }
    }

    private static string Remedy() =>
        OperatingSystem.IsWindows() ? "secp256k1.dll built from the sources of bitcoin-core/secp256k1, put beside the program"
        : OperatingSystem.IsMacOS() ? "brew install secp256k1"
        : "Debian 13 and Ubuntu 25.04: apt install libsecp256k1-2; Debian 12 and Ubuntu 24.04: apt install libsecp256k1-1; Fedora: dnf install libsecp256k1; Alpine: apk add libsecp256k1; Arch: pacman -S libsecp256k1";
}
