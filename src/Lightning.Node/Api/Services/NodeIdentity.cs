using System.Reflection;

namespace Lightning.Node.Api.Services;

/// <summary>How the node presents itself on the API.</summary>
public static class NodeIdentity
{
    /// <summary>The version of LND's API that is served: clients choose calls by it.</summary>
    public const string ApiVersion = "0.20.0-beta";

    /// <summary>This software's own version.</summary>
    public static string Version { get; } =
        typeof(NodeIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    /// <summary>The commit it was built from, 40 hexadecimal digits; zeros where not known.</summary>
    public static string CommitHash { get; } =
        typeof(NodeIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+') is [_, { Length: 40 } hash]
            ? hash
            : new string('0', 40);

    /// <summary>Both versions, in the form that clients take apart.</summary>
    public static string Description { get; } = $"{ApiVersion} commit=lightning-actors-{Version}";
}
