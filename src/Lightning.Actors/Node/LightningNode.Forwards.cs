using Lightning.Actors.Api;

namespace Lightning.Actors.Node;

/// <content>Forwards that somebody else decides about.</content>
internal sealed partial class LightningNode
{
    /// <inheritdoc/>
    public IAsyncEnumerable<InterceptedForward> InterceptForwardsAsync(CancellationToken cancellation = default) => node.Interception.ListenAsync(cancellation);

    /// <inheritdoc/>
    public Task ResolveForwardAsync(ForwardResolution resolution, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(resolution);
        node.Interception.Resolve(resolution);
        return Task.CompletedTask;
    }
}
