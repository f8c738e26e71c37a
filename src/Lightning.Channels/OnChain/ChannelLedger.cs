using Lightning.Channels.Events;
using Lightning.Channels.Signing;
using Lightning.Channels.States;

namespace Lightning.Channels.OnChain;

/// <summary>
/// Where every millisatoshi of a channel went, from this node's side: what it began with, what payments moved, what the chain paid out, and what was lost and gained between the two. It is
/// exact: <see cref="Opening"/> + <see cref="Received"/> - <see cref="Sent"/> + <see cref="Gained"/> - <see cref="Lost"/> = <see cref="OnChain"/> + <see cref="Open"/>, and where it is not,
/// <see cref="Unexplained"/> says by how much.
/// </summary>
/// <remarks>The final word only once the channel is closed: before, transactions count that are in a block and may still go with it.</remarks>
public sealed record ChannelLedger
{
    /// <summary>
    /// What the channel held for this node at first, push_msat included; millisatoshi. Zero for a channel that was never on chain. Of one that was restored from a backup no more is known than
    /// what came back and what that cost.
    /// </summary>
    public MilliSatoshi Opening { get; init; }

    /// <summary>HTLCs of the peer to which this node gave the preimage; millisatoshi.</summary>
    public MilliSatoshi Received { get; init; }

    /// <summary>HTLCs of this node whose preimage was shown; millisatoshi.</summary>
    public MilliSatoshi Sent { get; init; }

    /// <summary>The part of <see cref="Sent"/> that came after the HTLC had failed to whom it was for, too late to be of use there: nobody pays it back. In no sum. Millisatoshi.</summary>
    public MilliSatoshi SentLate { get; init; }

    /// <summary>Of a cheater's money, beyond what this node had in the channel; millisatoshi.</summary>
    public MilliSatoshi PenaltiesGained { get; init; }

    /// <summary>HTLCs that were paid and that the peer did not take: they came back; millisatoshi.</summary>
    public MilliSatoshi PeerLeft { get; init; }

    /// <summary>This node's part of the fee of the commitment or the mutual close, as its format demands it; millisatoshi.</summary>
    public MilliSatoshi CommitmentFee { get; init; }

    /// <summary>What the anchors cost, less what this node took of them; negative where it spent one that the peer had paid for. Millisatoshi.</summary>
    public MilliSatoshi Anchors { get; init; }

    /// <summary>Fees of the transactions that took this node's outputs, as far as those paid them; millisatoshi.</summary>
    public MilliSatoshi ClaimFees { get; init; }

    /// <summary>Fees that coins of the wallet paid; millisatoshi.</summary>
    public MilliSatoshi CoinFees { get; init; }

    /// <summary>What was too little for an output: HTLCs that were not paid, or whose payment cannot be taken, and a balance below the dust limit; millisatoshi.</summary>
    public MilliSatoshi Trimmed { get; init; }

    /// <summary>Parts of a satoshi; millisatoshi.</summary>
    public MilliSatoshi Rounding { get; init; }

    /// <summary>Outputs that were left on chain: to take them would have cost more than they hold; millisatoshi.</summary>
    public MilliSatoshi Uneconomic { get; init; }

    /// <summary>What a cheater got away with; millisatoshi.</summary>
    public MilliSatoshi PenaltiesLost { get; init; }

    /// <summary>HTLCs that were this node's and that the peer took: after its preimage was shown, or without one; millisatoshi.</summary>
    public MilliSatoshi PeerTook { get; init; }

    /// <summary>What is not decided yet: outputs that nothing spends, or the whole balance while the channel is open; millisatoshi.</summary>
    public MilliSatoshi Open { get; init; }

    /// <summary>What transactions in blocks paid to this node's scripts, less the wallet's coins that they spent: negative where fees took more than came back.</summary>
    public Satoshi OnChain { get; init; }

    /// <summary>The part of <see cref="OnChain"/> that had to wait for to_self_delay.</summary>
    public Satoshi Delayed { get; init; }

    /// <summary>All gains; millisatoshi.</summary>
    public MilliSatoshi Gained => PenaltiesGained + PeerLeft;

    /// <summary>All losses; millisatoshi.</summary>
    public MilliSatoshi Lost => CommitmentFee + Anchors + ClaimFees + CoinFees + Trimmed + Rounding + Uneconomic + PenaltiesLost + PeerTook;

    /// <summary>What should be there and is not, of which nothing is known; negative where there is more than there should be. Zero unless the commitment on chain cannot be rebuilt. Millisatoshi.</summary>
    public MilliSatoshi Unexplained => Opening + Received - Sent + Gained - Lost - Open - OnChain.ToMilliSatoshi();

    /// <summary>Whether every millisatoshi is accounted for.</summary>
    public bool AddsUp => Unexplained == MilliSatoshi.Zero;

    /// <summary>The ledger of a channel.</summary>
    /// <param name="events">All its durable events, in order; those of earlier versions do as well.</param>
    /// <param name="signer">The channel's.</param>
    public static ChannelLedger Of(IEnumerable<DurableEvent> events, IChannelSigner signer)
    {
        ArgumentNullException.ThrowIfNull(events);
        var book = new ChannelBook();
        var state = ChannelState.Empty;
        FundedState? last = null;
        foreach (var happened in events)
        {
            book.Add(happened);
            state = state.Apply(happened);
            if (state is FundedState and not Closed) last = (FundedState)state;
        }

        return Of(book, state, last, signer);
    }

    /// <summary>The ledger of a channel whose journal was read already.</summary>
    /// <param name="book">What the journal says beyond the state.</param>
    /// <param name="state">The channel.</param>
    /// <param name="last">What it was before it was closed, if it is; the same where it is not.</param>
    /// <param name="signer">The channel's.</param>
    public static ChannelLedger Of(ChannelBook book, ChannelState state, FundedState? last, IChannelSigner signer) => Bookkeeping.Of(book, state, last, signer);

    /// <summary>One item a line, those that are zero left out.</summary>
    public override string ToString()
    {
        (string Name, MilliSatoshi Amount)[] items =
        [
            ("opening", Opening), ("received", Received), ("sent", Sent), ("of it late", SentLate), ("penalties gained", PenaltiesGained), ("peer left", PeerLeft),
            ("commitment fee", CommitmentFee), ("anchors", Anchors), ("claim fees", ClaimFees), ("coin fees", CoinFees), ("trimmed", Trimmed), ("rounding", Rounding),
            ("uneconomic", Uneconomic), ("penalties lost", PenaltiesLost), ("peer took", PeerTook), ("open", Open), ("on chain", OnChain.ToMilliSatoshi()), ("unexplained", Unexplained),
        ];
        return string.Join('\n', items.Where(static item => item.Amount != MilliSatoshi.Zero).Select(static item => $"{item.Name}: {item.Amount}"));
    }
}
