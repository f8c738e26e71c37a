using System.Runtime.InteropServices;
using Grpc.Core;

namespace Lightning.Node.Api.Services;

/// <summary><c>verrpc.Versioner</c>: which API this is.</summary>
public sealed class VersionerService : Verrpc.Versioner.VersionerBase
{
    /// <inheritdoc/>
    public override Task<Verrpc.Version> GetVersion(Verrpc.VersionRequest request, ServerCallContext context) => Task.FromResult(new Verrpc.Version
    {
        Commit = $"lightning-actors-{NodeIdentity.Version}",
        CommitHash = NodeIdentity.CommitHash,
        Version_ = NodeIdentity.ApiVersion,
        AppMajor = 0,
        AppMinor = 20,
        AppPatch = 0,
        AppPreRelease = "beta",
        BuildTags = { "invoicesrpc", "routerrpc" },
        GoVersion = RuntimeInformation.FrameworkDescription,
    });
}
