using System.Collections.Immutable;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.Signing;
using Lightning.Channels.States;
using Lightning.Channels.Tests.Claims;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Tests.States;

/// <summary>One side of a channel with a shell as simple as can be: a list for a journal, a queue for a connection, dictionaries for those it serves.</summary>
internal sealed class ChannelNode
{
    private readonly LocalChannelSigner _signer;

    public ChannelNode(string name, byte seed, ChannelConfig config)
    {
        Name = name;
        Config = config;
        Key = new LocalChannelKey(seed, seed);
        var secret = new byte[32];
        Array.Fill(secret, seed);
        _signer = new LocalChannelSigner(secret, 1, Lightning.Bitcoin.Crypto.Key.FromBytes(secret));
        NodeId = _signer.NodeId;
        Wallet = new ToyWallet(name);
        Coins = new Transaction(2, [new TxIn(new OutPoint(default, seed), Script.Empty, 0, Witness.Empty)], [.. Enumerable.Repeat(new TxOut(500_000.Sat(), Wallet.Script), 60)], 0);
        Wallet.Read(Coins);
        ShutdownScript = new Script(new Bytes([0, 20, .. Enumerable.Repeat(seed, 20)]));
    }

    public string Name { get; }

    public NodeId NodeId { get; }

    public LocalChannelKey Key { get; }

    public Script ShutdownScript { get; }

    /// <summary>Answers at once, where there is nobody else who answers for it.</summary>
    public ToyWallet Wallet { get; }

    /// <summary>What the wallet has at first; no reorganisation undoes it.</summary>
    public Transaction Coins { get; }

    public ChannelConfig Config { get; set; }

    public uint Height { get; set; } = 100;

    public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch.AddDays(20_000);

    public FeeEstimates Fees { get; set; } = new(new(253), new(2_500), new(1_000), new(5_000));

    public IChannelSigner Signer { get => field ?? _signer; set; }

    public ChannelState State { get; set; } = ChannelState.Empty;

    public List<DurableEvent> Journal { get; } = [];

    /// <summary>Durable writes: what each costs is a disk.</summary>
    public int Writes { get; private set; }

    public ConnectionId? Connection { get; set; }

    public Queue<LightningMessage> Outbox { get; } = new();

    public List<LightningMessage> Sent { get; } = [];

    public List<ChannelAction> Actions { get; } = [];

    public List<ChannelAction.HtlcReceived> Received { get; } = [];

    public Dictionary<HtlcOrigin, ulong> Accepted { get; } = [];

    public Dictionary<HtlcOrigin, AddRefusal> Refused { get; } = [];

    public Dictionary<HtlcOrigin, PaymentPreimage> Fulfilled { get; } = [];

    public Dictionary<HtlcOrigin, HtlcFailure> Failed { get; } = [];

    public List<HtlcOrigin> FulfilledTooLate { get; } = [];

    public HashSet<ulong> Settled { get; } = [];

    /// <summary>Whether the state may be an old copy.</summary>
    public bool Guarded { get; set; }

    public ChannelEnvironment Environment => new(Height, Now, Fees, Config, Guarded);

    public bool WantsDisconnect { get; set; }

    /// <summary>How the funding output stands, asked after a restart; null for no answer.</summary>
    public FundingStatus? Funding { get; set; } = FundingStatus.Unspent;

    public FundedState Funded => (FundedState)State;

    /// <summary>Decides, writes, applies and acts; the write can be made to fail, which ends the incarnation.</summary>
    public Decision Do(params ReadOnlySpan<ChannelCommand> commands)
    {
        var decision = Channel.Decide(State, commands, Signer, Environment);
        foreach (var action in decision.AtOnce) Perform(action);
        var durable = decision.Durable.ToList();
        Journal.AddRange(durable);
        if (durable.Count > 0) Writes++;
        State = decision.State;
        foreach (var action in decision.Actions) Perform(action);
        foreach (var action in decision.Actions) Answer(action);
        return decision;
    }

