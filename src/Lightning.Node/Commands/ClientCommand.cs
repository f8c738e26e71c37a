using System.CommandLine;
using Google.Protobuf;
using Grpc.Core;

namespace Lightning.Node.Commands;

/// <summary>Makes commands that make one call, or one stream of calls, to a running node.</summary>
internal static class ClientCommand
{
    public static Command Create(
        CommandContext context, string name, string description, IEnumerable<Symbol> symbols, Func<ParseResult, ApiClient, Printer, bool, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument) command.Add(argument);
            else if (symbol is Option option) command.Add(option);
        }
        var options = new ClientOptions();
        options.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = options.Connect(parsed, context);
            try
            {
                return await run(parsed, client, new Printer(context.Output), options.Json(parsed), cancellation);
            }
            catch (RpcException e) when (!cancellation.IsCancellationRequested && e is { StatusCode: StatusCode.Unavailable or StatusCode.Internal, Status.DebugException: { } cause })
            {
                // Our own side of the call failed: no connection, or not to the node whose certificate we know.
                await context.Error.WriteLineAsync($"lightning: no answer from a node at {client.Server}: {Innermost(cause)}");
                return ExitCode.Unreachable;
            }
        });
        return command;
    }

    /// <summary>A command with one answer, shown as JSON or by <paramref name="show"/>.</summary>
    public static Command Unary<TResponse>(
        CommandContext context, string name, string description, IEnumerable<Symbol> symbols,
        Func<ParseResult, ApiClient, CancellationToken, AsyncUnaryCall<TResponse>> call, Action<TResponse, Printer> show)
        where TResponse : IMessage =>
        Create(context, name, description, symbols, async (parsed, client, printer, json, cancellation) =>
        {
            var response = await call(parsed, client, cancellation);
            if (json) printer.Json(response);
            else show(response, printer);
            return ExitCode.Done;
        });

    private static string Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner) exception = inner;
        return exception.Message;
    }
}
