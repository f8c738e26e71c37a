using System.CommandLine;
using Lightning.Node.Configuration;
using Lightning.Node.Sandbox;

namespace Lightning.Node.Commands;

/// <summary><c>lightning sandbox</c>.</summary>
internal static class SandboxCommand
{
    public static Command Create(CommandContext context)
    {
        var once = new Option<bool>("--once") { Description = "End when the payments are made. Exit code 0: all of them were paid; 1: not all." };
        var logLevel = new Option<string>("--log-level") { HelpName = "LEVEL", Description = "What the three nodes log: trace, debug, info, warn, error or none.", DefaultValueFactory = _ => "error" };
        var command = new Command(
            "sandbox", "Runs three nodes - alice, bob, carol - on a simulated chain, opens channels between them and pays over them. Needs nothing else. Stays up until Ctrl-C.") { once, logLevel };
        command.SetAction(async (parsed, cancellation) =>
        {
            var level = Level(parsed.GetValue(logLevel)!);
            var printer = new Printer(context.Output);
            printer.Line("Three nodes on a simulated chain. Everything lies in a temporary folder that is removed at the end.");
            await using var sandbox = new ThreeNodes(context.Output, level, TimeProvider.System);
            var payments = await sandbox.PlayAsync(cancellation);
            await sandbox.ReportAsync(payments, printer, cancellation);
            if (!parsed.GetValue(once))
            {
                sandbox.ShowCommands(printer);
                printer.Line("Ctrl-C ends it.");
                await Task.Delay(Timeout.Infinite, cancellation).ContinueWith(_ => { }, TaskScheduler.Default);
            }
            return payments.All(p => p.Succeeded) ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static LogLevel Level(string text)
    {
        try
        {
            return SettingsReader.Level(text);
        }
        catch (FormatException e)
        {
            throw new ConfigurationException($"--log-level: {e.Message}");
        }
    }
}
