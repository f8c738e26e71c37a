using Lightning.Actors.Api;
using Lightning.Actors.Hosting;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.TestKit.Simulation;

namespace Lightning.TestKit.Exploration;

/// <summary>
/// A network in which a story happens step by step, each step checked. Messages arrive only when a step says so. A step that makes no sense at its place does
/// nothing, so that steps may be left out of a story. What is checked after each: no node finds fault with another, no commitment transaction is published, nothing is
/// shown before it is durable, no money appears or disappears, and what a node believes is what its journal says. At the end all channels are closed by agreement,
/// and everybody has on the chain what the channels held.
/// </summary>
public sealed class ExploredNetwork : IAsyncDisposable
{
    private static readonly string[] Names = ["alice", "bob", "carol"];
    private readonly ScenarioNetwork _net;
    private readonly Dictionary<int, Paid> _payments = [];
    private readonly Dictionary<string, MilliSatoshi> _start = new(StringComparer.Ordinal);
    private readonly Closings _closings;
    private int _checks;
    private bool _isEnding;

    private ExploredNetwork(ScenarioNetwork net) => (_net, _closings) = (net, new Closings(net));

    /// <summary>The network, to look at.</summary>
    public ScenarioNetwork Network => _net;

    /// <summary>How many steps have done something, without those of <see cref="Finish"/>.</summary>
    public int Steps { get; private set; }

