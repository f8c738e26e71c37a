using System.Globalization;
using Lightning.Actors.Charts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Commitments;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;
using Lightning.Channels.Updates;

namespace Lightning.Node.Commands;

/// <summary>Shows what a channel's state holds, without its secrets.</summary>
internal static class ChannelStateReport
{
    /// <summary>Prints a state below <paramref name="headings"/>.</summary>
    public static void Print(IEnumerable<(string Name, string Value)> headings, ChannelState state, Printer printer)
    {
        printer.Pairs([.. headings, ("state", state.GetType().Name), .. Details(state)]);
        if (state is not FundedState { Commitments: var commitments }) return;
        printer.Table(["commitment", "number", "ours (sat)", "theirs (sat)", "feerate", "HTLCs"], Commitments(commitments), "");
        printer.Table(["HTLC", "id", "amount (sat)", "payment hash", "expiry", "in the commitment of"], Htlcs(commitments.Latest), "No HTLCs.");
        printer.Table(["update", "by", "how far"], Updates(commitments), "No updates are pending.");
    }

    private static IEnumerable<(string Name, string Value)> Details(ChannelState state) => state switch
    {
        WaitForFundingSigned wait => [("funding transaction", wait.FundingTransaction.TxId.ToString()), ("since block", Number(wait.SinceHeight))],
        WaitForFundingConfirmed wait => [("since block", Number(wait.FundingAwaitedSince ?? 0)), ("channel_ready", wait.RemoteReady is null ? "not received" : "received")],
        WaitForChannelReady wait => [("short channel id", wait.ShortChannelId.ToString())],
        Normal normal => [("short channel id", normal.ShortChannelId.ToString()), ("peer's alias", normal.RemoteAlias?.ToString() ?? "none")],
        ShuttingDown closing =>
        [
            ("shutdown sent", closing.LocalScript is null ? "no" : "yes"), ("shutdown received", closing.RemoteScript is null ? "no" : "yes"), ("closing feerate", closing.Feerate?.ToString() ?? "the estimate"),
        ],
        Negotiating closing => [("closing feerate", closing.Feerate?.ToString() ?? "the estimate"), ("signed by both", Ids(closing.Signed))],
        NegotiatingSimple closing =>
        [
            ("closing feerate", closing.Feerate?.ToString() ?? "the estimate"), ("closing_complete", closing.Offer is { } offer ? $"fee {offer.Fee}, lock time {Number(offer.LockTime)}" : "none is open"),
            ("signed by both", Ids(closing.Signed)),
        ],
        WaitForRemoteClose lost => [("our state is old", lost.Proven ? "proven" : "claimed by the peer"), ("peer's commitment", Number(lost.RemoteCommitmentNumber))],
        Closing closing => OnChain(closing),
        Closed closed => [("reason", closed.Reason.ToString()), .. Closing(closed)],
        _ => [],
    };

    private static IEnumerable<(string Name, string Value)> Closing(Closed closed) => closed.ClosingTransaction is { } transaction
        ? [("closing transaction", transaction.TxId.ToString()), ("confirmed in block", Number(closed.ConfirmedAt))]
        : [];

    private static IEnumerable<(string Name, string Value)> OnChain(Closing closing)
    {
        yield return ("reason", closing.Reason.ToString());
        yield return ("detail", Describe.Text(closing.Detail));
        if (closing.Spend is { } spend)
        {
            yield return ("funding spent by", spend.Transaction.TxId.ToString());
            yield return ("which is", spend.Kind == SpendKind.Mutual ? "Mutual" : $"{spend.Kind} {Number(spend.CommitmentNumber)}");
        }

        yield return ("confirmed in block", closing.Spend is { BlockHeight: > 0 and var height } ? Number(height) : "none");
        yield return ("claims", Ids(closing.Attempts.Items.Select(static attempt => attempt.Transaction)));
        yield return ("spent outputs", Ids(closing.Spends.Items.Select(static spend => spend.Transaction)));
    }

    private static IEnumerable<IReadOnlyList<string>> Commitments(ChannelCommitments commitments)
    {
        var latest = commitments.Latest;
        yield return Row("ours", commitments.LocalNumber, latest.LocalSpec);
        yield return Row("the peer's", commitments.RemoteNumber, latest.RemoteSpec.Mirrored());
        if (latest.NextRemoteSpec is { } next) yield return Row("the peer's next", commitments.RemoteNumber + 1, next.Mirrored());

        static IReadOnlyList<string> Row(string whose, ulong number, CommitmentSpec spec) =>
            [whose, Number(number), Amount(spec.ToLocal), Amount(spec.ToRemote), spec.Feerate.ToString(), Number((ulong)spec.Htlcs.Length)];
    }

    private static IEnumerable<IReadOnlyList<string>> Htlcs(Commitment latest)
    {
        var (ours, theirs, next) = (latest.LocalSpec, latest.RemoteSpec.Mirrored(), latest.NextRemoteSpec?.Mirrored());
        foreach (var htlc in ours.Htlcs.Concat(theirs.Htlcs).Concat(next?.Htlcs ?? []).Distinct().OrderBy(h => h.Direction).ThenBy(h => h.Id))
        {
            string?[] where = [Where("ours", ours), Where("the peer's", theirs), next is null ? null : Where("the peer's next", next)];
            yield return
            [
                htlc.Direction == HtlcDirection.Offered ? "offered" : "received", Number(htlc.Id), Amount(htlc.Amount), htlc.PaymentHash.ToString(), Number(htlc.CltvExpiry),
                string.Join(", ", where.Where(one => one is not null)),
            ];

            string? Where(string whose, CommitmentSpec spec) => spec.Find(htlc.Direction, htlc.Id) is null ? null : whose;
        }
    }

    private static IEnumerable<IReadOnlyList<string>> Updates(ChannelCommitments commitments) =>
    [
        .. Rows(commitments.Kept, "us", "durable, not sent"),
        .. Rows(commitments.LocalSigned, "us", "signed for the peer's next commitment"),
        .. Rows(commitments.LocalAcked, "us", "acknowledged, not in our commitment"),
        .. Rows(commitments.RemoteAcked, "the peer", "acknowledged, not in the peer's commitment"),
        .. Rows(commitments.RemoteSigned, "the peer", "signed for the peer's next commitment"),
    ];

    private static IEnumerable<IReadOnlyList<string>> Rows(IEnumerable<CommitmentUpdate> updates, string by, string howFar) =>
        updates.Select(update => (IReadOnlyList<string>)[Describe.Update(update), by, howFar]);

    private static string Ids(IEnumerable<Transaction> transactions) => string.Join(", ", transactions.Select(t => t.TxId.ToString())) is { Length: > 0 } ids ? ids : "none";

    private static string Amount(MilliSatoshi amount) => Printer.Amount(amount.Value)[..^4];

    private static string Number(ulong value) => value.ToString(CultureInfo.InvariantCulture);
}
