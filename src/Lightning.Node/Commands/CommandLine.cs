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
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            foreach (var error in parsed.Errors) await context.Error.WriteLineAsync($"lightning: {error.Message}");
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
        catch (RpcException e) when (e is { StatusCode: StatusCode.Unavailable or StatusCode.Internal, Status.DebugException: { } cause })
        {
            // Our own side of the call failed: no connection, or not to the node whose certificate we know.
            await context.Error.WriteLineAsync($"lightning: the node cannot be reached: {Innermost(cause)}");
            return ExitCode.Unreachable;
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
            "A Lightning node. 'lightning start' runs it, 'lightning sandbox' shows three of them at play, the other commands talk to a node that runs. "
            + "Exit codes: 0 done, 1 refused or failed, 2 wrong usage or settings, 3 node not reachable.")
        {
            StartCommand.Create(context),
            SandboxCommand.Create(context),
        };
        foreach (var command in NodeCommands.Create(context).Concat(ChannelCommands.Create(context)).Concat(PaymentCommands.Create(context))) root.Add(command);
        return root;
    }

    private static string Path(Command command) => command is RootCommand ? "" : command.Name + " ";

    private static string Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner) exception = inner;
        return exception.Message;
    }
}
