using System.CommandLine;
using Grpc.Core;
using Lightning.Node.Configuration;

namespace Lightning.Node.Commands;

/// <summary>Channels.</summary>
internal static class ChannelCommands
{
    public static IEnumerable<Command> Create(CommandContext context)
    {
        yield return Open(context);
        yield return Close(context);

        var active = new Option<bool>("--active-only") { Description = "Only those whose peer is connected." };
        yield return ClientCommand.Unary(context, "listchannels", "The open channels.", [active],
            (parsed, client, cancellation) => client.Lightning.ListChannelsAsync(new Lnrpc.ListChannelsRequest { ActiveOnly = parsed.GetValue(active) }, cancellationToken: cancellation),
            (answer, printer) => printer.Table(
                ["channel", "funding outpoint", "peer", "state", "capacity (sat)", "ours (sat)", "theirs (sat)", "on the way (sat)"],
                answer.Channels.Select(c => (IReadOnlyList<string>)
                [
                    new ShortChannelId(c.ChanId).ToString(), c.ChannelPoint, c.PeerAlias.Length > 0 ? $"{c.PeerAlias} {Printer.Short(c.RemotePubkey)}" : c.RemotePubkey,
                    (c.Active ? "active" : "inactive") + (c.Private ? ", private" : ""), Printer.Number(c.Capacity), Printer.Number(c.LocalBalance), Printer.Number(c.RemoteBalance), Printer.Number(c.UnsettledBalance),
                ]),
                "No channels are open."));

        yield return ClientCommand.Unary(context, "pendingchannels", "The channels that are being opened or closed.", [],
            (_, client, cancellation) => client.Lightning.PendingChannelsAsync(new Lnrpc.PendingChannelsRequest(), cancellationToken: cancellation),
            (answer, printer) => printer.Table(
                ["stage", "channel's outpoint", "peer", "amount (sat)", "ours (sat)", "back (sat)", "waits for"],
                answer.PendingOpenChannels.Select(c => Row("opening", c.Channel, $"{c.ConfirmationsUntilActive} confirmations"))
                    .Concat(answer.WaitingCloseChannels.Select(c => Row("closing", c.Channel, c.ClosingTxid.Length > 0 ? $"closing transaction {c.ClosingTxid}" : "agreement with the peer")))
                    .Concat(answer.PendingForceClosingChannels.SelectMany(ForceClosing)),
                "No channels are pending."));

        yield return ClientCommand.Unary(context, "closedchannels", "The channels that are gone.", [],
            (_, client, cancellation) => client.Lightning.ClosedChannelsAsync(new Lnrpc.ClosedChannelsRequest(), cancellationToken: cancellation),
            (answer, printer) => printer.Table(
                ["channel", "funding outpoint", "closing transaction", "how", "block", "capacity (sat)", "back in the wallet (sat)", "of it time-locked (sat)"],
                answer.Channels.Select(c => (IReadOnlyList<string>)
                    [
                    new ShortChannelId(c.ChanId).ToString(), c.ChannelPoint, c.ClosingTxHash, c.CloseType.ToString(), Printer.Number(c.CloseHeight), Printer.Number(c.Capacity), Printer.Number(c.SettledBalance), Printer.Number(c.TimeLockedBalance),
                ]),
                "No channels are closed."));
    }

    private static Command Open(CommandContext context)
    {
        var peer = new Argument<string>("peer") { HelpName = "NODEID[@HOST[:PORT]]", Description = "With whom; with an address, the node connects first." };
        var amount = new AmountOption("", "The channel's capacity; whole satoshi");
        var push = new AmountOption("push-", "Given to the peer at the start");
        var isPrivate = new Option<bool>("--private") { Description = "Do not announce the channel." };
        var (feerate, target) = Fees();
        var wait = new Option<bool>("--wait") { Description = "Wait until the channel can be used." };
        var command = ClientCommand.Create(context, "openchannel", "Opens a channel, and prints its funding outpoint.", [peer, .. amount.Symbols, .. push.Symbols, isPrivate, feerate, target, wait], async (parsed, client, printer, json, cancellation) =>
        {
            var (id, host) = parsed.GetValue(peer)!.Split('@', 2) is [var left, _] ? (left, true) : (parsed.GetValue(peer)!, false);
            if (host) await Connect(client, parsed.GetValue(peer)!, cancellation);
            var request = new Lnrpc.OpenChannelRequest
            {
                NodePubkeyString = id,
                LocalFundingAmount = WholeSatoshi(amount.Value(parsed)!.Value),
                PushSat = WholeSatoshi(push.Value(parsed) ?? MilliSatoshi.Zero),
                Private = parsed.GetValue(isPrivate),
                SatPerVbyte = parsed.GetValue(feerate) ?? 0,
                TargetConf = parsed.GetValue(target) ?? 0,
            };
            using var call = client.Lightning.OpenChannel(request, cancellationToken: cancellation);
            await foreach (var update in call.ResponseStream.ReadAllAsync(cancellation))
            {
                if (json) printer.Json(update);
                else if (update.UpdateCase == Lnrpc.OpenStatusUpdate.UpdateOneofCase.ChanPending)
                    printer.Line(new OutPoint(new TxId(new Bytes32(update.ChanPending.Txid.Span)), update.ChanPending.OutputIndex).ToString());
                else printer.Line("The channel can be used.");
                if (!parsed.GetValue(wait)) break;
            }
            return ExitCode.Done;
        });
        amount.Validate(command, required: true);
        push.Validate(command);
        return command;
    }

