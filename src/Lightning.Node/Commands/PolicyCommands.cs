using System.CommandLine;
using Lightning.Node.Configuration;

namespace Lightning.Node.Commands;

/// <summary>The terms of forwards.</summary>
internal static class PolicyCommands
{
    public static IEnumerable<Command> Create(CommandContext context)
    {
        var channel = new Argument<string?>("channel") { HelpName = "TXID:INDEX", Description = "The channel's funding outpoint; all open channels without one.", Arity = ArgumentArity.ZeroOrOne };
        var feeBase = new Option<long>("--base-fee-msat") { HelpName = "N", Description = "Fee for any payment, in thousandths of a satoshi.", Required = true };
        var rate = new Option<uint>("--fee-rate-ppm") { HelpName = "N", Description = "Fee in millionths of the amount.", Required = true };
        var delta = new Option<uint>("--time-lock-delta") { HelpName = "BLOCKS", Description = "Blocks between the incoming and the outgoing expiry, at least 18.", Required = true };
        var minimum = new Option<ulong?>("--min-htlc-msat") { HelpName = "N", Description = "The smallest payment, in thousandths of a satoshi. Default: as it is." };
        var maximum = new Option<ulong?>("--max-htlc-msat") { HelpName = "N", Description = "The largest payment, in thousandths of a satoshi. Default: as it is." };
        yield return ClientCommand.Create(context, "updatechanpolicy", "Changes what forwards over a channel, or over all, cost.", [channel, feeBase, rate, delta, minimum, maximum], async (parsed, client, printer, json, cancellation) =>
        {
            var request = new Lnrpc.PolicyUpdateRequest
            {
                BaseFeeMsat = parsed.GetValue(feeBase),
                FeeRatePpm = parsed.GetValue(rate),
                TimeLockDelta = parsed.GetValue(delta),
                MaxHtlcMsat = parsed.GetValue(maximum) ?? 0,
                MinHtlcMsat = parsed.GetValue(minimum) ?? 0,
                MinHtlcMsatSpecified = parsed.GetValue(minimum) is not null,
            };
            if (parsed.GetValue(maximum) == 0) throw new ConfigurationException("--max-htlc-msat: 0 would allow no payment at all.");
            if (parsed.GetValue(channel) is { } text)
            {
                var funding = ChannelCommands.Point(text);
                request.ChanPoint = new Lnrpc.ChannelPoint { FundingTxidStr = funding.TxId.ToString(), OutputIndex = funding.Index };
            }
            else
            {
                request.Global = true;
            }

            var answer = await client.Lightning.UpdateChannelPolicyAsync(request, cancellationToken: cancellation);
            if (json) printer.Json(answer);
            else foreach (var failed in answer.FailedUpdates) printer.Line($"{failed.Outpoint.TxidStr}:{failed.Outpoint.OutputIndex} was not changed: {failed.UpdateError}");
            return answer.FailedUpdates.Count == 0 ? ExitCode.Done : ExitCode.Failed;
        });
    }
}
