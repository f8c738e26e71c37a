using Lightning.Actors.Api;
using Lightning.Actors.Channels;
using Lightning.Actors.Entities;
using Lightning.Channels.Announcing;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Node;

/// <content>The terms of forwards.</content>
internal sealed partial class LightningNode
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<FailedPolicyUpdate>> UpdateChannelPolicyAsync(UpdateChannelPolicyRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var change = new ForwardingTerms
        {
            FeeBase = request.FeeBase,
            FeeProportionalMillionths = request.FeeProportionalMillionths,
            CltvExpiryDelta = request.CltvExpiryDelta,
            HtlcMinimum = request.HtlcMinimum,
            HtlcMaximum = request.HtlcMaximum,
        };
        List<ChannelEntry> channels;
        if (request.Channel is { } funding)
        {
            if (!node.Directory.TryGet(funding, out var entry)) return [new FailedPolicyUpdate(funding, PolicyUpdateFailure.NotFound, "not found")];
            if (!entry.IsOpen()) return [new FailedPolicyUpdate(funding, PolicyUpdateFailure.Pending, "not open")];
            channels = [entry];
        }
        else
        {
            channels = [.. node.Directory.All.Where(static entry => entry.IsOpen())];
        }

        var failed = await Task.WhenAll(channels.Select(entry => ChangeAsync(entry.Key, entry.Funding!.Value, change, cancellation))).ConfigureAwait(false);
        return [.. failed.OfType<FailedPolicyUpdate>()];
    }

    private async Task<FailedPolicyUpdate?> ChangeAsync(LocalChannelKey key, OutPoint funding, ForwardingTerms change, CancellationToken cancellation)
    {
        try
        {
            await AskAsync<Done>(node, node.Actors.Channels, new ChannelRequest(key, new ChannelCommand.SetPolicy(change)), cancellation).ConfigureAwait(false);
            return null;
        }
        catch (LightningException e)
        {
            // One channel's trouble is no reason to leave the others as they are.
            return new FailedPolicyUpdate(funding, e.Kind switch
            {
                LightningErrorKind.InvalidArgument => PolicyUpdateFailure.InvalidParameter,
                LightningErrorKind.FailedPrecondition => PolicyUpdateFailure.Pending,
                LightningErrorKind.NotFound => PolicyUpdateFailure.NotFound,
                _ => PolicyUpdateFailure.Internal,
            }, e.Message);
        }
    }
}
