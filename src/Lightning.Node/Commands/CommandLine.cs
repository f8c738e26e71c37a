using System.CommandLine;
using System.CommandLine.Help;
using Grpc.Core;
using Lightning.Actors.Api;
using Lightning.Node.Configuration;

namespace Lightning.Node.Commands;

/// <summary>The program <c>lightning</c>: its commands and how their errors are shown.</summary>
public static class CommandLine
{
    /// <summary>Runs one command.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CommandContext context, CancellationToken cancellation = default)
    {
        var root = Build(context);
        if (args.Count == 0)
        {
            await root.Parse("--help").InvokeAsync(new InvocationConfiguration { Output = context.Output, Error = context.Error }, cancellation);
            return ExitCode.Usage;
        }
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            foreach (var problem in Problems(parsed)) await context.Error.WriteLineAsync($"lightning: {problem}");
            await context.Error.WriteLineAsync($"Try 'lightning {Path(parsed.CommandResult.Command)}--help'.");
            return ExitCode.Usage;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = context.Output,
                Error = context.Error,
                EnableDefaultExceptionHandler = false,
                // A node that is asked to stop finishes what it is writing.
                ProcessTerminationTimeout = TimeSpan.FromSeconds(60),
            }, cancellation);
        }
        catch (ConfigurationException e)
        {
            foreach (var problem in e.Problems) await context.Error.WriteLineAsync($"lightning: {problem}");
            return ExitCode.Usage;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled || cancellation.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (RpcException e)
        {
            await context.Error.WriteLineAsync($"lightning: {e.Status.Detail}");
            return ExitCode.Failed;
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException or IOException or UnauthorizedAccessException or LightningException)
        {
            await context.Error.WriteLineAsync($"lightning: {e.Message}");
            return ExitCode.Failed;
        }
    }

    private static RootCommand Build(CommandContext context)
    {
        var root = new RootCommand(
            "A Lightning node. 'lightning start' runs it, 'lightning sandbox' shows three of them at play, 'lightning journal' reads a node's database, the other commands talk to a node that runs. "
            + "Exit codes: 0 done, 1 refused or failed, 2 wrong usage or settings, 3 node not reachable.")
        {
            StartCommand.Create(context),
            SandboxCommand.Create(context),
            JournalCommands.Create(context),
        };
        foreach (var command in NodeCommands.Create(context).Concat(ChannelCommands.Create(context)).Concat(PolicyCommands.Create(context)).Concat(BackupCommands.Create(context)).Concat(PaymentCommands.Create(context)).Concat(ForwardCommands.Create(context))) root.Add(command);
        return root;
    }

    private static string Path(Command command) => command is RootCommand ? "" : string.Concat(command.Parents.OfType<Command>().Select(Path)) + command.Name + " ";

    // Where there is no command, that is all there is to say.
    private static IEnumerable<string> Problems(ParseResult parsed) => parsed.CommandResult.Command is RootCommand root && parsed.UnmatchedTokens is [var first, ..]
        ? [first.StartsWith('-') ? $"There is no option {first} before a command." : $"There is no command '{first}'{Suggestions.For(first, root.Subcommands.Select(c => c.Name))}."]
        : parsed.Errors.Select(e => e.Message);
}
