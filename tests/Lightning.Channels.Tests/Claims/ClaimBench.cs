using System.Collections.Immutable;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain;
using Lightning.Chain.Simulated;
using Lightning.Channels.Claims;
using Lightning.Channels.Commands;
using Lightning.Channels.Formats;
using Lightning.Channels.OnChain;
using Lightning.Channels.Parameters;
using Lightning.Channels.Scripts;
using Lightning.Channels.Signing;
using Lightning.Channels.Tests.Transactions;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Tests.Claims;

/// <summary>
/// A commitment of Alice on a simulated chain, and one of the two nodes that takes what is its by the planner alone: no state machine, no journal, but all
/// the rules of mempools and blocks. What is durable (the attempts) and what is not are kept apart.
/// </summary>
internal sealed class ClaimBench
{
    private const ulong Number = 77;
    private readonly Dictionary<OutPoint, MinedSpend> _spends = [];
    private readonly Dictionary<TxId, uint> _mined = [];
    private readonly bool _isOwner, _isRevoked;

    private ClaimBench(CommitmentFormat format, bool isOwner, bool isRevoked, uint feerate, CommittedHtlc[] htlcs)
    {
        (_isOwner, _isRevoked) = (isOwner, isRevoked);
        var funding = Chain.Fund(ChannelFunding.ScriptPubKeyOf(TestChannel.Alice.Basepoints.FundingPubKey, TestChannel.Bob.Basepoints.FundingPubKey), Capacity);
        Read(Chain.Mine()[0]);
        var outPoint = new OutPoint(funding.TxId, 0);
        Start = Height;
        var free = Capacity.ToMilliSatoshi() - htlcs.Aggregate(MilliSatoshi.Zero, static (sum, htlc) => sum + htlc.Amount);
        var spec = new CommitmentSpec(new FeeratePerKw(feerate), free / 2, free - (free / 2), [.. htlcs.Select(htlc => htlc with { CltvExpiry = Start + htlc.CltvExpiry })]);
        var terms = new CommitmentTerms(CommitmentOwner.Local, format, true, 546.Sat(), ToSelfDelay: 144, TestChannel.Alice.Basepoints, TestChannel.Bob.Basepoints);
        var keys = terms.DeriveKeys(TestChannel.Alice.PerCommitmentPoint(Number));
        ByAlice = CommitmentTransaction.Build(terms, Funding(TestChannel.Alice, TestChannel.Bob), spec, Number, keys);
        ByBob = CommitmentTransaction.Build(terms with { Owner = CommitmentOwner.Remote }, Funding(TestChannel.Bob, TestChannel.Alice), spec, Number, keys);
        Signatures = TestChannel.Bob.SignRemoteCommitment(ByBob);
        Signed = ByAlice.WithSignatures(TestChannel.Alice.SignLocalCommitment(ByAlice), Signatures.Commitment);

        ChannelFunding Funding(LocalChannelSigner local, LocalChannelSigner remote) => new(outPoint, Capacity, local.Basepoints.FundingPubKey, remote.Basepoints.FundingPubKey);
    }

    public static Satoshi Capacity { get; } = 10_000_000.Sat();

    public SimulatedChain Chain { get; } = new(TimeProvider.System);

    public ToyWallet Wallet { get; } = new();

    public CommitmentTransaction ByAlice { get; }

    public CommitmentTransaction ByBob { get; }

    public Transaction Signed { get; }

    /// <summary>Expiries of HTLCs count from this height.</summary>
    public uint Start { get; }

    public uint Height => Chain.Tip.Height;

    public bool IsRevokedCommitment => _isRevoked;

    public FeeEstimates Fees { get; set; } = new(new(253), new(2_000), new(1_000), new(4_000)) { Slow = new(500) };

    public ChannelConfig Config { get; set; } = new() { Network = Network.Regtest };

    /// <summary>What the node knows, by the ids of the other's HTLCs.</summary>
    public Dictionary<ulong, PaymentPreimage> Preimages { get; } = [];

    /// <summary>Of the node's own HTLCs that it relays, by their ids.</summary>
    public Dictionary<ulong, uint> IncomingExpiries { get; } = [];

    public List<ClaimAttempt> Attempts { get; private set; } = [];

    public ClaimsInFlight InFlight { get; set; } = ClaimsInFlight.None;

    /// <summary>All that was ever published, in that order.</summary>
    public List<ClaimAttempt> Published { get; } = [];

    /// <summary>All answers of the mempool to what was published, first and repeated.</summary>
    public List<(ClaimAttempt Attempt, PublishOutcome Outcome, string Reason)> Answers { get; } = [];

