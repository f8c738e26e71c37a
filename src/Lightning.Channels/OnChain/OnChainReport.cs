using System.Collections.Immutable;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Claims;
using Lightning.Channels.Commitments;
using Lightning.Channels.Parameters;
using Lightning.Channels.Signing;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.OnChain;

/// <summary>
/// A channel on its way back to the wallet, for people: every output of the commitment on chain and of the HTLC transactions behind it. Before a commitment is on chain, those of this node's own.
/// </summary>
/// <param name="Spend">How the funding output is spent; null where it is not.</param>
/// <param name="Outputs">The outputs, in the order of their transactions.</param>
/// <param name="Anchor">What became of this node's anchor.</param>
/// <param name="Limbo">What this node is to get and does not have yet, in satoshi, before the fees of taking it.</param>
/// <param name="Recovered">What transactions of this node in blocks have brought to its wallet, in satoshi, before their fees.</param>
public sealed record OnChainReport(FundingSpend? Spend, EquatableArray<OutputReport> Outputs, AnchorState Anchor, Satoshi Limbo, Satoshi Recovered)
{
    /// <summary>Height of the first block that may hold what takes this node's balance; null where there is none, or that is not known yet.</summary>
    public uint? MaturesAt => Outputs.Items.FirstOrDefault(static one => one is { HtlcStage: null, Output.Kind: ChainOutputKind.OurDelayed or ChainOutputKind.OurBalance })?.MaturesAt;

    /// <summary>The report of a channel that closes by a commitment.</summary>
    /// <param name="closing">The channel.</param>
    /// <param name="signer">The channel's.</param>
    /// <param name="height">Height of the best block.</param>
    /// <param name="config">What is final.</param>
    public static OnChainReport Of(States.Closing closing, IChannelSigner signer, uint height, ChannelConfig config)
    {
        ArgumentNullException.ThrowIfNull(closing);
        var maker = new Maker(closing, signer, height, config);
        var outputs = maker.Make();
        Satoshi limbo = Satoshi.Zero, recovered = Satoshi.Zero;
        foreach (var one in outputs)
        {
            var isTaken = one.Stage is OutputStage.Spent or OutputStage.Final;
            if (isTaken && one.IsOurs && !maker.HasSecondStage(one)) recovered += one.Amount;
            else if (!isTaken && one.Stage != OutputStage.NotOurs && one.Output.Kind != ChainOutputKind.OurAnchor) limbo += one.Amount;
        }

        var anchor = outputs.FirstOrDefault(static one => one.Output.Kind == ChainOutputKind.OurAnchor);
        var state = anchor is null ? AnchorState.None : anchor.Output.Spend is null ? AnchorState.Limbo : anchor.IsOurs ? AnchorState.Recovered : AnchorState.Lost;
        return new OnChainReport(closing.Spend, outputs, state, limbo, recovered);
    }

    private sealed class Maker(States.Closing closing, IChannelSigner signer, uint height, ChannelConfig config)
    {
        private readonly CommitmentTransaction? _commitment = closing.Spend is null
            ? closing.Commitments.IsUnsigned || closing.HasLostState ? null : closing.Commitments.CurrentLocal(signer)
            : ChainView.Commitment(closing, signer);

        private readonly Dictionary<OutPoint, ChainOutput> _htlcs = [];
        private HashSet<TxId> _secondStages = [];

        public ImmutableArray<OutputReport> Make()
        {
            // Not on chain yet: as it will be if nobody is quicker.
            var seen = closing.Spend is null && _commitment is not null
                ? closing with { Spend = new FundingSpend(_commitment.Transaction, SpendKind.LocalCommitment, _commitment.Number) }
                : closing;
            var outputs = ChainView.Of(seen, _commitment, signer);
            _secondStages = outputs.Where(IsSecondStage).Select(static output => output.OutPoint.TxId).ToHashSet();
            foreach (var output in outputs)
            {
                if (output.HtlcId is not null) _htlcs[output.OutPoint] = output;
                else if (IsSecondStage(output) && HtlcOf(output) is { } htlc) _htlcs[output.OutPoint] = htlc;
            }

            return [.. outputs.Select(Report)];
        }

        public bool HasSecondStage(OutputReport report) => report.Output.Spend is { } spend && report.HtlcStage == 1 && _secondStages.Contains(spend.Transaction.TxId);

