using System.Runtime.CompilerServices;
using Lightning.Interop.Tests.Peers;
using Xunit.Sdk;

// Each test starts several processes: one at a time, or they starve each other on a small machine.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Lightning.Interop.Tests;

/// <summary>A program that cannot be had skips its tests, by name; with LIGHTNING_REQUIRE_PEERS=1 it fails them.</summary>
internal static class MissingPeers
{
    private static bool Required => Environment.GetEnvironmentVariable("LIGHTNING_REQUIRE_PEERS") is { Length: > 0 } value && value != "0";

    // The analyzer warns of module initializers in libraries; this is a test assembly, and the rule must hold before its first test.
#pragma warning disable CA2255
    [ModuleInitializer]
    public static void Apply() => PeerCache.OnMissing = message =>
    {
        if (Required) throw new XunitException(message);
        Skip.If(true, message);
    };
#pragma warning restore CA2255
}
