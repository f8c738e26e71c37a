using System.CommandLine;
using Google.Protobuf;
using Lightning.Actors.Hosting;
using Lightning.Node.Configuration;

namespace Lightning.Node.Commands;

/// <summary>The channel backup.</summary>
internal static class BackupCommands
{
    /// <summary>Larger than any backup.</summary>
    private const long MaxLength = 64 * 1024 * 1024;

    public static IEnumerable<Command> Create(CommandContext context)
    {
        yield return Export(context);
        yield return Verify(context);
        yield return Restore(context);
    }

    private static Command Export(CommandContext context)
    {
        var channel = new Argument<string?>("channel") { HelpName = "TXID:INDEX", Description = "Only this channel. Default: all.", Arity = ArgumentArity.ZeroOrOne };
        var file = new Option<string?>("--file") { HelpName = "FILE", Description = "Where to write it. Default: it is printed, in hexadecimal." };
        return ClientCommand.Create(
            context,
            "exportchanbackup",
            "Makes a backup of the channels. With the node's seed it is enough to get their money back on chain; without the seed nobody can read it. The node keeps the same as channel.backup in its data folder.",
            [channel, file],
            async (parsed, client, printer, json, cancellation) =>
            {
                IMessage answer;
                ByteString backup;
                if (parsed.GetValue(channel) is { } only)
                {
                    var funding = ChannelCommands.Point(only);
                    var one = await client.Lightning.ExportChannelBackupAsync(
                        new Lnrpc.ExportChannelBackupRequest { ChanPoint = new Lnrpc.ChannelPoint { FundingTxidStr = funding.TxId.ToString(), OutputIndex = funding.Index } }, cancellationToken: cancellation);
                    (answer, backup) = (one, one.ChanBackup);
                }
                else
                {
                    var all = await client.Lightning.ExportAllChannelBackupsAsync(new Lnrpc.ChanBackupExportRequest(), cancellationToken: cancellation);
                    (answer, backup) = (all, all.MultiChanBackup.MultiChanBackup_);
                }

                if (parsed.GetValue(file) is { } path) DurableFile.Replace(path, backup.Span);
                if (json) printer.Json(answer);
                else printer.Line(parsed.GetValue(file) is { } written ? $"The backup is in {written}." : Convert.ToHexStringLower(backup.Span));
                return ExitCode.Done;
            });
    }

    private static Command Verify(CommandContext context)
    {
        var file = BackupFile();
        return ClientCommand.Unary(
            context,
            "verifychanbackup",
            "Tells whether this node can restore a backup, and which channels are in it.",
            [file],
            (parsed, client, cancellation) => client.Lightning.VerifyChanBackupAsync(Snapshot(Read(parsed.GetValue(file)!)), cancellationToken: cancellation),
            (answer, printer) =>
            {
                foreach (var channel in answer.ChanPoints) printer.Line(channel);
                printer.Line($"The backup is good. Channels in it: {Printer.Number(answer.ChanPoints.Count)}.");
            });
    }

    private static Command Restore(CommandContext context)
    {
        var file = BackupFile();
        return ClientCommand.Create(
            context,
            "restorechanbackup",
            "Restores the channels of a backup on a node that has lost them: their peers are asked to close them, and what is this node's comes back to its wallet. Channels that the node knows are left alone.",
            [file],
            async (parsed, client, printer, json, cancellation) =>
            {
                var backup = Read(parsed.GetValue(file)!);
                var known = await client.Lightning.VerifyChanBackupAsync(Snapshot(backup), cancellationToken: cancellation);
                var answer = await client.Lightning.RestoreChannelBackupsAsync(new Lnrpc.RestoreChanBackupRequest { MultiChanBackup = backup }, cancellationToken: cancellation);
                if (json)
                {
                    printer.Json(answer);
                    return ExitCode.Done;
                }

                printer.Line($"Channels restored: {Printer.Number(answer.NumRestored)}. Known already and left alone: {Printer.Number(known.ChanPoints.Count - answer.NumRestored)}.");
                if (answer.NumRestored > 0) printer.Line("Their peers are asked to close them; 'lightning pendingchannels' shows how far that is. A peer whose address is not in the backup has to be connected to.");
                return ExitCode.Done;
            });
    }

    private static Argument<string> BackupFile() => new("file") { HelpName = "FILE", Description = "The backup: channel.backup of the node's data folder, a copy of it, or what exportchanbackup wrote." };

    private static Lnrpc.ChanBackupSnapshot Snapshot(ByteString backup) => new() { MultiChanBackup = new Lnrpc.MultiChanBackup { MultiChanBackup_ = backup } };

    private static ByteString Read(string path)
    {
        var info = new FileInfo(path);
        if (!info.Exists) throw new ConfigurationException($"There is no file {path}.");
        if (info.Length is 0 or > MaxLength) throw new ConfigurationException($"{path} is no channel backup: it has {Printer.Number(info.Length)} bytes.");
        return ByteString.CopyFrom(File.ReadAllBytes(path));
    }
}
