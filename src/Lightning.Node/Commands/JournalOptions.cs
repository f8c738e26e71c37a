using System.CommandLine;
using Lightning.Actors.Hosting;
using Lightning.Actors.Journal;
using Lightning.Node.Configuration;

namespace Lightning.Node.Commands;

/// <summary>The options that say where a node's database is: the settings of <c>lightning start</c> that it is found by.</summary>
internal sealed class JournalOptions
{
    private static readonly string[] Names = ["data-dir", "network", "conf", "database"];

    private readonly Dictionary<string, Option<string?>> _options = NodeSettings.Definitions.Where(d => Names.Contains(d.Name, StringComparer.Ordinal))
        .ToDictionary(d => d.Name, d => new Option<string?>(d.Flag) { HelpName = d.Value, Description = d.Description }, StringComparer.Ordinal);

    public void AddTo(Command command)
    {
        foreach (var option in _options.Values) command.Add(option);
    }

    /// <summary>The node's journal; what the options leave open comes from the environment and the settings' file, as for the node itself.</summary>
    /// <exception cref="ConfigurationException">The settings make no sense, or there is no database.</exception>
    public ChannelJournal Open(ParseResult parsed, CommandContext context)
    {
        var flags = _options.Where(o => parsed.GetValue(o.Value) is not null).ToDictionary(o => o.Key, o => parsed.GetValue(o.Value)!, StringComparer.Ordinal);
        var settings = SettingSources.Collect(flags, context.Environment, SettingsReader.DataDir);
        if (SettingsReader.DatabaseOf(settings.GetValueOrDefault("database")) is { } postgres) return ChannelJournal.InPostgres(postgres);
        var dataDir = SettingsReader.DataDir(settings.GetValueOrDefault("data-dir"));
        var network = SettingsReader.NetworkOf(settings.GetValueOrDefault("network"));
        try
        {
            return ChannelJournal.InSqlite(DataFolder.DatabaseFileOf(NodeSettings.NetworkFolderOf(dataDir, network)));
        }
        catch (FileNotFoundException e)
        {
            throw new ConfigurationException($"{e.Message} Has the node run with this data folder and network?");
        }
    }
}
