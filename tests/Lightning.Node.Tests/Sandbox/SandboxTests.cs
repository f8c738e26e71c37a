using System.Globalization;
using Lightning.Node.Commands;

namespace Lightning.Node.Tests.Sandbox;

public sealed class SandboxTests
{
    [Fact]
    public async Task Three_nodes_pay_each_other_over_real_sockets_and_leave_nothing_behind()
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        var before = Folders();
        var exitCode = await CommandLine.RunAsync(["sandbox", "--once", "--log-level", "none"], new CommandContext(output, error, new Dictionary<string, string>(StringComparer.Ordinal)));
        Assert.True(exitCode == 0, output.ToString() + error);
        Assert.Equal(9, output.ToString().Split('\n').Count(l => l.TrimEnd().EndsWith(" paid", StringComparison.Ordinal)));
        Assert.Empty(Folders().Except(before, StringComparer.Ordinal));

        static string[] Folders() => Directory.GetDirectories(Path.GetTempPath(), "lightning-sandbox-*");
    }

    [Fact]
    public async Task Commands_that_the_sandbox_prints_drive_its_nodes_until_it_is_asked_to_end()
    {
        using var output = new LineWriter("Ctrl-C ends it.");
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        using var end = new CancellationTokenSource();
        var context = new CommandContext(output, error, new Dictionary<string, string>(StringComparer.Ordinal));
        var sandbox = CommandLine.RunAsync(["sandbox"], context, end.Token);
        Assert.True(await Task.WhenAny(sandbox, output.Seen) == output.Seen, output.ToString() + error);

        var lines = output.ToString().Split('\n').Where(line => line.Contains(" getinfo ", StringComparison.Ordinal)).ToList();
        var carol = lines[2][(lines[2].IndexOf(" getinfo ", StringComparison.Ordinal) + " getinfo ".Length)..].Trim().Split(' ');
        var alice = lines[0][(lines[0].IndexOf(" getinfo ", StringComparison.Ordinal) + " getinfo ".Length)..].Trim().Split(' ');
        var invoice = await RunAsync(["addinvoice", "--sat", "1000", "--private", .. carol]);
        Assert.Contains("paid", await RunAsync(["payinvoice", invoice.Split('\n')[0].Trim(), .. alice]), StringComparison.Ordinal);
        await end.CancelAsync();
        Assert.Equal(ExitCode.Done, await sandbox);

        async Task<string> RunAsync(string[] args)
        {
            using var answer = new StringWriter(CultureInfo.InvariantCulture);
            Assert.True(await CommandLine.RunAsync(args, context with { Output = answer }) == ExitCode.Done, answer.ToString() + error);
            return answer.ToString();
        }
    }

    /// <summary>Tells when a line has been written.</summary>
    private sealed class LineWriter(string line) : StringWriter(CultureInfo.InvariantCulture)
    {
        private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Seen => _seen.Task;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value == line) _seen.TrySetResult();
        }
    }
}
