using System.Runtime.CompilerServices;
using Lightning.Actors.Api;
using Lightning.Actors.Backup;
using Lightning.Actors.Registry;
using Lightning.Channels.Backup;

namespace Lightning.Actors.Node;

/// <content>The channel backup.</content>
internal sealed partial class LightningNode
{
    /// <summary>So many channels are restored with one write.</summary>
    private const int RestoreAtOnce = 500;

    /// <inheritdoc/>
    public async Task<NodeBackup> ExportBackupAsync(CancellationToken cancellation = default) =>
        Seal(await AskAsync<BackedUp>(node, node.Actors.Registry, GetBackup.Instance, cancellation).ConfigureAwait(false));

    /// <inheritdoc/>
    public async IAsyncEnumerable<NodeBackup> SubscribeBackupAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var answers = Subscriptions.ListenAsync<BackedUp>(node, node.Actors.Registry, FollowBackup.Instance, FollowBackupOn.Instance, UnfollowBackup.Instance, cancellation);
        await foreach (var backedUp in answers.ConfigureAwait(false)) yield return Seal(backedUp);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<BackedUpChannel>> VerifyBackupAsync(Bytes backup, CancellationToken cancellation = default) =>
        Task.FromResult<IReadOnlyList<BackedUpChannel>>([.. Open(backup).Items.Select(static channel => new BackedUpChannel(channel.Funding.OutPoint, channel.Parameters.Peer, Bytes.Empty))]);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RestoredChannel>> RestoreBackupAsync(Bytes backup, CancellationToken cancellation = default)
    {
        List<RestoredChannel> restored = [];
        foreach (var some in Open(backup).Items.Chunk(RestoreAtOnce))
        {
            var answer = await AskAsync<ChannelsRestored>(node, node.Actors.Registry, new RestoreChannels(EquatableArray.Create(some)), cancellation).ConfigureAwait(false);
            restored.AddRange(answer.Channels.Items);
        }

        return restored;
    }

    private EquatableArray<ChannelBackup> Open(Bytes backup)
    {
        try
        {
            return BackupEnvelope.Open(backup.Span, node.Keys, node.Options.Network).Channels;
        }
        catch (BackupException e)
        {
            throw new LightningException(LightningErrorKind.InvalidArgument, e.Message, e);
        }
    }

    private NodeBackup Seal(BackedUp backedUp) => new(
        Seal(backedUp.Channels),
        [.. backedUp.Channels.Items.Select(channel => new BackedUpChannel(channel.Funding.OutPoint, channel.Parameters.Peer, Seal([channel])))]);

    private Bytes Seal(EquatableArray<ChannelBackup> channels) => BackupEnvelope.Seal(new BackupContent(node.Now, channels), node.Keys, node.Options.Network);
}
