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
            return await run(parsed, client, new Printer(context.Output), options.Json(parsed), cancellation);
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
}