    /// <summary>Whether what is published reaches the mempool.</summary>
    public bool IsOffline { get; set; }

    private CommitmentSignatures Signatures { get; }

    private CommitmentTransaction Commitment => _isOwner ? ByAlice : ByBob;

    private IChannelSigner Signer => _isOwner ? TestChannel.Alice : TestChannel.Bob;

    private ChannelEnvironment Environment => new(Height, DateTimeOffset.UnixEpoch, Fees, Config);

    /// <summary>The node's own commitment; it is Alice.</summary>
    public static ClaimBench Ours(CommitmentFormat format, uint feerate, params CommittedHtlc[] htlcs) => new(format, isOwner: true, isRevoked: false, feerate, htlcs);

    /// <summary>The peer's commitment: the node is Bob, to whom HTLCs offered by the owner are received ones.</summary>
    public static ClaimBench Theirs(CommitmentFormat format, params CommittedHtlc[] htlcs) => new(format, isOwner: false, isRevoked: false, 1_000, htlcs);

    /// <summary>A revoked commitment of the peer: the node is Bob.</summary>
    public static ClaimBench Revoked(CommitmentFormat format, params CommittedHtlc[] htlcs) => new(format, isOwner: false, isRevoked: true, 1_000, htlcs);

    public static CommittedHtlc Offered(ulong id, long sat, uint expiry, ulong preimage = 0) => new(HtlcDirection.Offered, id, (sat * 1000).Msat(), TestChannel.Preimage(preimage).Hash, expiry);

    public static CommittedHtlc Received(ulong id, long sat, uint expiry, ulong preimage = 0) => Offered(id, sat, expiry, preimage) with { Direction = HtlcDirection.Received };

    /// <summary>Gives the wallet confirmed coins.</summary>
    public void Deposit(params long[] coins)
    {
        foreach (var coin in coins) Chain.Fund(Wallet.Script, coin.Sat());
        Read(Chain.Mine()[0]);
    }

    /// <summary>The commitment gets into a block, and the node is told.</summary>
    public void Confirm()
    {
        Mine(Signed);
        Proceed();
    }

    /// <summary>Blocks of the mempool, one after the other; the node is told of each.</summary>
    public void MineBlocks(int count = 1)
    {
        for (var i = 0; i < count; i++)
        {
            Read(Chain.Mine()[0]);
            Proceed();
        }
    }

    /// <summary>Empty blocks up to a height counted from the start; the node is told at the last one only.</summary>
    public void SkipTo(uint height)
    {
        while (Height < Start + height) Read(Chain.MineOnly());
        Proceed();
    }

    /// <summary>A block of exactly these, whatever the mempool has; the node is told.</summary>
    public void MineForeign(params Transaction[] transactions)
    {
        Mine(transactions);
        Proceed();
    }

    /// <summary>A block without anything of the mempool; the node is told.</summary>
    public void MineEmpty() => MineForeign();

    /// <summary>All that is not durable is lost.</summary>
    public void Restart() => InFlight = ClaimsInFlight.None;

    /// <summary>What the peer would take of it, alone or in one transaction.</summary>
    public Transaction PeerTakes(FeeratePerKw feerate, params ReadOnlySpan<ulong> ids)
    {
        var wanted = ids.ToArray();
        var claims = ClaimableOutputs.OfRemoteCommitment(ByBob, TestChannel.Preimages)
            .Where(claim => claim.Kind == ClaimKind.HtlcPreimage && wanted.Contains(ByBob.Outputs[(int)claim.OutPoint.Index].Htlc!.Id)).ToImmutableArray();
        Assert.Equal(wanted.Length, claims.Length);
        Assert.True(ClaimTransaction.TryBuild(claims, TestChannel.Destination, feerate, out var claim));
        return claim.Sign(TestChannel.Bob);
    }

    /// <summary>By which Alice takes an HTLC of her commitment that she offered.</summary>
    public Transaction AliceTimesOut(ulong id)
    {
        var htlc = ByAlice.HtlcTransactions.Single(one => !one.IsSuccess && one.Htlc.Id == id);
        var theirs = Signatures.Htlcs[ByAlice.HtlcTransactions.IndexOf(htlc)];
        return htlc.Transaction.WithWitness(0, htlc.Witness(TestChannel.Alice.SignHtlcTransaction(htlc, htlc.Transaction, 0), theirs, null));
    }

