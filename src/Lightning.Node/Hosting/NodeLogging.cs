using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace Lightning.Node.Hosting;

/// <summary>How the node logs: one line an event, on the console.</summary>
public static class NodeLogging
{
    /// <summary>Akka's settings for a level. While it shuts down Akka logs past every filter, so the level is its own, too.</summary>
    public static string Hocon(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "akka.loglevel = DEBUG",
        LogLevel.Information => "akka.loglevel = INFO",
        LogLevel.Error => "akka.loglevel = ERROR",
        LogLevel.None => "akka.loglevel = OFF",
        _ => "akka.loglevel = WARNING",
    };

    /// <summary>Logs from <paramref name="level"/> up; the frameworks below us one step less talkative.</summary>
    public static Action<ILoggingBuilder> Console(LogLevel level) => logging =>
    {
        if (level == LogLevel.None) return;
        logging.SetMinimumLevel(level);
        // What fails the start is thrown, too, and told once.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        if (level is LogLevel.Information)
        {
            logging.AddFilter("Microsoft", LogLevel.Warning);
            logging.AddFilter("Akka", LogLevel.Warning);
            logging.AddFilter("Grpc", LogLevel.Warning);
        }
        logging.Services.TryAddSingleton(TimeProvider.System);
        logging.AddConsole(console => console.FormatterName = LineFormatter.FormatterName);
        logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
    };
}
