using Lightning.Channels.OnChain;

namespace Lightning.Actors.Api;

/// <summary>What became of one output of a closed channel.</summary>
/// <param name="Kind">What the output was.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="OutPoint">The output.</param>
/// <param name="Amount">What it held.</param>
/// <param name="SpentBy">The transaction that spends it; null for none.</param>
public sealed record ChannelResolution(ResolutionKind Kind, ResolutionOutcome Outcome, OutPoint OutPoint, Satoshi Amount, TxId? SpentBy)
{
    /// <summary>What became of the outputs that were this node's, or might have been.</summary>
    /// <param name="report">The channel at its end.</param>
    public static IEnumerable<ChannelResolution> Of(OnChainReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        foreach (var one in report.Outputs.Items)
        {
            if (KindOf(one) is { } kind) yield return new ChannelResolution(kind, OutcomeOf(one, report), one.Output.OutPoint, one.Amount, one.Output.Spend?.Transaction.TxId);
        }
    }

    private static ResolutionKind? KindOf(OutputReport one) => one.Output.Kind switch
    {
        ChainOutputKind.Theirs => null,
        ChainOutputKind.OurAnchor => ResolutionKind.Anchor,
        _ => one.IsIncoming switch
        {
            true => ResolutionKind.IncomingHtlc,
            false => ResolutionKind.OutgoingHtlc,
            null when one.Htlc is not null || one.Output.Kind == ChainOutputKind.RevokedSecondStage => ResolutionKind.Unknown,
            null => ResolutionKind.Commitment,
        },
    };

    private static ResolutionOutcome OutcomeOf(OutputReport one, OnChainReport report)
    {
        if (one.Output.Spend is not { } spend) return one.Stage == OutputStage.NotOurs ? ResolutionOutcome.Unclaimed : ResolutionOutcome.Abandoned;
        if (one.Htlc is null || one.IsIncoming is null) return one.IsOurs ? ResolutionOutcome.Claimed : ResolutionOutcome.Unclaimed;
        if (one.HtlcStage == 1 && report.Outputs.Items.Any(other => other.HtlcStage == 2 && other.Output.OutPoint.TxId == spend.Transaction.TxId)) return ResolutionOutcome.FirstStage;
        var isPaid = one.HtlcStage == 1 ? one.ShowsPreimage : one.IsIncoming.Value;
        return isPaid ? ResolutionOutcome.Claimed : ResolutionOutcome.Timeout;
    }
}
