using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Lightning.Interop.Tests.Peers;

/// <summary>A program under the test's control: started, watched for a line on its output, stopped or killed, never left behind.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly HashSet<int> Given = [];
    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly string _name;
    private bool _isDisposed;

    private ChildProcess(string name, Process process) => (_name, _process) = (name, process);

    /// <summary>Process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _isDisposed || _process.HasExited;

    /// <summary>What it has written so far.</summary>
    public string Log
    {
        get
        {
            lock (_log) return _log.ToString();
        }
    }

    /// <summary>Processor time that it has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static ChildProcess Start(string name, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = folder ?? "" };
        foreach (var (key, value) in environment ?? new Dictionary<string, string>()) start.Environment[key] = value;
        var process = new Process { StartInfo = start };
        var child = new ChildProcess(name, process);
        process.OutputDataReceived += (_, e) => child.Append(e.Data);
        process.ErrorDataReceived += (_, e) => child.Append(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>A loopback port that was free a moment ago, never the same twice.</summary>
    public static int FreePort() => FreePorts([0]);

    /// <summary>
    /// A loopback port that was free a moment ago, with those at these distances from it, never the same twice. It is below the range from which the system takes the ports of outgoing
    /// connections: out of that, a connection of another program may have one of them before our program has bound it.
    /// </summary>
    public static int FreePorts(params int[] offsets)
    {
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            var port = Random.Shared.Next(12_000, 32_000);
            lock (Given)
            {
                // Its program may not have bound it yet.
                if (offsets.Any(o => Given.Contains(port + o)) || !offsets.All(o => IsFree(port + o))) continue;
                foreach (var offset in offsets) Given.Add(port + offset);
                return port;
            }
        }

        throw new InvalidOperationException("no free ports between 12,000 and 32,000");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            // Somebody listens there.
            return false;
        }
    }

    /// <summary>Waits for a line that starts with <paramref name="prefix"/> and returns the rest of it.</summary>
    public Task<string> LineAsync(string prefix, TimeSpan limit) => Until.NotNullAsync($"{_name} prints {prefix}", limit, () =>
    {
        foreach (var line in Log.Split('\n'))
        {
            if (line.StartsWith(prefix, StringComparison.Ordinal)) return Task.FromResult<string?>(line[prefix.Length..].Trim());
        }

        if (HasExited) throw new InvalidOperationException($"{_name} ended with {_process.ExitCode}:\n{Log}");
        return Task.FromResult<string?>(null);
    });

    /// <summary>Waits for its end and returns its exit code.</summary>
    public async Task<int> ExitedAsync(TimeSpan limit)
    {
        using var cancel = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(cancel.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"{_name} did not end within {limit}:\n{Log}", e);
        }

        return _process.ExitCode;
    }

    /// <summary>SIGKILL, at once.</summary>
    public async Task KillAsync()
    {
        if (HasExited) return;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, then waits; kills after the limit.</summary>
    public async Task<int> StopAsync(TimeSpan? limit = null)
    {
        if (!_process.HasExited) using (Process.Start("kill", ["-TERM", $"{_process.Id}"])) { }
        using var cancel = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(30));
        try
        {
            await _process.WaitForExitAsync(cancel.Token);
        }
        catch (OperationCanceledException e)
        {
            await KillAsync();
            throw new TimeoutException($"{_name} did not stop on SIGTERM:\n{Log}", e);
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        await KillAsync();
        _isDisposed = true;
        _process.Dispose();
    }

    private void Append(string? line)
    {
        if (line is null) return;
        lock (_log) _log.Append(line).Append('\n');
    }
}
