namespace Lightning.Node.Configuration;

/// <summary>Settings that cannot be used. Every one of them is named, so that one run shows all that is to be mended.</summary>
public sealed class ConfigurationException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>One problem.</summary>
    public ConfigurationException(string problem)
        : this([problem])
    {
    }

    /// <summary>What is wrong, one line each, with the setting's name as its owner wrote it.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