    /// <summary>By which Alice takes an HTLC of her commitment that Bob offered, with a coin of hers that pays.</summary>
    public Transaction AliceSucceeds(ulong id, FeeratePerKw feerate)
    {
        var htlc = ByAlice.HtlcTransactions.Single(one => one.IsSuccess && one.Htlc.Id == id);
        var theirs = Signatures.Htlcs[ByAlice.HtlcTransactions.IndexOf(htlc)];
        var batch = new ClaimBatch([new Claim(new ClaimInput.OwnHtlc(htlc, theirs, TestChannel.Preimages[htlc.Htlc.PaymentHash]), ClaimPurpose.HtlcSuccess, default, 0, null, true)]);
        var wallet = new ToyWallet();
        var coin = Chain.Fund(wallet.Script, 300_000.Sat());
        Read(Chain.MineOnly(coin));
        wallet.Read(coin);
        var request = new CoinRequest(batch.Unsigned(null), [htlc.Spent.Output], batch.Weight(null), 0, default, feerate, 100_000.Sat(), default, []);
        var funded = (ChannelCommand.ClaimFunded)wallet.Fund(1, request);
        return funded.Transaction.WithWitness(0, batch.Claims[0].Input.Sign(TestChannel.Alice, funded.Transaction, 0));
    }

    public OutPoint OutPointOf(HtlcDirection direction, ulong id) =>
        new(Signed.TxId, (uint)ByAlice.Outputs.ToList().FindIndex(output => output.Htlc is { } htlc && htlc.Direction == direction && htlc.Id == id));

    public MinedSpend? SpendOf(OutPoint outPoint) => _spends.GetValueOrDefault(outPoint);

    public ImmutableArray<Claim> Claims() => ClaimFinder.Find(Sources(), Config);

    /// <summary>Plans, does it, broadcasts everything again and listens, until nothing changes.</summary>
    public void Proceed()
    {
        for (var round = 0; round < 200; round++)
        {
            var changed = Perform(ClaimPlanner.Plan(Situation(), Environment, Signer));
            if (!IsOffline) changed |= Broadcast();
            if (!changed) return;
        }

        Assert.Fail("The planner does not come to rest.");
    }

    public bool Perform(ImmutableArray<ClaimStep> steps)
    {
        foreach (var step in steps)
        {
            InFlight = InFlight.After(step);
            switch (step)
            {
                case ClaimStep.Publish publish:
                    Assert.All(Attempts, attempt => Assert.True(attempt.Number < publish.Attempt.Number));
                    Attempts.Add(publish.Attempt);
                    Published.Add(publish.Attempt);
                    break;
                case ClaimStep.Drop drop:
                    Attempts = [.. Attempts.Except(drop.Attempts)];
                    foreach (var attempt in drop.Attempts) Wallet.Release(attempt.Number);
                    break;
                case ClaimStep.Fund fund:
                    Answer(Wallet.Fund(fund.Request.Number, fund.Request.Coins));
                    break;
                case ClaimStep.Release release:
                    Wallet.Release(release.Number);
                    break;
                default:
                    break;
            }
        }

        return !steps.IsEmpty;
    }

    public ClaimSituation Situation() => new()
    {
        Claims = Claims(),
        Spends = _spends.ToDictionary(static spend => spend.Key, static spend => spend.Value.Transaction.TxId),
        FundingSpend = _mined.TryGetValue(Signed.TxId, out var height) ? (Signed.TxId, IsFinal(height)) : null,
        Attempts = [.. Attempts],
        NextAttempt = Published.Count == 0 ? 1 : Published[^1].Number + 1,
        SweepScript = Wallet.SweepScript,
        InFlight = InFlight,
    };

    private ClaimSources Sources() => new()
    {
        Outputs = Outputs(),
        Commitment = Commitment,
        Unconfirmed = _mined.ContainsKey(Signed.TxId) ? null : Signed,
        Signatures = _isOwner ? Signatures : null,
        RevocationSecret = _isRevoked ? TestChannel.Alice.PerCommitmentSecret(Number) : null,
        Preimages = Preimages,
        IncomingExpiries = IncomingExpiries,
    };

    private void Answer(ChannelCommand answer)
    {
        if (answer is ChannelCommand.ClaimFunded funded) Perform(ClaimPlanner.Funded(Situation(), funded, Environment, Signer));
        else if (answer is ChannelCommand.ClaimNotFunded not) InFlight = InFlight.Refused(not.Number);
    }

