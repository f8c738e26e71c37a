using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Akka.Event;
using Lightning.Actors.Api;
using Lightning.Actors.Backup;
using Lightning.Actors.Channels;
using Lightning.Actors.Hosting;
using Lightning.Actors.Journal;
using Lightning.Bitcoin.Keys;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain.Simulated;
using Lightning.Channels.Actions;
using Lightning.Channels.Commitments;
using Lightning.Channels.Parameters;
using Lightning.Channels.Signing;
using Lightning.Channels.States;
using Lightning.TestKit.Chain;
using Lightning.TestKit.Guards;
using Lightning.TestKit.Journals;
using Lightning.TestKit.Simulation;

namespace Lightning.TestKit;

/// <summary>A node of a network. It outlives its processes: what it has written is still there when it starts again.</summary>
public sealed partial class ScenarioNode
{
    private readonly ScenarioNetwork _network;
    private readonly NodeKeys _keys;
    private readonly SimulatedWallet _wallet;
    private readonly IScenarioDisk _disk;
    private readonly HashSet<TxId> _published = [];
    private readonly List<string> _errors = [];
    private readonly List<ScenarioProcess> _processes = [];
    private ScenarioBackup _secondBackup = new();
    private int _port;
    private int _started;
    private readonly ChainTrouble _chainTrouble = new();

    internal ScenarioNode(ScenarioNetwork network, string name)
    {
        _network = network;
        Name = name;
        _keys = NodeKeys.FromSeed(SHA512.HashData(Encoding.UTF8.GetBytes($"{name} {network.Options.Seed}")));
        _wallet = new SimulatedWallet(network.Chain.Simulated, ExtKey.FromSeed(SHA512.HashData(Encoding.UTF8.GetBytes($"{name} {network.Options.Seed} wallet"))));
        Clock = new VirtualClock(network.Loop.Time);
        _disk = network.Options.Journals == ScenarioJournals.Sqlite ? new SqliteDisk(Clock) : new MemoryDisk(Clock);
        _port = FreePort();
        Trouble = new JournalTrouble(network.Loop.Time);
        Journal = new ScenarioJournalFaults(this);
        Guard = new DurabilityGuard(_keys, Clock, Violate, IsBackedUp);
    }

    /// <summary>Its name in the network.</summary>
    public string Name { get; }

    /// <summary>Its node id.</summary>
    public NodeId Id => _keys.NodeId;

    /// <summary>Where it is called.</summary>
    public PeerAddress Address => new(Id, "127.0.0.1", Process.Runtime.ListeningOn[0].Port);

    /// <summary>Whether it runs.</summary>
    public bool IsRunning => _processes.Exists(static process => !process.IsDead);

    /// <summary>The node's whole API, for what this class has no word for. Await it with <see cref="Do{T}"/>: the network must go on for an answer to come.</summary>
    /// <exception cref="ScenarioException">It does not run.</exception>
    public ILightningNode Api => Process.Api;

    /// <summary>What it has told its operator as an error, oldest first: money that is lost or may be, and what only an operator can put right.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>What can go wrong with its journal.</summary>
    public ScenarioJournalFaults Journal { get; }

    /// <summary>The channel backup in its data folder. A second process has a folder of its own.</summary>
    public ScenarioBackup Backup { get; } = new();

    /// <summary>What the node's processes share with the test.</summary>
    internal JournalTrouble Trouble { get; }

    internal VirtualClock Clock { get; }

    internal NodePolicy Policy { get; private set; } = new();

    internal ScenarioProcess Process => _processes.FindLast(static process => !process.IsDead) ?? throw _network.Failure($"{Name} does not run.");

    internal NodeRuntime Runtime => Process.Runtime;

    internal NodeKeys Keys => _keys;

    internal IScenarioDisk Disk => _disk;

    internal ScenarioNetwork Network => _network;

