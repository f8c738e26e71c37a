using System.Runtime.CompilerServices;
using Lightning.Actors.Api;
using Lightning.Actors.Hosting;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Parameters;
using Lightning.TestKit.Simulation;

namespace Lightning.TestKit.Tests.OnChain;

/// <summary>
/// A channel of two nodes to whose end anything may happen. A step that makes no sense at its place does nothing, so that steps may be left out. Nodes are away, and transactions are kept from
/// blocks, only for so many blocks as a deadline allows. What is held to in the end: the channel is closed on both sides, every payment ended once, who was honest has lost nothing but fees and
/// what was too little to be taken, who cheated has nothing, and every ledger adds up.
/// </summary>
internal sealed partial class ChainStory : IAsyncDisposable
{
    // Blocks that may go by in a story while a node is away or a transaction is kept from blocks: less than lies between a deadline and the expiry behind it.
    private const int MostBlocksOfTrouble = 10;
    private const ushort Delay = 36;

    private readonly ScenarioNetwork _net;
    private readonly ScenarioChannel _channel;
    private readonly Dictionary<int, Payment> _payments = [];
    private readonly Dictionary<string, MilliSatoshi> _start = new(StringComparer.Ordinal);
    private readonly HashSet<TxId> _withheld = [];
    private (string Node, Transaction Commitment, ulong Number)? _kept;
    private string? _cheater;
    private bool _isCrowded;
    private bool _isEnding;
    private int _trouble;
    private int _checks;

    private ChainStory(ScenarioNetwork net, ScenarioChannel channel) => (_net, _channel) = (net, channel);

    /// <summary>How many steps of each name have done something, without those of <see cref="Finish"/>.</summary>
    public SortedDictionary<string, int> Done { get; } = new(StringComparer.Ordinal);

    /// <summary>Begins: the channel is open, nothing is on its way.</summary>
    public static async Task<ChainStory> Begin(ChainSetup setup)
    {
        var net = await Scenario.Network(
            new ScenarioOptions
            {
                Seed = setup.Seed,
                IsShuffled = true,
                Configure = static (options, _) => options with { Channels = new ChannelConfig { Network = options.Network, ToSelfDelay = Delay } },
            },
            "alice",
            "bob");
        try
        {
            if (setup.BobsCoins > 0) await net["bob"].Fund(setup.BobsCoins.Sat());
            var story = new ChainStory(net, await net.OpenChannel("alice", "bob", 2_000_000.Sat(), setup.PushSat.Sat().ToMilliSatoshi()));
            foreach (var node in net.Nodes) story._start[node.Name] = story._channel.BalanceOf(node.Name);
            net.Link("alice", "bob").Hold();
            return story;
        }
        catch
        {
            await net.DisposeAsync();
            throw;
        }
    }

    /// <summary>A payment begins.</summary>
    public Task Pay(int id, string from, long msat, bool hold = false) => Step(async () =>
    {
        var (payer, payee) = (_net[from], _net[from == "alice" ? "bob" : "alice"]);
        if (_payments.ContainsKey(id) || !payer.IsRunning || !payee.IsRunning || !_channel.IsUsable) return false;
        var preimage = new PaymentPreimage(new SeededRandomness(FormattableString.Invariant($"payment {id} of {_net.Options.Seed}")).NextBytes32());
        var request = new AddInvoiceRequest { Amount = new MilliSatoshi(msat), Preimage = hold ? null : preimage, HoldFor = hold ? preimage.Hash : null, Expiry = TimeSpan.FromDays(30) };
        var made = SimulationLoop.Begin(() => payee.Api.AddInvoiceAsync(request));
        await _net.Rest();
        _payments[id] = new Payment(from, payee.Name, new MilliSatoshi(msat), preimage, hold);
        if (made.IsCompletedSuccessfully && payer.IsRunning) await payer.StartPayment(new ScenarioInvoice(payee.Name, made.Result.PaymentRequest, preimage.Hash, new MilliSatoshi(msat)));
        return true;
    });

    /// <summary>The payee settles or cancels what it holds.</summary>
    public Task Resolve(int id, bool settle) => Step(() =>
    {
        if (!_payments.TryGetValue(id, out var payment) || !payment.IsHeld || !_net[payment.To].IsRunning) return false;
        var api = _net[payment.To].Api;
        SimulationLoop.Forget(SimulationLoop.Begin(() => settle ? api.SettleInvoiceAsync(payment.Preimage) : api.CancelInvoiceAsync(payment.Preimage.Hash)));
        return true;
    });

