namespace Lightning.Node.Configuration;

/// <summary>One setting: a flag, an environment variable and a line of the file alike.</summary>
/// <param name="Name">Its name without dashes in front: <c>grpc-listen</c> is <c>--grpc-listen</c>, <c>LN__GRPC_LISTEN</c> and <c>grpc-listen=</c>.</param>
/// <param name="Value">What stands for its value in the help, as in <c>HOST:PORT</c>.</param>
/// <param name="Description">What it does, with its default.</param>
/// <param name="IsSecret">Whether it must not stand on a command line, where others can read it.</param>
/// <param name="IsSwitch">Whether the flag alone means <c>true</c>.</param>
/// <param name="IsList">Whether the flag may be given several times; elsewhere commas stand between the values.</param>
public sealed record SettingDefinition(string Name, string Value, string Description, bool IsSecret = false, bool IsSwitch = false, bool IsList = false)
{
    /// <summary>As a flag.</summary>
    public string Flag => $"--{Name}";

    /// <summary>As an environment variable.</summary>
    public string EnvironmentVariable => SettingSources.EnvironmentPrefix + Name.Replace('-', '_').ToUpperInvariant();
}