    /// <summary>Begins a story: nodes connected, channels open, nothing on its way.</summary>
    public static async Task<ExploredNetwork> Begin(ExplorationSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        var nodes = Names[..setup.Nodes];
        var options = new ScenarioOptions
        {
            Seed = setup.Seed,
            IsShuffled = true,
            Configure = (options, _) => options with { Channels = new ChannelConfig { Network = options.Network, MaxAcceptedHtlcs = setup.MaxAcceptedHtlcs } },
        };
        var explored = new ExploredNetwork(await Scenario.Network(options, nodes).ConfigureAwait(false));
        try
        {
            for (var i = 1; i < nodes.Length; i++)
            {
                for (var channel = 0; channel < setup.Channels; channel++) await explored._net.OpenChannel(nodes[i - 1], nodes[i], setup.Capacity, setup.Push).ConfigureAwait(false);
            }

            // A network in which nothing works would have nothing to go wrong.
            var first = await explored._net[nodes[^1]].Invoice(new MilliSatoshi(5_000_000)).ConfigureAwait(false);
            (await explored._net["alice"].Pay(first).ConfigureAwait(false)).ShouldSettle();
            await explored._net.Advance(TimeSpan.FromSeconds(1)).ConfigureAwait(false);
            foreach (var name in nodes) explored._start[name] = explored.BalanceOf(name);
            await explored._closings.Begin().ConfigureAwait(false);
            foreach (var link in explored._net.Wires.Links) link.Hold();
            return explored;
        }
        catch
        {
            await explored.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A payment begins.</summary>
    /// <param name="id">Its name in the story.</param>
    /// <param name="from">Who pays.</param>
    /// <param name="to">Who is paid.</param>
    /// <param name="msat">How much.</param>
    /// <param name="hold">Whether the payee holds it until <see cref="Resolve"/>.</param>
    public Task Pay(int id, string from, string to, long msat, bool hold = false) => Step(async () =>
    {
        var (payer, payee) = (_net[from], _net[to]);
        if (_payments.ContainsKey(id) || !payer.IsRunning || !payee.IsRunning) return false;
        var preimage = new PaymentPreimage(new SeededRandomness(FormattableString.Invariant($"payment {id} of {_net.Options.Seed}")).NextBytes32());
        var amount = new MilliSatoshi(msat);
        var request = new AddInvoiceRequest { Amount = amount, Preimage = hold ? null : preimage, HoldFor = hold ? preimage.Hash : null, Expiry = TimeSpan.FromDays(30) };
        var made = SimulationLoop.Begin(() => payee.Api.AddInvoiceAsync(request));
        await _net.Rest().ConfigureAwait(false);
        var payment = _payments[id] = new Paid(from, to, amount, preimage, hold);
        if (made.IsCompletedSuccessfully && payer.IsRunning)
            payment.Told = await payer.StartPayment(new ScenarioInvoice(to, made.Result.PaymentRequest, preimage.Hash, amount)).ConfigureAwait(false);
        return true;
    });

    /// <summary>The payee settles or cancels what it holds.</summary>
    public Task Resolve(int id, bool settle) => Step(() =>
    {
        if (!_payments.TryGetValue(id, out var payment) || !payment.IsHeld || !_net[payment.To].IsRunning) return false;
        var isFirst = payment.Settles is null;
        payment.Settles ??= settle;
        var api = _net[payment.To].Api;
        SimulationLoop.Forget(SimulationLoop.Begin(() => payment.Settles == true ? api.SettleInvoiceAsync(payment.Preimage) : api.CancelInvoiceAsync(payment.Preimage.Hash)));
        return isFirst;
    });

    /// <summary>A node asks for a channel to be closed by agreement.</summary>
    /// <param name="node">Which.</param>
    /// <param name="channel">The number of the channel, in the order in which they were opened; from zero.</param>
    public Task Close(string node, int channel) => Step(() => _net[node].IsRunning && _closings.Ask(node, channel));

    /// <summary>Messages arrive.</summary>
    /// <param name="from">Who sent them.</param>
    /// <param name="to">Whom to.</param>
    /// <param name="count">How many at most.</param>
    public Task Deliver(string from, string to, int count = 1) => Step(() => _net.Link(from, to).Deliver(from, count) > 0);

    /// <summary>Messages arrive until none are left.</summary>
    public Task DeliverAll() => Step(async () =>
    {
        var isSomethingWaiting = _net.Wires.Links.Any(static link => link.Waiting(link.One).Count + link.Waiting(link.Other).Count > 0);
        foreach (var link in _net.Wires.Links) link.Release();
        await _net.Rest().ConfigureAwait(false);
        foreach (var link in _net.Wires.Links) link.Hold();
        return isSomethingWaiting;
    });

    /// <summary>A connection ends; what is on its way is lost.</summary>
    public Task Cut(string one, string other) => Step(() =>
    {
        var was = _net.Link(one, other).IsConnected;
        _net.Link(one, other).Cut();
        return was;
    });

    /// <summary>A node dies.</summary>
    public Task Crash(string node) => StepAt(node, static node => node.Crash());

    /// <summary>A dead node starts.</summary>
    public Task Start(string node) => Step(async () =>
    {
        if (_net[node].IsRunning) return false;
        await _net[node].Start().ConfigureAwait(false);
        return true;
    });

    /// <summary>A node gets a second process that does not know of the first.</summary>
    public Task StartSecondProcess(string node) => StepAt(node, static node => node.StartSecondProcess());

    /// <summary>The oldest process of a node dies.</summary>
    public Task CrashFirstProcess(string node) => StepAt(node, static node => node.CrashFirstProcess());

    /// <summary>A node dies at a write of which nothing is written.</summary>
    public Task CrashBeforeWrite(string node, int after, string? of) => Order(node, journal => journal.CrashBeforeWrite(after, of));

    /// <summary>A node dies right after a write.</summary>
    public Task CrashAfterWrite(string node, int after, string? of) => Order(node, journal => journal.CrashAfterWrite(after, of));

    /// <summary>A write is done, but taken for a failure.</summary>
    public Task LoseAnswer(string node, int after, string? of) => Order(node, journal => journal.LoseAnswer(after, of));

    /// <summary>A write fails.</summary>
    public Task FailWrite(string node, int after, string? of) => Order(node, journal => journal.FailWrite(after, of));

    /// <summary>Reads of the journal fail.</summary>
    public Task FailReads(string node, int count) => Order(node, journal => journal.FailReads(count));

    /// <summary>The answers to writes are kept back.</summary>
    public Task HoldAnswers(string node) => Order(node, static journal => journal.HoldAnswers());

    /// <summary>They come.</summary>
    public Task ReleaseAnswers(string node) => Step(async () =>
    {
        var was = _net[node].Trouble.IsHolding;
        await _net[node].Journal.ReleaseAnswers().ConfigureAwait(false);
        return was;
    });

    /// <summary>Writes wait before anything of them is on the disk.</summary>
    public Task HoldWrites(string node) => Order(node, static journal => journal.HoldWrites());

    /// <summary>They are done, but for those whose process has died.</summary>
    public Task ReleaseWrites(string node) => Step(async () =>
    {
        var was = _net[node].Trouble.IsHoldingWrites;
        await _net[node].Journal.ReleaseWrites().ConfigureAwait(false);
        return was;
    });

    /// <summary>The disk is full, or has space again.</summary>
    public Task FillDisk(string node, bool isFull) => Step(() =>
    {
        var was = _net[node].Trouble.IsFull;
        _net[node].Trouble.IsFull = isFull;
        return was != isFull;
    });

    /// <summary>A node's bitcoind is away, or back.</summary>
    public Task Chain(string node, bool isThere) => Step(async () =>
    {
        var was = _net[node].HasChain;
        if (isThere) await _net[node].ChainComesBack().ConfigureAwait(false);
        else _net[node].ChainGoesAway();
        return was != isThere;
    });

    /// <summary>Time passes.</summary>
    public Task Advance(double seconds) => Step(async () =>
    {
        await _net.Advance(TimeSpan.FromSeconds(seconds)).ConfigureAwait(false);
        return true;
    });

    /// <summary>A block is mined.</summary>
    public Task Mine() => Step(async () =>
    {
        await _net.Mine().ConfigureAwait(false);
        return true;
    });

    /// <summary>Transactions cost this much from now on.</summary>
    public Task Feerate(uint satPerKw) => Step(async () =>
    {
        await _net.Chain.SetFeerate(new FeeratePerKw(satPerKw)).ConfigureAwait(false);
        return true;
    });

    /// <summary>
    /// All trouble ends and everything is brought to its end: then no HTLC is left, every payment has succeeded or failed once, whoever was paid has settled, and everybody has
    /// to the millisatoshi what follows from it: in the channels, and on the chain once these are closed.
    /// </summary>
    public async Task Finish()
    {
        _isEnding = true;
        await Heal().ConfigureAwait(false);
        for (var round = 0; round < 40; round++)
        {
            foreach (var id in _payments.Keys.ToList()) await ResolveNow(id).ConfigureAwait(false);
            await _net.Advance(TimeSpan.FromSeconds(10)).ConfigureAwait(false);
            Check(isThorough: true);
            if (await IsOverAsync().ConfigureAwait(false)) break;
        }

        await Settled().ConfigureAwait(false);
        await _closings.Finish(() => Check(isThorough: true)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _net.DisposeAsync();

    private async Task Step(Func<Task<bool>> step)
    {
        if (await step().ConfigureAwait(false) && !_isEnding) Steps++;
        await _net.Rest().ConfigureAwait(false);
        Check(isThorough: ++_checks % 16 == 0);
    }

    private Task Step(Func<bool> step) => Step(() => Task.FromResult(step()));

    private Task StepAt(string node, Func<ScenarioNode, Task> step) => Step(async () =>
    {
        if (!_net[node].IsRunning) return false;
        await step(_net[node]).ConfigureAwait(false);
        return true;
    });

    private Task Order(string node, Action<ScenarioJournalFaults> order) => Step(() =>
    {
        order(_net[node].Journal);
        return _net[node].IsRunning;
    });

    private async Task ResolveNow(int id)
    {
        if (_payments[id].IsHeld) await Resolve(id, settle: id % 2 == 0).ConfigureAwait(false);
    }

    private async Task Heal()
    {
        foreach (var node in _net.Nodes)
        {
            node.Journal.Heal();
            await node.ChainComesBack().ConfigureAwait(false);

            // One process remains. What runs alone goes on: whatever was lost on the way must be made good without a restart.
            if (!node.IsAlone) await node.Restart().ConfigureAwait(false);
        }

        foreach (var link in _net.Wires.Links) link.Heal();
        // A peer that was away for long is called again only after a long pause.
        foreach (var channel in _net.Channels)
            await _net.Until(() => channel.IsUsable || _closings.IsClosing(channel), $"{channel} is usable again", TimeSpan.FromMinutes(30)).ConfigureAwait(false);

        // By then every entity that met with trouble has started again; and one that only reads and does not know what another process wrote, which takes a minute, is gone.
        await _net.Advance(TimeSpan.FromSeconds(_net.Nodes.Any(static node => node.Trouble.IsShared) ? 91 : 31)).ConfigureAwait(false);
    }

    private void Check(bool isThorough)
    {
        foreach (var complaint in _net.Story.Complaints)
        {
            if (!_closings.Explains(complaint)) throw _net.Failure(complaint);
        }

        foreach (var channel in _net.Channels)
        {
            _closings.Check(channel);
            foreach (var name in (ReadOnlySpan<string>)[channel.Opener, channel.Peer])
            {
                if (channel.EntryAt(name) is not { Funded: { } state } entry) continue;
                if (state is not (Normal or WaitForChannelReady or WaitForFundingConfirmed) && !_closings.Allows(channel, state)) throw _net.Failure($"{channel} is {state.GetType().Name} at {name}.");
                foreach (var commitment in state.Commitments.Active)
                {
                    if (commitment.LocalSpec.Total != channel.Capacity.ToMilliSatoshi() || commitment.LatestRemoteSpec.Total != channel.Capacity.ToMilliSatoshi())
                        throw _net.Failure($"{channel} does not hold its capacity at {name}.");
                }

                if (isThorough && _net[name].IsUndisturbed && _net[name].Guard.DurableState(entry.Key) is { } durable && StateDump.Difference(state, durable) is { } difference)
                    throw _net.Failure($"{channel}: what {name} believes is not what its journal says: {difference}");
            }
        }
    }

    private async Task<bool> IsOverAsync()
    {
        foreach (var node in _net.Nodes)
        {
            var list = await node.Do(static api => api.ListPaymentsAsync(new ListPaymentsQuery { IncludeIncomplete = true })).ConfigureAwait(false);
            if (list.Payments.Any(static payment => !payment.IsFinal)) return false;
        }

        return _net.Channels.All(channel => _closings.HasClosed(channel) || channel is { IsUsable: true } && channel.CommitmentsAt(channel.Opener)!.IsQuiet && channel.CommitmentsAt(channel.Peer)!.IsQuiet);
    }

    private async Task Settled()
    {
        _net.NoHtlcPending();
        _net.BalancesAddUp();
        var expected = new Dictionary<string, MilliSatoshi>(_start, StringComparer.Ordinal);
        var known = new Dictionary<PaymentHash, PaymentInfo>();
        foreach (var node in _net.Nodes)
        {
            foreach (var payment in (await node.Do(static api => api.ListPaymentsAsync(new ListPaymentsQuery { IncludeIncomplete = true })).ConfigureAwait(false)).Payments) known.Add(payment.PaymentHash, payment);
        }

        foreach (var (id, payment) in _payments)
        {
            var settled = await IsSettledAsync(payment).ConfigureAwait(false);
            var info = known.GetValueOrDefault(payment.Preimage.Hash);
            if (info is { IsFinal: false }) throw _net.Failure($"Payment {id} does not end.");
            if (payment.Told is { Result: { IsCompletedSuccessfully: true, Result: { IsFinal: true } told } } && told.Status != info?.Status)
                throw _net.Failure($"{payment.From} was told that payment {id} {told.Status}, and it {info?.Status}.");
            var succeeded = info is { Status: PaymentStatus.Succeeded };
            if (succeeded != settled) throw _net.Failure($"Payment {id} {(succeeded ? "succeeded" : "failed")} for {payment.From}, and is {(settled ? "" : "not ")}settled for {payment.To}.");
            if (!succeeded) continue;
            if (info!.Preimage != payment.Preimage) throw _net.Failure($"Payment {id} succeeded without its preimage.");
            expected[payment.From] -= info.Amount + info.Fee;
            expected[payment.To] += info.Amount;

            // In a line of three only the one in the middle forwards.
            if (info.Fee > MilliSatoshi.Zero) expected["bob"] += info.Fee;
        }

        foreach (var node in _net.Nodes)
        {
            if (BalanceOf(node.Name) != expected[node.Name]) throw _net.Failure($"{node.Name} has {BalanceOf(node.Name)} and should have {expected[node.Name]}.");
        }
    }

    private async Task<bool> IsSettledAsync(Paid payment)
    {
        try
        {
            var invoice = await _net[payment.To].Do(api => api.LookupInvoiceAsync(payment.Preimage.Hash)).ConfigureAwait(false);
            return invoice.State == InvoiceState.Settled;
        }
        catch (LightningException e) when (e.Kind == LightningErrorKind.NotFound)
        {
            return false;
        }
    }

    private MilliSatoshi BalanceOf(string node)
    {
        var sum = MilliSatoshi.Zero;
        foreach (var channel in _net.Channels)
        {
            if (channel.Opener == node || channel.Peer == node) sum += _closings.BalanceOf(channel, node) ?? channel.BalanceOf(node);
        }

        return sum;
    }

    private sealed record Paid(string From, string To, MilliSatoshi Amount, PaymentPreimage Preimage, bool IsHeld)
    {
        public bool? Settles { get; set; }

        public ScenarioPayment? Told { get; set; }
    }
}
