using System.Globalization;
using Lightning.Node.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lightning.Node.Tests.Hosting;

public sealed class LineFormatterTests
{
    [Fact]
    public void An_event_is_one_line_with_time_level_and_source()
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        new LineFormatter(new Clock()).Write(new LogEntry<string>(LogLevel.Warning, "Lightning.Node", new EventId(1160324588), "a peer says\nsomething", null, (state, _) => state), null, output);
        Assert.Equal("2026-01-02T03:04:05.006Z warn  Lightning.Node: a peer says something\n", output.ToString());
    }

    private sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5, 6, TimeSpan.Zero);
    }
}
