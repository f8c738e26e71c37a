namespace Lightning.Node.Hosting;

/// <summary>How the node logs: one line an event, on the console.</summary>
public static class NodeLogging
{
    /// <summary>Logs from <paramref name="level"/> up; the frameworks below us one step less talkative.</summary>
    public static Action<ILoggingBuilder> Console(LogLevel level) => logging =>
    {
        if (level == LogLevel.None) return;
        logging.SetMinimumLevel(level);
        if (level is LogLevel.Information)
        {
            logging.AddFilter("Microsoft", LogLevel.Warning);
            logging.AddFilter("Akka", LogLevel.Warning);
            logging.AddFilter("Grpc", LogLevel.Warning);
        }
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        });
    };
}
