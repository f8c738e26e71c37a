using System.Globalization;

namespace Lightning.Node.Configuration;

/// <summary>Collects settings from flags, environment and file. A flag beats the environment, the environment beats the file.</summary>
/// <remarks>
/// In the environment, <c>LN__</c> stands in front and neither case nor dashes nor underscores matter: <c>LN__DATA_DIR</c>, <c>LN__DataDir</c>
/// and <c>LN__data-dir</c> are one. In the file a line is <c>name=value</c>; empty lines, lines that begin with <c>#</c> or <c>;</c> and
/// section headers are passed over; a name may carry the dashes of its flag.
/// </remarks>
public static class SettingSources
{
    /// <summary>What environment variables of the node begin with.</summary>
    public const string EnvironmentPrefix = "LN__";

    /// <summary>The file looked for in the data folder when none is named.</summary>
    public const string DefaultFile = "lightning.conf";

    /// <summary>All settings by name.</summary>
    /// <param name="flags">Flags as given, by setting name.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="dataDir">Finds the data folder from what is known before the file is read.</param>
    /// <exception cref="ConfigurationException">Unknown names, or a file that cannot be read.</exception>
    public static IReadOnlyDictionary<string, Setting> Collect(
        IReadOnlyDictionary<string, string> flags, IReadOnlyDictionary<string, string> environment, Func<Setting?, string> dataDir)
    {
        var problems = new List<string>();
        var known = NodeSettings.Definitions.ToDictionary(d => Suggestions.Normalized(d.Name), d => d.Name, StringComparer.Ordinal);
        var result = new Dictionary<string, Setting>(StringComparer.Ordinal);

        foreach (var (name, value) in flags) result[name] = new Setting(value, $"--{name}");
        foreach (var (variable, value) in environment.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            if (!variable.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase)) continue;
            if (known.TryGetValue(Suggestions.Normalized(variable[EnvironmentPrefix.Length..]), out var name)) result.TryAdd(name, new Setting(value, variable));
            else problems.Add($"{variable}: there is no such setting{Suggestions.For(variable[EnvironmentPrefix.Length..], known.Values)}.");
        }

        var named = result.GetValueOrDefault("conf");
        var file = named?.Value ?? Path.Combine(dataDir(result.GetValueOrDefault("data-dir")), DefaultFile);
        if (named is not null || File.Exists(file)) ReadFile(file, named, known, result, problems);
        return problems.Count == 0 ? result : throw new ConfigurationException(problems);
    }

    private static void ReadFile(string file, Setting? named, Dictionary<string, string> known, Dictionary<string, Setting> result, List<string> problems)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{named?.Source ?? file}: cannot read {file}: {e.Message}");
            return;
        }
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0 || line[0] is '#' or ';' or '[') continue;
            var place = string.Create(CultureInfo.InvariantCulture, $"{file} line {i + 1}");
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                problems.Add($"{place}: expected name=value.");
                continue;
            }
            var written = line[..equals].Trim();
            if (!known.TryGetValue(Suggestions.Normalized(written), out var name))
                problems.Add($"{place}: there is no setting '{written}'{Suggestions.For(written, known.Values)}.");
            else if (name == "conf")
                problems.Add($"{place}: 'conf' names this file and cannot stand in it.");
            else if (!seen.Add(name))
                problems.Add($"{place}: '{written}' is set twice.");
            else
                result.TryAdd(name, new Setting(line[(equals + 1)..].Trim(), $"{name} in {place}"));
        }
    }
}
