using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using Akka.Hosting.Logging;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Lightning.Actors.Hosting;

/// <summary>
/// Hands what actors log to the host's logging, each under the name of its class: an operator reads the node's own lines without those of the cluster's machinery.
/// </summary>
public sealed class NodeLogger : UntypedActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private readonly ILoggerFactory _factory = Context.System.Settings.Setup.Get<LoggerFactorySetup>().Value.LoggerFactory;
    private readonly Dictionary<Type, ILogger> _loggers = [];

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                break;
            case Akka.Event.LogEvent log:
                Write(log);
                break;
        }
    }

    private void Write(Akka.Event.LogEvent log)
    {
        if (!_loggers.TryGetValue(log.LogClass, out var logger)) _loggers[log.LogClass] = logger = _factory.CreateLogger(log.LogClass);
        var level = log switch
        {
            Akka.Event.Debug => LogLevel.Debug,
            Info => LogLevel.Information,
            Warning => LogLevel.Warning,
            _ => LogLevel.Error,
        };
        logger.Log(level, default, log, log.Cause, static (one, _) => one.Message?.ToString() ?? "");
    }
}