    /// <summary>Makes an invoice.</summary>
    /// <param name="amount">What it asks for.</param>
    /// <param name="expiry">How long it can be paid; null for a day.</param>
    public Task<ScenarioInvoice> Invoice(MilliSatoshi amount, TimeSpan? expiry = null) => AddInvoice(new AddInvoiceRequest { Amount = amount, Expiry = expiry, IncludePrivateChannels = true });

    /// <summary>Makes an invoice.</summary>
    /// <param name="amount">What it asks for.</param>
    /// <param name="expiry">How long it can be paid; null for a day.</param>
    public Task<ScenarioInvoice> Invoice(Satoshi amount, TimeSpan? expiry = null) => Invoice(amount.ToMilliSatoshi(), expiry);

    /// <summary>Makes a hold invoice: its payment is kept until <see cref="Settle"/> or <see cref="Cancel"/>.</summary>
    /// <param name="amount">What it asks for.</param>
    public async Task<ScenarioInvoice> HoldInvoice(MilliSatoshi amount)
    {
        var preimage = new PaymentPreimage(new SeededRandomness($"{Name} {_network.Options.Seed} hold {_network.Loop.Steps}").NextBytes32());
        var invoice = await AddInvoice(new AddInvoiceRequest { Amount = amount, HoldFor = preimage.Hash, IncludePrivateChannels = true }).ConfigureAwait(false);
        return invoice with { Preimage = preimage };
    }

    /// <summary>Makes a hold invoice: its payment is kept until <see cref="Settle"/> or <see cref="Cancel"/>.</summary>
    /// <param name="amount">What it asks for.</param>
    public Task<ScenarioInvoice> HoldInvoice(Satoshi amount) => HoldInvoice(amount.ToMilliSatoshi());

