using System.Diagnostics;
using Npgsql;

namespace Lightning.Actors.Tests.ReadModels;

/// <summary>A PostgreSQL server of a test's own, reached by a socket in its folder.</summary>
internal sealed class PostgresServer : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pg-");
    private readonly Process _server;

    public PostgresServer()
    {
        // The server may run as another user, see Start.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_111_111);
        using (var init = Start("initdb", "-D", Path.Combine(_folder.FullName, "data"), "-U", "lightning", "-A", "trust", "-E", "UTF8", "--no-sync"))
        {
            init.WaitForExit();
            if (init.ExitCode != 0) throw new InvalidOperationException("initdb failed.");
        }

        _server = Start("postgres", "-D", Path.Combine(_folder.FullName, "data"), "-k", _folder.FullName, "-c", "listen_addresses=");
        ConnectionString = $"Host={_folder.FullName};Username=lightning;Database=postgres;Pooling=false";
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!Answers())
        {
            if (limit.IsCancellationRequested || _server.HasExited) throw new InvalidOperationException("postgres did not start.");
            limit.Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(50));
        }
    }

    public static bool IsInstalled { get; } = Find("initdb") is not null && Find("postgres") is not null;

    public string ConnectionString { get; }

    public void Dispose()
    {
        // As pg_ctl's immediate shutdown does.
        _server.Kill(entireProcessTree: true);
        _server.WaitForExit();
        _server.Dispose();
        _folder.Delete(recursive: true);
    }

    private bool Answers()
    {
        try
        {
            using var connection = new NpgsqlConnection(ConnectionString);
            connection.Open();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    // The server refuses to run as root: then it runs as nobody.
    private static Process Start(string program, params string[] arguments)
    {
        string[] command = Environment.UserName == "root" ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", Find(program)!, .. arguments] : [Find(program)!, .. arguments];
        var start = new ProcessStartInfo(command[0], command.AsEnumerable().Skip(1)) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(static version => Path.Combine(version, "bin")) : [])
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
