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
        var exitCode = await CommandLine.RunAsync(["sandbox", "--once", "--log-level", "None"], new CommandContext(output, error, new Dictionary<string, string>(StringComparer.Ordinal)));
        Assert.True(exitCode == 0, output.ToString() + error);
        Assert.Equal(9, output.ToString().Split('\n').Count(l => l.TrimEnd().EndsWith(" paid", StringComparison.Ordinal)));
        Assert.Empty(Folders().Except(before, StringComparer.Ordinal));

        static string[] Folders() => Directory.GetDirectories(Path.GetTempPath(), "lightning-sandbox-*");
    }
}
