using System.CommandLine;
using Lightning.Node.Configuration;
using Lightning.Node.Tls;

namespace Lightning.Node.Commands;

/// <summary>The options that every command has which talks to a running node.</summary>
internal sealed class ClientOptions
{
    private readonly Option<string?> _server = new("--rpcserver") { HelpName = "HOST:PORT", Description = "The node's gRPC API. Default: localhost:10009." };
    private readonly Option<string?> _dataDir = new("--data-dir") { HelpName = "FOLDER", Description = "The node's data folder, for its certificate and macaroon. Default: ~/.lightning-actors." };
    private readonly Option<string?> _network = new("--network") { HelpName = "NETWORK", Description = "mainnet, testnet, signet or regtest. Default: mainnet." };
    private readonly Option<string?> _macaroon = new("--macaroon") { HelpName = "FILE", Description = "Default: admin.macaroon of the network in the data folder." };
    private readonly Option<string?> _certificate = new("--tls-cert") { HelpName = "FILE", Description = "The certificate that the node must show. Default: tls.cert in the data folder." };
    private readonly Option<bool> _json = new("--json") { Description = "Print the API's answer as JSON, for programs." };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_server, _dataDir, _network, _macaroon, _certificate, _json]) command.Add(option);
    }

    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Connects as the options say; what they leave open comes from the environment and the settings' file, as for the node itself.</summary>
    public ApiClient Connect(ParseResult parsed, CommandContext context)
    {
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        if (parsed.GetValue(_dataDir) is { } folder) flags["data-dir"] = folder;
        if (parsed.GetValue(_network) is { } name) flags["network"] = name;
        var settings = SettingSources.Collect(flags, context.Environment, SettingsReader.DataDir);
        var dataDir = SettingsReader.DataDir(settings.GetValueOrDefault("data-dir"));
        var network = SettingsReader.NetworkOf(settings.GetValueOrDefault("network"));
        return ApiClient.Connect(
            parsed.GetValue(_server) ?? Server(settings.GetValueOrDefault("grpc-listen")),
            parsed.GetValue(_certificate) ?? Path.Combine(dataDir, TlsFiles.CertificateFile),
            parsed.GetValue(_macaroon) ?? Path.Combine(NodeSettings.NetworkFolderOf(dataDir, network), "admin.macaroon"));
    }

    // Where the node listens is where it is reached, but for an address that means all of them.
    private static string Server(Setting? listen)
    {
        if (listen is null) return "localhost:10009";
        var colon = listen.Value.LastIndexOf(':');
        return colon > 0 && listen.Value[..colon] is "0.0.0.0" or "[::]" ? "localhost" + listen.Value[colon..] : listen.Value;
    }
}