    private bool Broadcast()
    {
        var changed = false;
        foreach (var attempt in Attempts.ToList())
        {
            if (_mined.ContainsKey(attempt.Transaction.TxId)) continue;
            var result = attempt.Parent is not null && !_mined.ContainsKey(Signed.TxId) ? Chain.BroadcastPackage(Signed, attempt.Transaction) : Chain.Broadcast(attempt.Transaction);
            var outcome = result.Outcome switch
            {
                BroadcastOutcome.Accepted or BroadcastOutcome.AlreadyKnown => PublishOutcome.Taken,
                BroadcastOutcome.FeeTooLow => PublishOutcome.TooCheap,
                BroadcastOutcome.Conflict => PublishOutcome.Conflict,
                BroadcastOutcome.MissingInputs => PublishOutcome.MissingInputs,
                BroadcastOutcome.NotFinal => PublishOutcome.NotFinal,
                _ => PublishOutcome.Refused,
            };
            Answers.Add((attempt, outcome, result.Reason));
            if (outcome == PublishOutcome.Conflict)
            {
                foreach (var input in attempt.Transaction.Inputs)
                {
                    if (Chain.FindSpender(input.PreviousOutput) is { } rival && Published.All(one => one.Transaction.TxId != rival.TxId)) InFlight = InFlight.Saw(rival);
                }
            }

            if (InFlight.Outcomes.TryGetValue(attempt.Transaction.TxId, out var before) && before == outcome) continue;
            InFlight = InFlight.Answered(attempt.Transaction.TxId, outcome);
            changed = true;
        }

        return changed;
    }

    private bool IsFinal(uint height) => Height + 1 >= height + Config.ClosingDepth;

    private void Mine(params ReadOnlySpan<Transaction> transactions) => Read(Chain.MineOnly(transactions));

    private void Read(ChainBlock block)
    {
        foreach (var transaction in block.Transactions)
        {
            _mined[transaction.TxId] = block.Height;
            Wallet.Read(transaction);
            foreach (var input in transaction.Inputs) _spends[input.PreviousOutput] = new MinedSpend(transaction, block.Height);
        }
    }

    private ImmutableArray<ChainOutput> Outputs()
    {
        if (!_mined.TryGetValue(Signed.TxId, out var height)) return [];
        var delayed = ChannelScripts.Delayed(Commitment.Keys.Revocation, Commitment.Terms.ToSelfDelay, Commitment.Keys.DelayedPayment).ToP2wsh();
        var outputs = ImmutableArray.CreateBuilder<ChainOutput>();
        for (var index = 0; index < Commitment.Outputs.Length; index++)
        {
            var output = Commitment.Outputs[index];
            outputs.Add(Of(new OutPoint(Signed.TxId, (uint)index), output.Output, KindOf(output), height, output.Htlc));
        }

        foreach (var htlc in outputs.Where(static output => output.Hash is not null && output.Spend is not null).ToList())
        {
            var second = htlc.Spend!.Transaction;
            for (var index = 0; index < second.Outputs.Length; index++)
            {
                var outPoint = new OutPoint(second.TxId, (uint)index);
                if (second.Outputs[index].ScriptPubKey != delayed || outputs.Any(output => output.OutPoint == outPoint)) continue;
                outputs.Add(Of(outPoint, second.Outputs[index], _isRevoked ? ChainOutputKind.RevokedSecondStage : _isOwner ? ChainOutputKind.OurDelayed : ChainOutputKind.Theirs, htlc.Spend.BlockHeight, null));
            }
        }

        return outputs.ToImmutable();

        ChainOutput Of(OutPoint outPoint, TxOut output, ChainOutputKind kind, uint madeAt, CommittedHtlc? htlc) =>
            new(outPoint, output, kind, madeAt, htlc?.Id, htlc?.PaymentHash, htlc?.CltvExpiry, SpendOf(outPoint));
    }

    private ChainOutputKind KindOf(CommitmentOutput output) => output.Kind switch
    {
        CommitmentOutputKind.ToLocal => _isOwner ? ChainOutputKind.OurDelayed : _isRevoked ? ChainOutputKind.RevokedBalance : ChainOutputKind.Theirs,
        CommitmentOutputKind.ToRemote => _isOwner ? ChainOutputKind.Theirs : ChainOutputKind.OurBalance,
        CommitmentOutputKind.ToLocalAnchor => _isOwner ? ChainOutputKind.OurAnchor : ChainOutputKind.Theirs,
        CommitmentOutputKind.ToRemoteAnchor => _isOwner ? ChainOutputKind.Theirs : ChainOutputKind.OurAnchor,
        _ when _isRevoked => ChainOutputKind.RevokedHtlc,
        _ => (output.Htlc!.Direction == HtlcDirection.Offered) == _isOwner ? ChainOutputKind.OfferedHtlc : ChainOutputKind.ReceivedHtlc,
    };
}