    /// <summary>So many messages of a node arrive at the other.</summary>
    public Task Deliver(string from, int count) => Step(() => _net.Link("alice", "bob").Deliver(from, count) > 0);

    /// <summary>Messages arrive until none are left.</summary>
    public Task DeliverAll() => Step(async () =>
    {
        var link = _net.Link("alice", "bob");
        var isSomethingWaiting = link.Waiting("alice").Count + link.Waiting("bob").Count > 0;
        link.Release();
        await _net.Rest();
        link.Hold();
        return isSomethingWaiting;
    });

    /// <summary>The connection ends; what is on its way is lost.</summary>
    public Task Cut() => Step(() =>
    {
        var was = _net.Link("alice", "bob").IsConnected;
        _net.Link("alice", "bob").Cut();
        return was;
    });

    /// <summary>A node asks for a close by agreement.</summary>
    public Task Close(string node) => Ask(node, force: false);

    /// <summary>A node closes by its commitment.</summary>
    public Task ForceClose(string node) => Ask(node, force: true);

    /// <summary>A node puts its commitment aside, to publish it when it is an old one.</summary>
    public Task Keep(string node) => Step(() =>
    {
        if (_kept is not null || !_net[node].IsRunning || !_channel.IsUsable) return false;
        _kept = (node, _channel.CommitmentOf(node), _channel.CommitmentsAt(node)!.LocalNumber);
        return true;
    });

    /// <summary>It publishes that, if its peer has revoked the right to it: whatever it does from then on need not add up.</summary>
    public Task Cheat() => Step(() =>
    {
        if (_kept is not { } kept || _cheater is not null || _channel.Spender() is not null || !IsRevoked(kept)) return false;
        if (_net.Chain.Broadcast(kept.Commitment).Outcome != Lightning.Chain.BroadcastOutcome.Accepted) return false;
        _cheater = kept.Node;
        _net.Cheats(_cheater);
        return true;
    });

    /// <summary>A node dies.</summary>
    public Task Crash(string node) => StepAt(node, static node => node.Crash());

    /// <summary>A node dies and starts at once.</summary>
    public Task Restart(string node) => StepAt(node, static node => node.Restart());

    /// <summary>A dead node starts.</summary>
    public Task Start(string node) => Step(async () =>
    {
        if (_net[node].IsRunning) return false;
        await _net[node].Start();
        return true;
    });

    /// <summary>A node dies at a write of which nothing is written.</summary>
    public Task CrashBeforeWrite(string node, int after) => StepAt(node, node =>
    {
        node.Journal.CrashBeforeWrite(after);
        return Task.CompletedTask;
    });

    /// <summary>A node dies right after a write.</summary>
    public Task CrashAfterWrite(string node, int after) => StepAt(node, node =>
    {
        node.Journal.CrashAfterWrite(after);
        return Task.CompletedTask;
    });

    /// <summary>A node's bitcoind is away, or back.</summary>
    public Task Chain(string node, bool isThere) => Step(async () =>
    {
        var was = _net[node].HasChain;
        if (isThere) await _net[node].ChainComesBack();
        else _net[node].ChainGoesAway();
        return was != isThere;
    });

    /// <summary>Time passes.</summary>
    public Task Advance(int seconds) => Step(async () =>
    {
        await _net.Advance(TimeSpan.FromSeconds(seconds));
        return true;
    });

    /// <summary>Blocks are mined, as many as the trouble of the moment allows.</summary>
    public Task Mine(int blocks) => Step(async () =>
    {
        var mined = 0;
        for (; mined < blocks; mined++)
        {
            if (IsTrouble && ++_trouble > MostBlocksOfTrouble) break;
            await _net.Mine();
        }

        return mined > 0;
    });

    /// <summary>Blocks are replaced by others, and one more.</summary>
    public Task Reorg(int depth, bool isEmpty) => Step(async () =>
    {
        if (IsTrouble && ++_trouble > MostBlocksOfTrouble) return false;

        // Not those of the opening: what becomes of a channel without its funding is another story.
        if (_channel.ShortChannelId is not { } id || _net.Chain.Height - depth < id.BlockHeight + 8) return false;
        await _net.Chain.Reorg(depth, isEmpty);
        return true;
    });

    /// <summary>What estimates say, in satoshi per 1000 weight.</summary>
    public Task Feerate(int feerate) => Step(async () =>
    {
        await _net.Chain.SetFeerate(new FeeratePerKw((uint)feerate));
        return true;
    });

    /// <summary>The least that the mempool takes.</summary>
    public Task Mempool(int minimum) => Step(() =>
    {
        _net.Chain.FillMempool(new FeeratePerKw((uint)minimum));
        _isCrowded = minimum > 250;
        return true;
    });

