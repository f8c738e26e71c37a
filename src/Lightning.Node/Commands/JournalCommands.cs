using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Lightning.Actors.Charts;
using Lightning.Actors.Journal;
using Lightning.Channels.Parameters;
using Lightning.Node.Configuration;
using Npgsql;

namespace Lightning.Node.Commands;

/// <summary><c>lightning journal</c>: what a node's database tells of its channels, whether the node runs or not.</summary>
internal static class JournalCommands
{
    private const string TimeFormat = "yyyy-MM-dd HH:mm:ss.fff";

    public static Command Create(CommandContext context) => new(
        "journal", "Reads the channels' events from the node's database, whether the node runs or not. Changes nothing. 'lightning journal list' and 'lightning journal show CHANNEL'.")
    {
        List(context),
        Show(context),
    };

    private static Command List(CommandContext context)
    {
        var command = new Command("list", "The channels in the journal, those that are gone too. Times are in UTC.");
        SetAction(command, context, async (_, journal, cancellation) =>
        {
            var rows = new List<IReadOnlyList<string>>();
            var damages = new List<string>();
            foreach (var channel in await journal.ChannelsAsync(cancellation))
            {
                var history = await journal.ReadAsync(channel.Key, cancellation);
                if (history.Damage is { } damage) damages.Add(damage);
                rows.Add([.. Row(channel), history.State.GetType().Name + (history.Damage is null ? "" : " (damaged)")]);
            }

            new Printer(context.Output).Table([.. Columns, "state"], rows, "There are no channels in the journal.");
            foreach (var damage in damages) await context.Error.WriteLineAsync($"lightning: {damage}");
            return damages.Count == 0 ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static Command Show(CommandContext context)
    {
        var name = new Argument<string>("channel") { HelpName = "CHANNEL", Description = "The channel's funding outpoint, short channel id, channel id or local key, or the beginning of one of them." };
        var at = new Option<long?>("--at") { HelpName = "N", Description = "Show the channel's state just after event N in place of the events." };
        var mermaid = new Option<bool>("--mermaid") { Description = "Print the chart as a Mermaid sequence diagram." };
        var command = new Command("show", "A channel's events as a sequence chart, with their numbers and times in UTC; or its state after one of them.") { name, at, mermaid };
        command.Validators.Add(result =>
        {
            if (result.GetResult(at) is { Implicit: false } && result.GetResult(mermaid) is { Implicit: false }) result.AddError("--at and --mermaid: one of them, not both.");
        });
        SetAction(command, context, async (parsed, journal, cancellation) =>
        {
            if (await FindAsync(journal, parsed.GetValue(name)!, context, cancellation) is not { } channel) return ExitCode.Failed;
            var history = await journal.ReadAsync(channel.Key, cancellation);
            if (parsed.GetValue(at) is { } number) ShowState(history, number, new Printer(context.Output));
            else ShowEvents(channel, history, parsed.GetValue(mermaid), new Printer(context.Output));
            if (history.Damage is null) return ExitCode.Done;
            await context.Error.WriteLineAsync($"lightning: {history.Damage}");
            return ExitCode.Failed;
        });
        return command;
    }

    private static void SetAction(Command command, CommandContext context, Func<ParseResult, ChannelJournal, CancellationToken, Task<int>> run)
    {
        var options = new JournalOptions();
        options.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                return await run(parsed, options.Open(parsed, context), cancellation);
            }
            catch (DbException e)
            {
                await context.Error.WriteLineAsync($"lightning: the journal cannot be read: {(e as PostgresException)?.MessageText ?? e.Message}");
                return e is NpgsqlException and not PostgresException ? ExitCode.Unreachable : ExitCode.Failed;
            }
        });
    }

    private static async Task<JournaledChannel?> FindAsync(ChannelJournal journal, string name, CommandContext context, CancellationToken cancellation)
    {
        if (name.Length == 0) throw new ConfigurationException("Which channel? The name is empty.");
        var channels = await journal.ChannelsAsync(cancellation);
        var matching = JournaledChannel.Matching(channels, name);
        if (matching is [var only]) return only;
        await context.Error.WriteLineAsync(matching.Count == 0
            ? $"lightning: there is no channel '{Describe.Text(name)}' in the journal. There are:"
            : $"lightning: '{Describe.Text(name)}' may be one of several channels:");
        new Printer(context.Error).Table(Columns, (matching.Count == 0 ? channels : matching).Select(Row), "no channels at all");
        return null;
    }

    private static void ShowEvents(JournaledChannel channel, ChannelHistory history, bool asMermaid, Printer printer)
    {
        var options = new ChartOptions { Width = printer.Width, TimeFormat = TimeFormat };
        if (asMermaid)
        {
            foreach (var (heading, value) in Headings(channel, history)) printer.Line($"%% {heading}: {value}");
            printer.Line(history.ToChart().ToMermaid(options));
            return;
        }

        printer.Pairs(Headings(channel, history));
        printer.Line("");
        printer.Line(history.ToChart().ToText(options));
    }

    private static void ShowState(ChannelHistory history, long number, Printer printer)
    {
        if (number < 1 || number > history.Events.Count)
        {
            throw new ConfigurationException(string.Create(
                CultureInfo.InvariantCulture, $"--at: there is no event {number}{(history.Damage is null ? "" : " that can be read")}; the channel's last one is {history.Events.Count}."));
        }

        var last = history.Events[(int)number - 1];
        ChannelStateReport.Print(
            [
                ("after event", string.Create(CultureInfo.InvariantCulture, $"{number} of {history.Events.Count}, {Time(last.At)} UTC")),
                ("which was", Describe.Event(last.Event)),
            ],
            history.StateAfter(number),
            printer);
    }

    private static IEnumerable<(string Name, string Value)> Headings(JournaledChannel channel, ChannelHistory history)
    {
        if (channel.Funding is { } funding) yield return ("funding outpoint", funding.ToString());
        if (channel.ShortChannelId is { } shortId) yield return ("short channel id", shortId.ToString());
        if (channel.Id is { } id) yield return ("channel id", id.ToString());
        if (channel.Peer is { } peer) yield return ("peer", peer.ToString());
        if (history.State is Channels.States.FundedState { Commitments: var commitments })
        {
            yield return ("capacity", Printer.Amount(commitments.Latest.Funding.Capacity.ToMilliSatoshi().Value));
            yield return ("opened by", commitments.Parameters.IsInitiator ? "this node" : "the peer");
        }

        yield return ("local key", channel.Key.ToString());
        yield return ("state", history.State.GetType().Name);
        yield return ("events", Printer.Number(channel.Events));
    }

    private static IReadOnlyList<string> Columns => ["channel", "funding outpoint", "peer", "local key", "events", "first", "last"];

    private static IReadOnlyList<string> Row(JournaledChannel channel) =>
    [
        channel.ShortChannelId?.ToString() ?? "", channel.Funding?.ToString() ?? "never funded", channel.Peer is { } peer ? Printer.Short(peer.ToString()) : "",
        channel.Key.ToString(), Printer.Number(channel.Events), Time(channel.First), Time(channel.Last),
    ];

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
}
