using System.Diagnostics;

namespace Lightning.Interop.Tests.Peers;

/// <summary>
/// Brings the programs that the tests talk to: Bitcoin Core from Debian's packages, LDK from npm. Each is fetched once per user.
/// What cannot be had is told by <see cref="OnMissing"/>.
/// </summary>
internal static class PeerCache
{
    private static readonly Lazy<Task<string>> BitcoindFolder = new(FetchBitcoindAsync);
    private static readonly Lazy<Task<string>> LdkFolder = new(() => FetchNpmAsync("ldk", "lightningdevkit"));
    private static readonly Lazy<Task<string>> LnServiceFolder = new(() => FetchNpmAsync("ln-service", "ln-service"));

    /// <summary>What to do where a program cannot be had; the argument says which and why. Must throw.</summary>
    public static Action<string> OnMissing { get; set; } = message => throw new InvalidOperationException(message);

    /// <summary>Folder that holds bin/bitcoind.</summary>
    public static Task<string> BitcoindAsync() => OrMissingAsync("bitcoind", BitcoindFolder);

    /// <summary>Folder that holds ldk-node.mjs and its node_modules.</summary>
    public static Task<string> LdkAsync() => OrMissingAsync("LDK (npm lightningdevkit)", LdkFolder);

    /// <summary>Folder that holds the ln-service scripts and their node_modules.</summary>
    public static Task<string> LnServiceAsync() => OrMissingAsync("npm ln-service", LnServiceFolder);

    private static string Cache { get; } = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg ? xdg : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "lightning-actors", "peers");

    private static string Scripts { get; } = Path.Combine(AppContext.BaseDirectory, "Peers");

    private static async Task<string> OrMissingAsync(string name, Lazy<Task<string>> fetch)
    {
        try
        {
            return await fetch.Value;
        }
        catch (InvalidOperationException e)
        {
            OnMissing($"{name} could not be had: {e.Message}");
            throw;
        }
    }

    private static async Task<string> FetchBitcoindAsync()
    {
        if (Environment.GetEnvironmentVariable("BITCOIND_DIR") is { Length: > 0 } given) return given;
        var folder = Path.Combine(Cache, "bitcoind");
        Directory.CreateDirectory(folder);
        await RunAsync(folder, "bash", Path.Combine(Scripts, "get-bitcoind.sh"), folder);
        return folder;
    }

    private static async Task<string> FetchNpmAsync(string name, string package)
    {
        var folder = Path.Combine(Cache, name);
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Scripts, name))) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        if (!Directory.Exists(Path.Combine(folder, "node_modules", package))) await RunAsync(folder, "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts");
        return folder;
    }

    private static async Task RunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Start(start);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} did not end within 5 minutes", e);
        }

        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await output}{await errors}");
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"{start.FileName} cannot be started: {e.Message}", e);
        }
    }
}