    private void Answer(ChannelAction action)
    {
        switch (action)
        {
            case ChannelAction.FundClaim fund:
                Do(Wallet.Fund(fund.Number, fund.Request));
                break;
            case ChannelAction.ReleaseClaimCoins release:
                Wallet.Release(release.Number, release.AndLater);
                break;
            case ChannelAction.CheckFunding check when Funding is { } status:
                Do(new ChannelCommand.FundingChecked(check.Funding, status, Height));
                break;
            case ChannelAction.RequestSweepScript:
                Do(new ChannelCommand.SweepScriptGiven(Wallet.SweepScript));
                break;
            default:
                break;
        }
    }

    /// <summary>The incarnation dies before its write: only what goes out at once went out.</summary>
    public void Lose(params ReadOnlySpan<ChannelCommand> commands)
    {
        var decision = Channel.Decide(State, commands, Signer, Environment);
        foreach (var action in decision.AtOnce) Perform(action);
        Restart();
    }

    /// <summary>A new incarnation: replay, ownership, resume.</summary>
    public void Restart()
    {
        Connection = null;
        Outbox.Clear();
        State = Replay();
        Do(new ChannelCommand.OwnershipTaken());
    }

    public ChannelState Replay() => Journal.Aggregate(ChannelState.Empty, static (state, happened) => state.Apply(happened));

    /// <summary>A transaction is in a block, of this height or as last told: the node hears of it.</summary>
    public void Mine(Transaction transaction, uint? height = null)
    {
        var isFunding = transaction.Inputs.Any(input => Funded.Commitments.Active.Items.Any(one => one.Funding.OutPoint == input.PreviousOutput));
        var known = (State as Channels.States.Closing)?.Spend is { } spend && spend.Transaction.TxId == transaction.TxId ? spend.BlockHeight
            : (State as Channels.States.Closing)?.Spends.Items.FirstOrDefault(one => one.Transaction.TxId == transaction.TxId)?.BlockHeight;
        var at = height ?? known ?? Height;
        Wallet.Read(transaction);
        Do(isFunding ? new ChannelCommand.FundingSpent(transaction, at) : new ChannelCommand.OutputSpent(transaction, at));
    }

    /// <summary>A transaction is in a block, and so many blocks follow that it is final.</summary>
    public void Bury(Transaction transaction)
    {
        Mine(transaction);
        Height += Config.ClosingDepth - 1;
        Do(new ChannelCommand.NewBlock());
    }

    /// <summary>The best block has this height: the node hears of it.</summary>
    public void Reach(uint height)
    {
        Height = height;
        Do(new ChannelCommand.NewBlock());
    }

    /// <summary>What it has published for a purpose, without repetitions.</summary>
    public List<Transaction> Published(TransactionPurpose purpose) =>
        Actions.OfType<ChannelAction.Publish>().Where(publish => publish.Purpose == purpose).Select(static publish => publish.Transaction).DistinctBy(static one => one.TxId).ToList();

    public T Last<T>()
        where T : ChannelAction => Actions.OfType<T>().LastOrDefault() ?? throw new InvalidOperationException($"There was no {typeof(T).Name}.");

    private void Perform(ChannelAction action)
    {
        Actions.Add(action);
        switch (action)
        {
            case ChannelAction.Send send when Connection is not null:
                Sent.Add(send.Message);
                Outbox.Enqueue(send.Message);
                break;
            case ChannelAction.Disconnect:
                WantsDisconnect = true;
                break;
            case ChannelAction.HtlcReceived received:
                Received.RemoveAll(one => one.Htlc.Id == received.Htlc.Id);
                Received.Add(received);
                break;
            case ChannelAction.HtlcAccepted accepted:
                Accepted[accepted.Origin] = accepted.HtlcId;
                break;
            case ChannelAction.HtlcRefused refused:
                Refused[refused.Origin] = refused.Reason;
                break;
            case ChannelAction.HtlcFulfilled fulfilled:
                // After a failure it would be too late: the incoming HTLC is gone.
                if (Failed.ContainsKey(fulfilled.Origin)) FulfilledTooLate.Add(fulfilled.Origin);
                Fulfilled[fulfilled.Origin] = fulfilled.Preimage;
                break;
            case ChannelAction.HtlcFailed failed:
                // Whoever has the preimage is paid, whatever is said later.
                if (!Fulfilled.ContainsKey(failed.Origin)) Failed[failed.Origin] = failed.Failure;
                break;
            case ChannelAction.SettlementAccepted accepted:
                Settled.Add(accepted.HtlcId);
                break;
            default:
                break;
        }
    }
}