    /// <summary>Takes the payment that is held.</summary>
    public Task Settle(ScenarioInvoice invoice)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        var preimage = invoice.Preimage ?? throw new ArgumentException("It is no hold invoice.", nameof(invoice));
        return Do(api => api.SettleInvoiceAsync(preimage));
    }

    /// <summary>Sends the payment that is held back, or lets nobody pay any more.</summary>
    public Task Cancel(ScenarioInvoice invoice)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        return Do(api => api.CancelInvoiceAsync(invoice.PaymentHash));
    }

    /// <summary>What the node says of an invoice.</summary>
    public Task<InvoiceInfo> Lookup(ScenarioInvoice invoice)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        return Do(api => api.LookupInvoiceAsync(invoice.PaymentHash));
    }

    /// <summary>Pays, and waits for the end.</summary>
    public async Task<ScenarioPayment> Pay(ScenarioInvoice invoice) => await (await StartPayment(invoice).ConfigureAwait(false)).End().ConfigureAwait(false);

    /// <summary>Begins to pay, and lets everything happen that can without time passing.</summary>
    /// <param name="invoice">What is paid.</param>
    /// <param name="configure">Changes limits and the like.</param>
    public async Task<ScenarioPayment> StartPayment(ScenarioInvoice invoice, Func<PayInvoiceRequest, PayInvoiceRequest>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        var request = new PayInvoiceRequest(invoice.PaymentRequest);
        if (configure is not null) request = configure(request);
        PaymentInfo? latest = null;
        var api = Api;
        var result = SimulationLoop.Begin(() => Follow(api.PayInvoiceAsync(request), info => latest = info));
        var payment = new ScenarioPayment(_network, Name, result, () => latest);
        await _network.Rest().ConfigureAwait(false);
        return payment;
    }

    /// <summary>Listens again to a payment of this node, for one that was begun before a restart.</summary>
    public async Task<ScenarioPayment> TrackPayment(PaymentHash hash)
    {
        PaymentInfo? latest = null;
        var api = Api;
        var result = SimulationLoop.Begin(() => Follow(api.TrackPaymentAsync(hash), info => latest = info));
        await _network.Rest().ConfigureAwait(false);
        return new ScenarioPayment(_network, Name, result, () => latest);
    }

    /// <summary>Asks the node to close a channel, and lets everything happen that can without time passing. What is published waits for a block.</summary>
    public async Task Close(ScenarioChannel channel, bool force = false)
    {
        ArgumentNullException.ThrowIfNull(channel);
        var steps = BeginClose(channel, force);
        await _network.Complete(() => steps, $"{Name} closes {channel}").ConfigureAwait(false);
    }

    /// <summary>Its on-chain coins.</summary>
    public Task<WalletBalance> WalletBalance() => Do(static api => api.GetWalletBalanceAsync());

    /// <summary>Gives it on-chain coins, confirmed.</summary>
    public async Task Fund(Satoshi amount)
    {
        var address = await Do(_ => _wallet.NewAddressAsync(CancellationToken.None)).ConfigureAwait(false);
        _network.Chain.Simulated.Fund(address.ScriptPubKey, amount);
        await _network.Mine().ConfigureAwait(false);
    }

    /// <summary>Does something with the node's API, the network going on until it is done.</summary>
    public Task<T> Do<T>(Func<ILightningNode, Task<T>> operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        var api = Api;
        return _network.Complete(() => operation(api), $"{Name} is asked for something");
    }

    /// <summary>Does something with the node's API, the network going on until it is done.</summary>
    public Task Do(Func<ILightningNode, Task> operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return Do(async api =>
        {
            await operation(api).ConfigureAwait(false);
            return true;
        });
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Id})";

    internal DurabilityGuard Guard { get; }

    internal Task<CloseProgress?> BeginClose(ScenarioChannel channel, bool force = false)
    {
        var api = Api;
        return SimulationLoop.Begin(() => First(api.CloseChannelAsync(new CloseChannelRequest(channel.Funding, Force: force))));
    }

    /// <summary>Whether it runs in one process.</summary>
    internal bool IsAlone => _processes.Count(static process => !process.IsDead) == 1;

    /// <summary>Whether it has one process that knows what its journal says.</summary>
    internal bool IsUndisturbed => IsAlone && !Trouble.IsHolding && !Trouble.IsHoldingWrites && !Trouble.HasHurt && !Trouble.IsShared && Trouble.Delay == TimeSpan.Zero;

    internal bool IsBackedUp(LocalChannelKey channel) => new[] { Backup, _secondBackup }.Any(backup =>
        backup.Content is { } content && BackupEnvelope.Open(content.Span, _keys, _network.Chain.Simulated.Network).Channels.Items.Any(one => one.Parameters.Key == channel));

    internal void Written(IReadOnlyList<JournalRow> rows)
    {
        Guard.Written(rows);
        _network.Story.Written(Name, rows);
    }

    internal void Violate(string what) => _network.Loop.Violate($"{Name}: {what}");

    // Where the database has trouble, entities stop by an error. What the node itself says to its operator is no failure of it.
    internal void Failed(Error error)
    {
        if (error.Cause is null && error.LogClass?.Namespace?.StartsWith("Lightning.", StringComparison.Ordinal) == true)
        {
            _errors.Add($"{error.Message}");
            _network.Story.Note(Name, $"{error.Message}");
            return;
        }

        var text = $"{error.LogClass?.Name} {error.LogSource}: {error.Message} {error.Cause}";
        if (IsUndisturbed) Violate(text);
        else _network.Story.Note(Name, text);
    }

    internal void Performing(LocalChannelKey channel, ChannelAction action)
    {
        _network.Story.Performs(Name, action);
        Guard.Performing(channel, action);
    }

    internal ChannelEntry? Entry(OutPoint funding) => IsRunning && Runtime.Directory.TryGet(funding, out var entry) ? entry : null;

    internal bool HasPublished(TxId id) => _published.Contains(id);

    internal void WakeChain()
    {
        foreach (var process in _processes) process.Chain.Wake();
    }

    internal Transaction SignCommitment(FundedState state)
    {
        using var signer = new LocalChannelSigner(_keys.Seed, state.Commitments.Parameters.KeyIndex);
        return state.Commitments.Broadcastable(signer) ?? throw _network.Failure($"{Name} has no commitment transaction that it may publish.");
    }

    internal void KillAll()
    {
        if (IsRunning) _network.Story.Note(Name, "killed");
        foreach (var process in _processes) process.Kill();
        _processes.Clear();
    }

    internal async ValueTask DisposeAsync()
    {
        KillAll();
        await _disk.DisposeAsync().ConfigureAwait(false);
        _wallet.Dispose();
        _keys.Dispose();
    }

    private async Task StartProcess(RestoredDatabase? restored)
    {
        var number = ++_started;
        Trouble.Forget();
        var endPoint = new IPEndPoint(IPAddress.Loopback, _processes.Exists(static process => !process.IsDead) ? FreePort() : _port);
        var options = new LightningNodeOptions
        {
            Network = _network.Chain.Simulated.Network,
            DataFolder = "",
            Alias = Name,
            Listen = [endPoint],
            Time = Clock,
            Randomness = new SeededRandomness($"{Name} {_network.Options.Seed} {number}"),
        };
        options = _network.Options.Configure?.Invoke(options, Name) ?? options;
        Policy = options.Policy;
        if (IsRunning) _secondBackup = new ScenarioBackup();
        var process = new ScenarioProcess(this, options, number, _keys, _wallet, IsRunning ? _secondBackup : Backup, _chainTrouble, (transaction, result) =>
        {
            _published.Add(transaction.TxId);
            _network.Story.Note(Name, $"publishes {transaction.TxId} ({result.Outcome})");
        });
        _processes.Add(process);
        _network.Story.Note(Name, number == 1 ? "starts" : "starts again");
        try
        {
            await _network.Loop.CompleteAsync(
                async () =>
                {
                    await process.StartAsync(restored).ConfigureAwait(false);
                    return true;
                },
                TimeSpan.FromMinutes(1),
                $"{Name} starts").ConfigureAwait(false);
        }
        catch (InvalidOperationException e) when (_network.Sockets is not null)
        {
            process.Kill();
            throw _network.Failure($"{Name} cannot listen on its port {endPoint.Port}; another program may have taken it while {Name} did not run. {e.Message}", e);
        }

        // An operating system's port is the node's from its first process on.
        if (_port == 0 && process.Runtime.ListeningOn is [var first, ..]) _port = first.Port;

        // A node that does not know the chain yet does not do all that it is asked for.
        await _network.Loop.UntilAsync(() => process.IsDead || _chainTrouble.IsAway || process.Runtime.HeightIfKnown() is not null, TimeSpan.FromSeconds(10)).ConfigureAwait(false);
        await _network.Rest().ConfigureAwait(false);
    }

    // Where links are TCP the operating system knows which are free.
    private int FreePort() => _network.Sockets is null ? _network.Wires.FreePort() : 0;

    private async Task<ScenarioInvoice> AddInvoice(AddInvoiceRequest request)
    {
        var made = await Do(api => api.AddInvoiceAsync(request)).ConfigureAwait(false);
        return new ScenarioInvoice(Name, made.PaymentRequest, made.PaymentHash, request.Amount ?? MilliSatoshi.Zero);
    }

    private static async Task<PaymentInfo> Follow(IAsyncEnumerable<PaymentInfo> news, Action<PaymentInfo> tell)
    {
        PaymentInfo? last = null;
        await foreach (var info in news.ConfigureAwait(false))
        {
            last = info;
            tell(info);
        }

        return last ?? throw new ScenarioException("The node said nothing of the payment.");
    }

    private static async Task<CloseProgress?> First(IAsyncEnumerable<CloseProgress> steps)
    {
        await foreach (var step in steps.ConfigureAwait(false)) return step;
        return null;
    }
}