        private OutputReport Report(ChainOutput output)
        {
            var tried = closing.Attempts.Where(attempt => attempt.Transaction.Spends(output.OutPoint)).ToList();
            var shows = output is { Hash: { } hash, Spend: { } taken } && taken.Transaction.Inputs.Any(input => input.PreviousOutput == output.OutPoint && Results.FindPreimage(input, hash) is not null);
            var isOurs = output.Spend is { } spend && IsOurs(output.Kind, shows, spend);
            var isClaimable = IsClaimable(output);
            var maturesAt = isClaimable ? MaturesAt(output) : null;
            var stage = output.Spend is { } known ? ChainView.IsFinal(known.BlockHeight, height, config) ? OutputStage.Final : OutputStage.Spent
                : !isClaimable ? OutputStage.NotOurs
                : output.MadeAt == 0 ? OutputStage.Unconfirmed
                : maturesAt > height + 1 ? OutputStage.Locked
                : tried.Count > 0 ? OutputStage.Published
                : OutputStage.Ready;

            // An anchor is in a hurry for its commitment alone.
            var deadline = !isClaimable || output is { Kind: ChainOutputKind.OurAnchor, MadeAt: > 0 } ? null : tried.LastOrDefault()?.Deadline ?? DeadlineOf(output);
            return new OutputReport(output, stage, _htlcs.GetValueOrDefault(output.OutPoint), HtlcStage(output), maturesAt, deadline, tried.LastOrDefault(), tried.Count, isOurs, shows);
        }

        // What only this node's keys can spend, and how; of a cheater's outputs, which both can, what this node has published.
        private bool IsOurs(ChainOutputKind kind, bool showsPreimage, MinedSpend spend) => kind switch
        {
            ChainOutputKind.OurDelayed or ChainOutputKind.OurBalance => true,
            ChainOutputKind.OfferedHtlc => !showsPreimage,
            ChainOutputKind.ReceivedHtlc => showsPreimage,
            _ => closing.Attempts.Items.Any(attempt => attempt.Transaction.TxId == spend.Transaction.TxId),
        };

        // An HTLC transaction has its input and its output at one index, also within a larger one (BOLT 3).
        private ChainOutput? HtlcOf(ChainOutput second)
        {
            foreach (var mined in closing.Spends)
            {
                if (mined.Transaction.TxId != second.OutPoint.TxId || second.OutPoint.Index >= mined.Transaction.Inputs.Length) continue;
                return _htlcs.GetValueOrDefault(mined.Transaction.Inputs[(int)second.OutPoint.Index].PreviousOutput);
            }

            return null;
        }

        private int? HtlcStage(ChainOutput output) => output.HtlcId is not null ? 1 : IsSecondStage(output) ? 2 : null;

        private bool IsSecondStage(ChainOutput output) => output.Kind is ChainOutputKind.OurDelayed or ChainOutputKind.RevokedSecondStage && _commitment is not null && output.OutPoint.TxId != _commitment.TxId;

        private bool IsClaimable(ChainOutput output) => output.Kind switch
        {
            ChainOutputKind.Theirs => false,
            ChainOutputKind.ReceivedHtlc => Preimages.OfIncoming(closing, output.HtlcId!.Value) is not null,
            _ => true,
        };

        // nSequence counts from the block of what made the output, nLockTime from the first block.
        private uint? MaturesAt(ChainOutput output)
        {
            var parameters = closing.Parameters;
            uint? relative = output.MadeAt == 0 ? null : output.Kind switch
            {
                ChainOutputKind.OurDelayed => output.MadeAt + parameters.Remote.ToSelfDelay,
                ChainOutputKind.OurBalance or ChainOutputKind.OfferedHtlc or ChainOutputKind.ReceivedHtlc when parameters.Type.Anchors => output.MadeAt + 1,
                _ => output.MadeAt,
            };
            return output.Kind == ChainOutputKind.OfferedHtlc ? Math.Max(relative ?? 0, output.Expiry!.Value + 1) : relative;
        }

        private uint? DeadlineOf(ChainOutput output) => output.Kind switch
        {
            ChainOutputKind.ReceivedHtlc => output.Expiry,
            ChainOutputKind.RevokedBalance or ChainOutputKind.RevokedHtlc or ChainOutputKind.RevokedSecondStage when output.MadeAt > 0 => output.MadeAt + closing.Parameters.Local.ToSelfDelay - 1u,
            _ => null,
        };
    }
}
