using Google.Protobuf;
using Grpc.Core;
using Lightning.Actors.Api;
using Lightning.Node.Api.Mapping;

namespace Lightning.Node.Api.Services;

/// <content>The channel backup.</content>
public sealed partial class LightningService
{
    /// <inheritdoc/>
    public override async Task<Lnrpc.ChannelBackup> ExportChannelBackup(Lnrpc.ExportChannelBackupRequest request, ServerCallContext context)
    {
        var funding = Read.ChannelPoint(request.ChanPoint);
        var backup = await node.ExportBackupAsync(context.CancellationToken);
        return ToRpc(backup.Channels.FirstOrDefault(channel => channel.Funding == funding) ?? throw LightningException.UnknownChannel(funding));
    }

    /// <inheritdoc/>
    public override async Task<Lnrpc.ChanBackupSnapshot> ExportAllChannelBackups(Lnrpc.ChanBackupExportRequest request, ServerCallContext context) =>
        ToRpc(await node.ExportBackupAsync(context.CancellationToken));

    /// <inheritdoc/>
    public override async Task<Lnrpc.VerifyChanBackupResponse> VerifyChanBackup(Lnrpc.ChanBackupSnapshot request, ServerCallContext context)
    {
        var response = new Lnrpc.VerifyChanBackupResponse();
        foreach (var backup in Backups(request.SingleChanBackups, request.MultiChanBackup?.MultiChanBackup_))
        {
            foreach (var channel in await node.VerifyBackupAsync(backup, context.CancellationToken)) response.ChanPoints.Add(channel.Funding.ToString());
        }

        return response;
    }

    /// <inheritdoc/>
    public override async Task<Lnrpc.RestoreBackupResponse> RestoreChannelBackups(Lnrpc.RestoreChanBackupRequest request, ServerCallContext context)
    {
        var backups = Backups(request.ChanBackups, request.MultiChanBackup).ToList();

        // All or none: a damaged one among them is told before anything is done.
        foreach (var backup in backups) await node.VerifyBackupAsync(backup, context.CancellationToken);
        var response = new Lnrpc.RestoreBackupResponse();
        foreach (var backup in backups) response.NumRestored += (uint)(await node.RestoreBackupAsync(backup, context.CancellationToken)).Count(static channel => channel.IsNew);
        return response;
    }

    /// <inheritdoc/>
    public override async Task SubscribeChannelBackups(Lnrpc.ChannelBackupSubscription request, IServerStreamWriter<Lnrpc.ChanBackupSnapshot> responses, ServerCallContext context)
    {
        await foreach (var backup in node.SubscribeBackupAsync(context.CancellationToken)) await responses.WriteAsync(ToRpc(backup), context.CancellationToken);
    }

    private static IEnumerable<Bytes> Backups(Lnrpc.ChannelBackups? single, ByteString? all)
    {
        if (all is { IsEmpty: false }) return single is { ChanBackups.Count: > 0 } ? throw LightningException.InvalidArgument("either single or multi channel backups can be given, but not both") : [new Bytes(all.Span)];
        return single is { ChanBackups.Count: > 0 } ? single.ChanBackups.Select(static one => new Bytes(one.ChanBackup.Span)) : throw LightningException.InvalidArgument("no channel backup is given");
    }

    private static Lnrpc.ChannelBackup ToRpc(BackedUpChannel channel) => new() { ChanPoint = Write.ChannelPoint(channel.Funding), ChanBackup = ByteString.CopyFrom(channel.Backup.Span) };

    private static Lnrpc.ChanBackupSnapshot ToRpc(NodeBackup backup) => new()
    {
        SingleChanBackups = new Lnrpc.ChannelBackups { ChanBackups = { backup.Channels.Select(ToRpc) } },
        MultiChanBackup = new Lnrpc.MultiChanBackup
        {
            ChanPoints = { backup.Channels.Select(static channel => Write.ChannelPoint(channel.Funding)) },
            MultiChanBackup_ = ByteString.CopyFrom(backup.All.Span),
        },
    };
}