    private static Command Close(CommandContext context)
    {
        var channel = new Argument<string>("channel") { HelpName = "TXID:INDEX", Description = "The channel's funding outpoint." };
        var force = new Option<bool>("--force") { Description = "Publish our commitment rather than agree with the peer. Our money then waits for its time lock." };
        var address = new Option<string?>("--address") { HelpName = "ADDRESS", Description = "Where our part goes. Default: the node's wallet." };
        var (feerate, target) = Fees();
        var wait = new Option<bool>("--wait") { Description = "Wait until the closing transaction is confirmed." };
        return ClientCommand.Create(context, "closechannel", "Closes a channel, and prints the closing transaction's id.", [channel, force, address, feerate, target, wait], async (parsed, client, printer, json, cancellation) =>
        {
            var funding = Point(parsed.GetValue(channel)!);
            var request = new Lnrpc.CloseChannelRequest
            {
                ChannelPoint = new Lnrpc.ChannelPoint { FundingTxidStr = funding.TxId.ToString(), OutputIndex = funding.Index },
                Force = parsed.GetValue(force),
                DeliveryAddress = parsed.GetValue(address) ?? "",
                SatPerVbyte = parsed.GetValue(feerate) ?? 0,
                TargetConf = parsed.GetValue(target) ?? 0,
            };
            using var call = client.Lightning.CloseChannel(request, cancellationToken: cancellation);
            await foreach (var update in call.ResponseStream.ReadAllAsync(cancellation))
            {
                if (json) printer.Json(update);
                else if (update.UpdateCase == Lnrpc.CloseStatusUpdate.UpdateOneofCase.ClosePending) printer.Line(new TxId(new Bytes32(update.ClosePending.Txid.Span)).ToString());
                else if (update.UpdateCase == Lnrpc.CloseStatusUpdate.UpdateOneofCase.ChanClose) printer.Line("The closing transaction is confirmed.");
                if (!parsed.GetValue(wait)) break;
            }
            return ExitCode.Done;
        });
    }

    private static (Option<ulong?> Feerate, Option<int?> Target) Fees() => (
        new Option<ulong?>("--sat-per-vbyte") { HelpName = "N", Description = "Feerate of the transaction." },
        new Option<int?>("--conf-target") { HelpName = "BLOCKS", Description = "Blocks within which the transaction should confirm, in place of a feerate." });

    private static async Task Connect(ApiClient client, string peer, CancellationToken cancellation)
    {
        try
        {
            await client.Lightning.ConnectPeerAsync(NodeCommands.ToConnect(peer), cancellationToken: cancellation);
        }
        catch (RpcException e) when (e.Status.Detail.StartsWith("already connected", StringComparison.Ordinal))
        {
            // what was wanted
        }
    }

    private static long WholeSatoshi(MilliSatoshi amount) => amount.Value % 1000 == 0
        ? amount.ToSatoshi().Value
        : throw new ConfigurationException($"{amount}: a channel's amounts are whole satoshi.");

    /// <summary>A channel's funding outpoint.</summary>
    internal static OutPoint Point(string text)
    {
        try
        {
            return OutPoint.Parse(text);
        }
        catch (FormatException e)
        {
            throw new ConfigurationException(e.Message);
        }
    }

    private static IReadOnlyList<string> Row(string stage, Lnrpc.PendingChannelsResponse.Types.PendingChannel channel, string waitsFor, long? limbo = null, long recovered = 0) =>
    [
        stage, channel.ChannelPoint, channel.RemoteNodePub, Printer.Number(channel.Capacity), Printer.Number(limbo ?? channel.LocalBalance), Printer.Number(recovered), waitsFor,
    ];

    // The channel, then each of its HTLCs that is on its way.
    private static IEnumerable<IReadOnlyList<string>> ForceClosing(Lnrpc.PendingChannelsResponse.Types.ForceClosedChannel channel)
    {
        var waitsFor = channel.BlocksTilMaturity > 0 ? $"block {channel.MaturityHeight}, {channel.BlocksTilMaturity} blocks from now" : channel.LimboBalance > 0 ? "its outputs to be taken" : "its end to be final";
        yield return Row("force closing", channel.Channel, waitsFor, channel.LimboBalance, channel.RecoveredBalance);
        foreach (var htlc in channel.PendingHtlcs)
        {
            var until = htlc.BlocksTilMaturity > 0 ? $"block {htlc.MaturityHeight}, {htlc.BlocksTilMaturity} blocks from now" : "its transaction";
            yield return [$"  {(htlc.Incoming ? "incoming" : "outgoing")} HTLC, stage {htlc.Stage}", htlc.Outpoint, "", Printer.Number(htlc.Amount), "", "", until];
        }
    }
}
