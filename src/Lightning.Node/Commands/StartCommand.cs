using System.CommandLine;
using System.Security.Cryptography;
using Lightning.Actors.Hosting;
using Lightning.Chain.BitcoinCore;
using Lightning.Channels.Parameters;
using Lightning.Node.Configuration;
using Lightning.Node.Hosting;
using Lightning.Node.Seeds;

namespace Lightning.Node.Commands;

/// <summary><c>lightning start</c>: runs a node.</summary>
internal static class StartCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command(
            "start",
            "Runs a node. Every setting is a flag, an environment variable (LN__DATA_DIR for --data-dir) or a line name=value of the settings' file; "
            + "a flag beats the environment, the environment beats the file.");
        var options = NodeSettings.Definitions.Where(d => !d.IsSecret)
            .ToDictionary(
                d => d.Name,
                static d => d.IsList
                    ? (Option)new Option<string[]>(d.Flag) { HelpName = d.Value, Description = d.Description, Arity = ArgumentArity.OneOrMore }
                    : new Option<string>(d.Flag) { HelpName = d.Value, Description = d.Description, Arity = d.IsSwitch ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne },
                StringComparer.Ordinal);
        foreach (var option in options.Values) command.Add(option);
        command.SetAction(async (parsed, cancellation) =>
        {
            var flags = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (name, option) in options)
            {
                if (parsed.GetResult(option) is { } given) flags[name] = string.Join(',', given.Tokens.Select(static token => token.Value));
            }

            await RunAsync(SettingsReader.Read(flags, context.Environment), context, cancellation);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task RunAsync(NodeSettings settings, CommandContext context, CancellationToken cancellation)
    {
        FreePorts.Check(settings);
        PrivateFiles.CreateFolder(settings.DataDir);
        PrivateFiles.CreateFolder(settings.NetworkFolder);
        var seed = NodeSeed.Open(settings, context.Output).ToSeed();
        using var keys = NodeKeys.FromSeed(seed);
        CryptographicOperations.ZeroMemory(seed);
        var logging = NodeLogging.Console(settings.LogLevel);
        using var loggers = LoggerFactory.Create(logging);
        var log = loggers.CreateLogger("Lightning.Node");
        StartLog.Connecting(log, settings.Network.Name, settings.Bitcoind.Rpc);
        await using var chain = await BitcoinCoreBackend.ConnectAsync(ToOptions(settings.Bitcoind), settings.Network, TimeProvider.System, loggers.CreateLogger("Lightning.Chain"), cancellation);
        var wallet = await BitcoinCoreWallet.OpenAsync(chain.Rpc, settings.Bitcoind.Wallet, cancellation);
        var options = new LightningNodeOptions
        {
            Network = settings.Network,
            DataFolder = settings.NetworkFolder,
            PostgresConnectionString = settings.Database,
            IsRestored = settings.IsRestored,
            Alias = settings.Alias,
            Listen = [.. settings.Listen],
            ExternalAddresses = [.. settings.ExternalAddresses],
            Channels = settings.ToSelfDelay is { } delay ? new ChannelConfig { Network = settings.Network, ToSelfDelay = delay } : null,
            Policy = new NodePolicy { AcceptKeysend = settings.AcceptKeysend },
            Peers = [.. settings.Peers],
            Bootstrap = settings.Bootstrap,
            Hocon = NodeLogging.Hocon(settings.LogLevel),
        };
        await using var host = await NodeHost.StartAsync(settings.DataDir, [settings.GrpcListen, settings.RestListen], options, keys, chain, wallet, logging, cancellation);
        StartLog.Running(log, keys.NodeId, host.ApiEndpoints[0], host.ApiEndpoints[1]);
        await host.RunAsync(cancellation);
        StartLog.Stopped(log);
    }

    private static BitcoinCoreOptions ToOptions(BitcoindSettings settings) => new()
    {
        RpcUrl = settings.Rpc,
        User = settings.User,
        Password = settings.Password,
        CookieFile = settings.User is null ? settings.CookieFile : null,
        ZmqBlock = settings.ZmqBlock?.ToString().TrimEnd('/'),
        WalletName = settings.Wallet,
    };
}
