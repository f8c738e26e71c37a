using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Closing;
using Lightning.Channels.Commands;
using Lightning.Channels.Events;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;
using Lightning.Protocol.Messages;

namespace Lightning.TestKit.Guards;

/// <content>The end of a channel by agreement: what is said and signed for it, and published.</content>
internal sealed partial class DurabilityGuard
{
    // By the channel's persistence id. What was durable once may be said again, by an incarnation that has been replaced too.
    private readonly HashSet<(string Channel, Script Script)> _shutdowns = [];
    private readonly HashSet<(string Channel, Satoshi Fee)> _closingFees = [];
    private readonly HashSet<(string Channel, ClosingOffer Offer)> _closingOffers = [];
    private readonly Dictionary<TxId, Transaction> _closings = [];

    private void ForgetClosings()
    {
        _shutdowns.Clear();
        _closingFees.Clear();
        _closingOffers.Clear();
        _closings.Clear();
    }

    private void FollowClosing(string channel, object happened)
    {
        switch (happened)
        {
            case DurableEvent.ShutdownSent sent:
                _shutdowns.Add((channel, sent.Script));
                break;
            case DurableEvent.ClosingSignedSent sent:
                _closingFees.Add((channel, sent.Fee));
                break;
            case DurableEvent.ClosingCompleteSent sent:
                _shutdowns.Add((channel, sent.LocalScript));
                _closingOffers.Add((channel, new ClosingOffer(sent.LocalScript, sent.RemoteScript, sent.Fee, sent.LockTime)));
                break;
            case DurableEvent.ClosingCompleteReceived received:
                _closings[received.Transaction.TxId] = received.Transaction;
                break;
            case DurableEvent.ClosingAgreed agreed:
                _closings[agreed.Transaction.TxId] = agreed.Transaction;
                break;
        }
    }

    private string? Problem(string channel, FundedState state, ClosingSigned signed)
    {
        const string Wrong = "signs a closing transaction";
        // A commitment has taken the closing's place since, or the channel is over: the scripts are not kept.
        if (state is not Negotiating negotiating) return state is Closing or Closed ? null : Wrong;
        var balances = MutualClosing.Balances(state.Commitments, negotiating.LocalScript, negotiating.RemoteScript);
        var (funding, parameters) = (state.Commitments.Latest.Funding, state.Parameters);
        if (signed.Fee > (parameters.IsInitiator ? balances.Local : balances.Remote).ToSatoshi()) return Wrong;
        var all = LegacyClosing.Build(funding, balances, parameters.IsInitiator, signed.Fee, Satoshi.Zero);
        // The one that both have signed may lack an output that is dust to one of them, or that the peer has left out; and another may be published in its place.
        if (!_closingFees.Contains((channel, signed.Fee))
            && !_closings.Values.Any(one => one.Inputs[0].PreviousOutput == funding.OutPoint && one.Outputs.All(output => output == all.LocalOutput || output == all.RemoteOutput))) return Wrong;
        var ours = LegacyClosing.Build(funding, balances, parameters.IsInitiator, signed.Fee, parameters.Local.DustLimit);
        return SignerOf(parameters).SignClosing(ours) == signed.Signature ? null : Wrong;
    }

    private string? Problem(string channel, FundedState state, ClosingComplete complete)
    {
        if (!_closingOffers.Contains((channel, new ClosingOffer(complete.CloserScript, complete.CloseeScript, complete.Fee, complete.LockTime)))) return "offers a closing transaction";
        var balances = MutualClosing.Balances(state.Commitments, complete.CloserScript, complete.CloseeScript);
        return Signatures(complete.CloserOutputOnly, complete.CloseeOutputOnly, complete.CloserAndCloseeOutputs)
            .All(one => SignerOf(state.Parameters).SignClosing(Build(one.Variant)) == one.Signature)
            ? null
            : "signs another closing transaction than it offers";

        ClosingTransaction Build(SimpleClosingVariant variant) =>
            SimpleClosing.Build(state.Commitments.Latest.Funding, balances, CommitmentOwner.Local, variant, complete.Fee, complete.LockTime);
    }

    private string? Problem(FundedState state, ClosingSig sig)
    {
        const string Wrong = "signs a closing transaction";
        var balances = MutualClosing.Balances(state.Commitments, sig.CloseeScript, sig.CloserScript);
        if (sig.Fee > balances.Remote.ToSatoshi() || Signatures(sig.CloserOutputOnly, sig.CloseeOutputOnly, sig.CloserAndCloseeOutputs).ToList() is not [var (variant, signature)]) return Wrong;
        var closing = SimpleClosing.Build(state.Commitments.Latest.Funding, balances, CommitmentOwner.Remote, variant, sig.Fee, sig.LockTime);
        return _closings.ContainsKey(closing.TxId) && SignerOf(state.Parameters).SignClosing(closing) == signature ? null : Wrong;
    }

    private static string? Problem(ChannelState? durable, ChannelCommand done) => done switch
    {
        ChannelCommand.OpenAsInitiator => durable is FundedState and not WaitForFundingSigned ? null : "tells of its opening",
        ChannelCommand.CloseMutual => durable is Negotiating { Signed.IsEmpty: true } or NegotiatingSimple { Signed.IsEmpty: true } || IsOpen(durable) ? "tells of its close" : null,
        ChannelCommand.ForceClose => durable is Negotiating or NegotiatingSimple || IsOpen(durable) ? "tells of its force close" : null,
        _ => null,
    };

    // Funded, and nobody has begun to sign its end.
    private static bool IsOpen(ChannelState? durable) => durable is OperatingState or WaitForFundingSigned or WaitForFundingConfirmed or WaitForChannelReady;

    // The coins of a transaction that may still be published belong to nobody else.
    private static string? Problem(ChannelState? durable, ChannelAction.ReleaseFunding release) =>
        durable is FundedState funded and not Closed { Reason: CloseReason.FundingFailed } && release.Transaction?.TxId == funded.Commitments.Latest.Funding.OutPoint.TxId
            ? "gives up the coins of its funding"
            : null;

    private static IEnumerable<(SimpleClosingVariant Variant, EcdsaSignature Signature)> Signatures(EcdsaSignature? closerOnly, EcdsaSignature? closeeOnly, EcdsaSignature? both)
    {
        if (closerOnly is { } one) yield return (SimpleClosingVariant.CloserOutputOnly, one);
        if (closeeOnly is { } other) yield return (SimpleClosingVariant.CloseeOutputOnly, other);
        if (both is { } two) yield return (SimpleClosingVariant.CloserAndCloseeOutputs, two);
    }
}
