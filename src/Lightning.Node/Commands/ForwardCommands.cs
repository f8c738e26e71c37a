using System.CommandLine;
using System.Globalization;
using Lightning.Node.Configuration;

namespace Lightning.Node.Commands;

/// <summary>Payments of others that went through the node.</summary>
internal static class ForwardCommands
{
    public static IEnumerable<Command> Create(CommandContext context)
    {
        var start = new Option<string>("--start-time") { HelpName = "TIME", Description = "Only those settled since then: seconds since 1970, or back from now as in -12h, -7d, -4w.", DefaultValueFactory = _ => "-1d" };
        var end = new Option<string?>("--end-time") { HelpName = "TIME", Description = "Only those settled until then. Default: now." };
        var offset = new Option<uint>("--offset") { HelpName = "N", Description = "How many of that time to leave out.", DefaultValueFactory = _ => 0 };
        var max = new Option<uint>("--max") { HelpName = "N", Description = "Most to show.", DefaultValueFactory = _ => 100 };
        yield return ClientCommand.Unary(context, "fwdinghistory", "The payments of others that were settled through this node, the oldest first.", [start, end, offset, max],
            (parsed, client, cancellation) => client.Lightning.ForwardingHistoryAsync(new Lnrpc.ForwardingHistoryRequest
            {
                StartTime = Time(parsed.GetValue(start)!, "--start-time"),
                EndTime = parsed.GetValue(end) is { } until ? Time(until, "--end-time") : 0,
                IndexOffset = parsed.GetValue(offset),
                NumMaxEvents = parsed.GetValue(max),
            }, cancellationToken: cancellation),
            (answer, printer) => printer.Table(
                ["settled", "in", "out", "amount (sat)", "fee (sat)"],
                answer.ForwardingEvents.Select(e => (IReadOnlyList<string>)
                [
                    Printer.Time((long)e.Timestamp), new ShortChannelId(e.ChanIdIn).ToString(), new ShortChannelId(e.ChanIdOut).ToString(),
                    Printer.Amount((long)e.AmtOutMsat)[..^4], Printer.Amount((long)e.FeeMsat)[..^4],
                ]),
                "No payments of others were settled in that time."));
        yield return ClientCommand.Unary(context, "feereport", "What our channels ask for, and what was earned with them.", [],
            (_, client, cancellation) => client.Lightning.FeeReportAsync(new Lnrpc.FeeReportRequest(), cancellationToken: cancellation),
            (answer, printer) =>
            {
                printer.Table(
                    ["channel", "base fee (msat)", "proportional (millionths)"],
                    answer.ChannelFees.Select(c => (IReadOnlyList<string>)[new ShortChannelId(c.ChanId).ToString(), Printer.Number(c.BaseFeeMsat), Printer.Number(c.FeePerMil)]),
                    "No channels are open.");
                printer.Pairs(("last day", Sat(answer.DayFeeSum)), ("last week", Sat(answer.WeekFeeSum)), ("last 30 days", Sat(answer.MonthFeeSum)));
            });
    }

    /// <summary>Seconds since 1970: given as such, or as a minus sign, a number and one of s, m, h, d and w, back from now.</summary>
    internal static ulong Time(string text, string option)
    {
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return seconds;
        if (text is ['-', .. var number, var unit]
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && "smhdw".IndexOf(unit, StringComparison.Ordinal) is var index and >= 0)
        {
            long[] lengths = [1, 60, 3600, 86_400, 604_800];
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
            return count > now / lengths[index] ? 0 : (ulong)(now - (count * lengths[index]));
        }

        throw new ConfigurationException($"{option}: '{text}' is no time: give seconds since 1970, or how long ago as in -12h, -7d, -4w.");
    }

    private static string Sat(ulong satoshi) => Printer.Amount((long)satoshi * 1000);
}
