using System.Globalization;
using System.Net;
using System.Text;
using Lightning.Actors.Api;
using Lightning.Actors.Hosting;
using Npgsql;

namespace Lightning.Node.Configuration;

/// <summary>Turns collected settings into <see cref="NodeSettings"/>; each that makes no sense is refused by name.</summary>
public static class SettingsReader
{
    private const int MaxAliasBytes = 32;

    // A day at least, as others ask too; more than two weeks are refused by many.
    private const ushort MinToSelfDelay = 144;
    private const ushort MaxToSelfDelay = 2016;

    /// <summary>The data folder that a setting asks for, or the default one.</summary>
    public static string DataDir(Setting? setting)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var path = setting is { Value.Length: > 0 } ? setting.Value : Path.Combine(home, ".lightning-actors");
        return Path.GetFullPath(path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, path[2..]) : path);
    }

    /// <summary>The network that a setting names, or mainnet.</summary>
    /// <exception cref="ConfigurationException">There is no such network.</exception>
    public static Network NetworkOf(Setting? setting) => Parsed(setting, Network.Parse) ?? Network.Mainnet;

    /// <summary>The PostgreSQL database that a setting names; null for SQLite.</summary>
    /// <exception cref="ConfigurationException">Not a connection string.</exception>
    public static string? DatabaseOf(Setting? setting) => Parsed(setting, Database);

    /// <summary>Reads all sources and checks every value.</summary>
    /// <exception cref="ConfigurationException">One or more are wrong.</exception>
    public static NodeSettings Read(IReadOnlyDictionary<string, string> flags, IReadOnlyDictionary<string, string> environment)
    {
        var settings = SettingSources.Collect(flags, environment, DataDir);
        var problems = new List<string>();
        var dataDir = Take("data-dir", DataDirOf, DataDir(null));
        var network = Take("network", Network.Parse, Network.Mainnet);
        var user = settings.GetValueOrDefault("bitcoind-user")?.Value;
        var password = settings.GetValueOrDefault("bitcoind-password")?.Value;
        if (user is null != password is null)
            problems.Add($"{settings.GetValueOrDefault("bitcoind-user", settings.GetValueOrDefault("bitcoind-password")!).Source}: bitcoind-user and bitcoind-password belong together.");
        if (user is not null && settings.TryGetValue("bitcoind-cookie", out var cookie))
            problems.Add($"{cookie.Source}: not together with bitcoind-user; Bitcoin Core takes one or the other.");
        if (settings.TryGetValue("seed-passphrase", out var secret) && secret.Source.StartsWith("--", StringComparison.Ordinal))
            problems.Add("--seed-passphrase: not on the command line, where every user of the machine can read it; use --seed-passphrase-file or LN__SEED_PASSPHRASE.");
        if (secret is not null && settings.TryGetValue("seed-passphrase-file", out var passphraseFile))
            problems.Add($"{passphraseFile.Source}: not together with {secret.Source}.");

        var result = new NodeSettings
        {
            DataDir = dataDir,
            Network = network,
            Alias = Take("alias", Alias, ""),
            Listen = Take("listen", v => v == "none" ? [] : List(v, EndPoint), [new IPEndPoint(IPAddress.Any, PeerAddress.DefaultPort)]),
            ExternalAddresses = Take("external-address", v => List(v, ExternalAddress), []),
            Peers = Take("add-peer", v => List(v, PeerAddress.Parse), []),
            Bootstrap = new BootstrapSettings
            {
                DnsSeeds = Take("dns-seeds", v => v == "none" ? [] : [.. List(v, DnsName)], BootstrapSettings.SeedsOf(network)),
                MinimumPeers = Take("min-peers", MinimumPeers, new BootstrapSettings().MinimumPeers),
            },
            GrpcListen = Take("grpc-listen", EndPoint, new IPEndPoint(IPAddress.Loopback, 10009)),
            RestListen = Take("rest-listen", EndPoint, new IPEndPoint(IPAddress.Loopback, 8080)),
            Bitcoind = new BitcoindSettings(
                Take("bitcoind-rpc", v => Url(v, "http", "https"), new Uri($"http://127.0.0.1:{RpcPort(network)}/")),
                user,
                password,
                Take("bitcoind-cookie", ExistingFile, DefaultCookie(network)),
                Take("bitcoind-wallet", NotEmpty, "lightning"),
                Take<Uri?>("bitcoind-zmq-block", v => Url(v, "tcp", "ipc"), null)),
            ToSelfDelay = Take<ushort?>("to-self-delay", v => Delay(v), null),
            AcceptKeysend = Take("accept-keysend", Switch, false),
            Database = Take<string?>("database", Database, null),
            IsRestored = Take("restored", Switch, false),
            SeedPassphrase = Take<string?>("seed-passphrase-file", PassphraseFrom, null) ?? Take<string?>("seed-passphrase", NotEmpty, null),
            ImportSeed = Take<string?>("import-seed", ExistingFile, null),
            LogLevel = Take("log-level", Level, LogLevel.Information),
        };
        if (result.GrpcListen.Port != 0 && result.GrpcListen.Equals(result.RestListen))
            problems.Add($"{settings.GetValueOrDefault("rest-listen")?.Source ?? "rest-listen"}: {result.RestListen} is where grpc-listen listens already.");
        return problems.Count == 0 ? result : throw new ConfigurationException(problems);

        T Take<T>(string name, Func<string, T> parse, T otherwise)
        {
            if (!settings.TryGetValue(name, out var setting)) return otherwise;
            try
            {
                return parse(setting.Value);
            }
            catch (Exception e) when (e is FormatException or ArgumentException or IOException or UnauthorizedAccessException)
            {
                problems.Add($"{setting.Source}: {e.Message}");
                return otherwise;
            }
        }
    }

    /// <summary>Parses <c>host:port</c> where the host is an address of this machine or <c>localhost</c>.</summary>
    /// <exception cref="FormatException">Not of that form.</exception>
    public static IPEndPoint EndPoint(string text)
    {
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? "" : text[..colon].Trim('[', ']');
        var address = host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(host, out var parsed) ? parsed : null;
        return colon >= 0 && address is not null && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new IPEndPoint(address, port)
            : throw new FormatException($"'{text}' is not HOST:PORT; HOST is an IP address or localhost, PORT a number up to 65535.");
    }

    private static T? Parsed<T>(Setting? setting, Func<string, T> parse)
        where T : class
    {
        try
        {
            return setting is null ? null : parse(setting.Value);
        }
        catch (FormatException e)
        {
            throw new ConfigurationException($"{setting!.Source}: {e.Message}");
        }
    }

    private static string DataDirOf(string value) => DataDir(new Setting(NotEmpty(value), ""));

    private static string NotEmpty(string value) => value.Length > 0 ? value : throw new FormatException("the value is empty.");

    private static string Alias(string value) => Encoding.UTF8.GetByteCount(value) <= MaxAliasBytes
        ? value
        : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"the name has {Encoding.UTF8.GetByteCount(value)} bytes; 32 is the most that an announcement carries."));

    private static List<T> List<T>(string value, Func<string, T> parse) =>
        [.. value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(parse)];

    private static string ExternalAddress(string value)
    {
        var (host, port) = PeerAddress.ParseHost(value);
        return string.Create(CultureInfo.InvariantCulture, $"{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}");
    }

    private static string DnsName(string value) => Uri.CheckHostName(value) == UriHostNameType.Dns && value.Length <= 200
        ? value
        : throw new FormatException($"'{value}' is not the name of a host.");

    private static int MinimumPeers(string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= 100
        ? count
        : throw new FormatException($"'{value}' is not a number from 0 to 100.");

    private static Uri Url(string value, params string[] schemes) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri) && schemes.Contains(uri.Scheme, StringComparer.Ordinal)
            ? uri.UserInfo.Length == 0 ? uri : throw new FormatException("user and password do not belong into the URL; see bitcoind-user and bitcoind-password.")
            : throw new FormatException($"'{value}' is not a URL that begins with {string.Join(" or ", schemes.Select(s => s + "://"))}.");

    private static string ExistingFile(string value) =>
        File.Exists(value) ? Path.GetFullPath(value) : throw new FormatException($"there is no file {value}.");

    private static string PassphraseFrom(string file)
    {
        using var reader = new StreamReader(ExistingFile(file));
        return reader.ReadLine() is { Length: > 0 } line ? line : throw new FormatException($"the first line of {file} is empty.");
    }

    private static string Database(string value)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(value) is { Host.Length: > 0, Database.Length: > 0 }
                ? value
                : throw new FormatException("the connection string names no Host or no Database; expected Host=...;Database=...;Username=...");
        }
        catch (ArgumentException e)
        {
            // The parser's own message may repeat the password: it is not shown.
            throw new FormatException("not a connection string of Npgsql; expected Host=...;Database=...;Username=...", e);
        }
    }

    private static ushort Delay(string value) =>
        ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var blocks) && blocks is >= MinToSelfDelay and <= MaxToSelfDelay
            ? blocks
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"'{value}' is not a number of blocks from {MinToSelfDelay} to {MaxToSelfDelay}."));

    private static bool Switch(string value) => value.ToLowerInvariant() switch
    {
        "" or "true" => true,
        "false" => false,
        _ => throw new FormatException($"'{value}' is neither true nor false."),
    };

    /// <summary>Parses a level of the log.</summary>
    /// <exception cref="FormatException">There is no such level.</exception>
    public static LogLevel Level(string value) => value.ToLowerInvariant() switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "info" or "information" => LogLevel.Information,
        "warn" or "warning" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "none" => LogLevel.None,
        _ => throw new FormatException($"'{value}' is not a level: expected trace, debug, info, warn, error or none."),
    };

    private static string RpcPort(Network network) => network.Name switch { "mainnet" => "8332", "testnet" => "18332", "signet" => "38332", _ => "18443" };

    private static string DefaultCookie(Network network)
    {
        var folder = network.Name switch { "mainnet" => "", "testnet" => "testnet3", _ => network.Name };
        return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".bitcoin", folder, ".cookie");
    }
}