    /// <summary>The least that miners take.</summary>
    public Task Miners(int minimum) => Step(() =>
    {
        _net.Chain.SetMiningFeerate(new FeeratePerKw((uint)minimum));
        _isCrowded = minimum > 0;
        return true;
    });

    /// <summary>A transaction of the mempool is kept from blocks.</summary>
    public Task Withhold(int at) => Step(() =>
    {
        if (At(at) is not { } transaction) return false;
        _net.Chain.Withhold(transaction.TxId);
        return _withheld.Add(transaction.TxId);
    });

    /// <summary>None is any more.</summary>
    public Task AllowAll() => Step(AllowAllNow);

    /// <summary>A transaction of the mempool is forgotten.</summary>
    public Task Evict(int at) => Step(() =>
    {
        if (At(at) is not { } transaction) return false;
        _net.Chain.Simulated.Forget(transaction.TxId);
        return true;
    });

    /// <summary>All trouble ends, the channel is closed if it is not yet, and everything comes to its end.</summary>
    public async Task Finish()
    {
        _isEnding = true;
        AllowAllNow();
        _net.Chain.FillMempool(new FeeratePerKw(250));
        _net.Chain.SetMiningFeerate(new FeeratePerKw(0));
        _isCrowded = false;
        foreach (var node in _net.Nodes)
        {
            node.Journal.Heal();
            await node.ChainComesBack();
            if (!node.IsRunning) await node.Start();
        }

        _net.Link("alice", "bob").Heal();
        await _net.Advance(TimeSpan.FromSeconds(31));
        foreach (var (id, payment) in _payments)
        {
            if (payment.IsHeld && id % 3 < 2) await Resolve(id, settle: id % 3 == 0);
        }

        await _net.Advance(TimeSpan.FromSeconds(31));
        if (_channel.Spender() is null && _channel.EntryAt("alice") is not null) await ForceClose(_net.Options.Seed % 2 == 0 ? "alice" : "bob");
        for (var blocks = 0; blocks < 400 && !_net.Nodes.All(IsOver); blocks++)
        {
            await _net.Mine();
            if (blocks % 8 == 0) await _net.Advance(TimeSpan.FromSeconds(31));
        }

        foreach (var node in Judged)
        {
            if (!IsOver(node)) throw _net.Failure($"The channel is {_channel.StateAt(node.Name)} at {node.Name} long after its end.");
        }

        _net.LedgersAddUp();
        await Judge();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _net.DisposeAsync();

    private bool IsTrouble => _isCrowded || _withheld.Count > 0 || _net.Nodes.Any(static node => !node.IsRunning || !node.HasChain);

    private bool IsOver(ScenarioNode node) => _channel.StateAt(node.Name) is "gone" or "Closed";

    private bool AllowAllNow()
    {
        foreach (var transaction in _withheld) _net.Chain.Allow(transaction);
        var was = _withheld.Count > 0;
        _withheld.Clear();
        return was;
    }

    private Transaction? At(int at) => _net.Chain.Mempool is { IsEmpty: false } mempool ? mempool[at % mempool.Length] : null;

    // By what the other node knows: it has the secret of it.
    private bool IsRevoked((string Node, Transaction Commitment, ulong Number) kept) =>
        _channel.CommitmentsAt(kept.Node == "alice" ? "bob" : "alice") is { } commitments && commitments.RemoteNumber > kept.Number;

    private Task Ask(string node, bool force, [CallerMemberName] string name = "") => Step(
        async () =>
        {
            if (!_net[node].IsRunning || _channel.EntryAt(node) is null) return false;
            SimulationLoop.Forget(_net[node].BeginClose(_channel, force));
            await _net.Rest();
            return true;
        },
        name);

    private async Task Step(Func<Task<bool>> step, [CallerMemberName] string name = "")
    {
        if (await step() && !_isEnding) Done[name] = Done.GetValueOrDefault(name) + 1;
        await _net.Rest();
        if (++_checks % 8 == 0) _net.LedgersAddUp();
    }

    private Task Step(Func<bool> step, [CallerMemberName] string name = "") => Step(() => Task.FromResult(step()), name);

    private Task StepAt(string node, Func<ScenarioNode, Task> step, [CallerMemberName] string name = "") => Step(
        async () =>
        {
            if (!_net[node].IsRunning) return false;
            await step(_net[node]);
            return true;
        },
        name);

    private sealed record Payment(string From, string To, MilliSatoshi Amount, PaymentPreimage Preimage, bool IsHeld);
}
