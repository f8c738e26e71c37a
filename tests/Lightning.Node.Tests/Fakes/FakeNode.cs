using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Threading.Channels;
using Lightning.Actors.Api;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;
using Lightning.Protocol.Features;
using Lightning.Protocol.Invoices;

namespace Lightning.Node.Tests.Fakes;

/// <summary>A node that keeps everything in memory and has one friendly peer: pays what it is asked to, but for what it is told to fail.</summary>
internal sealed class FakeNode : ILightningNode
{
    private readonly Lock _lock = new();
    private readonly List<InvoiceInfo> _invoices = [];
    private readonly List<PaymentInfo> _payments = [];
    private readonly List<PeerInfo> _peers = [];
    private readonly List<ChannelInfo> _channels = [];
    private readonly List<ClosedChannel> _closed = [];
    private readonly List<Channel<InvoiceInfo>> _listeners = [];

    public static readonly Key NodeKey = Key.FromBytes(SHA256.HashData("fake node"u8));

    public static readonly NodeId Peer = new(Key.FromBytes(SHA256.HashData("peer"u8)).PubKey);

    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);

    public NodeId Id { get; } = new(NodeKey.PubKey);

    public Satoshi Wallet { get; set; } = new(10_000_000);

    public List<PendingChannel> Pending { get; } = [];

    /// <summary>What the last call asked for.</summary>
    public object? LastRequest { get; private set; }

    public Exception? FailWith { get; set; }

    public int Subscribers { get { lock (_lock) return _listeners.Count; } }

    public Task<NodeInfo> GetInfoAsync(CancellationToken cancellation = default) => FailWith is { } e ? Task.FromException<NodeInfo>(e) : Task.FromResult(new NodeInfo
    {
        NodeId = Id,
        Alias = "fake",
        Network = Network.Regtest,
        Version = "0.1.0",
        BlockHeight = 144,
        BlockHash = Network.Regtest.GenesisHash,
        BlockTime = Now,
        SyncedToChain = true,
        PeerCount = _peers.Count,
        ActiveChannelCount = _channels.Count,
        Addresses = ["127.0.0.1:9735"],
        FeatureBits = [.. DefaultFeatures.NodeAnnouncement.Bits()],
    });

    public Task<string> NewAddressAsync(AddressType type = AddressType.WitnessPubKeyHash, CancellationToken cancellation = default)
    {
        LastRequest = type;
        return Task.FromResult("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080");
    }

    public Task<WalletBalance> GetWalletBalanceAsync(CancellationToken cancellation = default) => Task.FromResult(new WalletBalance(Wallet, new Satoshi(5)));

    public Task ConnectPeerAsync(PeerAddress peer, bool persistent = true, CancellationToken cancellation = default)
    {
        LastRequest = peer;
        lock (_lock)
        {
            if (_peers.Any(p => p.NodeId == peer.NodeId)) throw LightningException.AlreadyConnected(peer);
            _peers.Add(new PeerInfo { NodeId = peer.NodeId, Address = $"{peer.Host}:{peer.Port}", PingTime = TimeSpan.FromMilliseconds(3), FeatureBits = [8, 14, 17] });
        }
        return Task.CompletedTask;
    }

    public Task DisconnectPeerAsync(NodeId peer, CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            if (_peers.RemoveAll(p => p.NodeId == peer) == 0) throw LightningException.PeerNotConnected(peer);
        }
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<PeerInfo>> ListPeersAsync(CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<PeerInfo>>([.. _peers]);

    public Task<OutPoint> OpenChannelAsync(OpenChannelRequest request, CancellationToken cancellation = default)
    {
        LastRequest = request;
        lock (_lock)
        {
            if (_peers.All(p => p.NodeId != request.Peer)) throw LightningException.PeerNotConnected(request.Peer);
            if (request.Capacity > Wallet) throw LightningException.InsufficientFunds(request.Capacity, Wallet);
            var funding = new OutPoint(new TxId(new Bytes32(SHA256.HashData([(byte)_channels.Count]))), 1);
            var constraints = new ChannelConstraints
            {
                DustLimit = new Satoshi(354), ChannelReserve = request.Capacity / 100, MaxHtlcValueInFlight = request.Capacity.ToMilliSatoshi(),
                HtlcMinimum = new MilliSatoshi(1), ToSelfDelay = 144, MaxAcceptedHtlcs = 483,
            };
            _channels.Add(new ChannelInfo
            {
                Funding = funding, ChannelId = ChannelId.FromFunding(funding), Peer = request.Peer, ShortChannelId = new ShortChannelId(140, (uint)_channels.Count + 1, 1),
                Aliases = [new ShortChannelId(16_000_000, 1, 1)], Capacity = request.Capacity, LocalBalance = request.Capacity.ToMilliSatoshi() - request.Push,
                RemoteBalance = request.Push, CommitmentFee = new Satoshi(2810), CommitmentWeight = 1116, Feerate = new FeeratePerKw(2500),
                IsActive = true, IsInitiator = true, IsPrivate = request.IsPrivate, LocalConstraints = constraints, RemoteConstraints = constraints,
            });
            return Task.FromResult(funding);
        }
    }

    public Task<ChannelInfo> WaitForChannelReadyAsync(OutPoint funding, CancellationToken cancellation = default) =>
        Task.FromResult(_channels.FirstOrDefault(c => c.Funding == funding) ?? throw LightningException.UnknownChannel(funding));

    public async IAsyncEnumerable<CloseProgress> CloseChannelAsync(CloseChannelRequest request, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        LastRequest = request;
        await Task.Yield();
        ChannelInfo channel;
        lock (_lock)
        {
            channel = _channels.FirstOrDefault(c => c.Funding == request.Funding) ?? throw LightningException.UnknownChannel(request.Funding);
            _channels.Remove(channel);
            _closed.Add(new ClosedChannel
            {
                Funding = channel.Funding, Peer = channel.Peer, ShortChannelId = channel.ShortChannelId, ClosingTxId = ClosingTx, Capacity = channel.Capacity,
                CloseHeight = 145, SettledBalance = channel.LocalBalance.ToSatoshi(), Kind = request.Force ? CloseKind.LocalForce : CloseKind.Cooperative, IsInitiator = true, ClosedByUs = true,
            });
        }
        yield return new CloseProgress(ClosingTx, false);
        yield return new CloseProgress(ClosingTx, true);
    }

    public static TxId ClosingTx { get; } = new(new Bytes32(SHA256.HashData("closing"u8)));

    public Task<IReadOnlyList<ChannelInfo>> ListChannelsAsync(CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<ChannelInfo>>([.. _channels]);

    public Task<IReadOnlyList<PendingChannel>> ListPendingChannelsAsync(CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<PendingChannel>>([.. Pending]);

    public Task<IReadOnlyList<ClosedChannel>> ListClosedChannelsAsync(CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<ClosedChannel>>([.. _closed]);

    public Task<ChannelBalance> GetChannelBalanceAsync(CancellationToken cancellation = default) => Task.FromResult(new ChannelBalance
    {
        Local = new MilliSatoshi(_channels.Sum(c => c.LocalBalance.Value)),
        Remote = new MilliSatoshi(_channels.Sum(c => c.RemoteBalance.Value)),
    });

    /// <summary>It has one channel that is open, and one that is being opened: with output 7.</summary>
    public Task<IReadOnlyList<FailedPolicyUpdate>> UpdateChannelPolicyAsync(UpdateChannelPolicyRequest request, CancellationToken cancellation = default)
    {
        LastRequest = request;
        return Task.FromResult<IReadOnlyList<FailedPolicyUpdate>>(request.Channel is { Index: 7 } pending ? [new FailedPolicyUpdate(pending, PolicyUpdateFailure.Pending, "not open")] : []);
    }

    /// <summary>One forward, and then nothing.</summary>
    public async IAsyncEnumerable<InterceptedForward> InterceptForwardsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        yield return Forward;
        await Task.Delay(Timeout.Infinite, cancellation);
    }

    /// <summary>What comes through it.</summary>
    public static readonly InterceptedForward Forward = new(
        new ShortChannelId(100, 1, 0), 7, new PaymentPreimage(new Bytes32(SHA256.HashData("forward"u8))).Hash, new MilliSatoshi(10_100), 500, new ShortChannelId(101, 2, 1), new MilliSatoshi(10_000), 420, 476, new Bytes(new byte[1366]));

    public Task ResolveForwardAsync(ForwardResolution resolution, CancellationToken cancellation = default)
    {
        LastRequest = resolution;
        return Task.CompletedTask;
    }

    /// <summary>The only whole backup that it takes.</summary>
    public static readonly Bytes Backup = new(SHA256.HashData("backup"u8));

    /// <summary>The channels of its backup; the second one it does not know.</summary>
    public static readonly ImmutableArray<BackedUpChannel> BackedUp = [.. new[] { 1u, 2u }.Select(index => new BackedUpChannel(new OutPoint(new TxId(Network.Regtest.GenesisHash.Value), index), Peer, new Bytes([(byte)index])))];

    public Task<NodeBackup> ExportBackupAsync(CancellationToken cancellation = default) => Task.FromResult(new NodeBackup(Backup, BackedUp));

    public async IAsyncEnumerable<NodeBackup> SubscribeBackupAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await Task.Yield();
        yield return new NodeBackup(Backup, []);
        yield return new NodeBackup(Backup, BackedUp);
    }

    public Task<IReadOnlyList<BackedUpChannel>> VerifyBackupAsync(Bytes backup, CancellationToken cancellation = default) => Task.FromResult(ChannelsOf(backup));

    public Task<IReadOnlyList<RestoredChannel>> RestoreBackupAsync(Bytes backup, CancellationToken cancellation = default) =>
        Task.FromResult<IReadOnlyList<RestoredChannel>>([.. ChannelsOf(backup).Select(channel => new RestoredChannel(channel.Funding, channel.Peer, IsNew: channel.Funding.Index == 2))]);

    private static IReadOnlyList<BackedUpChannel> ChannelsOf(Bytes backup) =>
        backup == Backup ? BackedUp
        : BackedUp.FirstOrDefault(channel => channel.Backup == backup) is { } one ? [one]
        : throw LightningException.InvalidArgument("The channel backup is damaged.");

    public Task<InvoiceInfo> AddInvoiceAsync(AddInvoiceRequest request, CancellationToken cancellation = default)
    {
        LastRequest = request;
        lock (_lock)
        {
            var preimage = request.Preimage ?? new PaymentPreimage(new Bytes32(SHA256.HashData([(byte)_invoices.Count, 1])));
            var hash = request.HoldFor ?? preimage.Hash;
            if (_invoices.Any(i => i.PaymentHash == hash)) throw LightningException.InvoiceAlreadyExists();
            var secret = new PaymentSecret(new Bytes32(SHA256.HashData(hash.Value.Span)));
            var text = Bolt11.Encode(new Invoice
            {
                Network = Network.Regtest, Amount = request.Amount, Timestamp = Now, PaymentHash = hash, PaymentSecret = secret,
                Description = request.DescriptionHash is null ? request.Description : null, DescriptionHash = request.DescriptionHash,
                Expiry = request.Expiry ?? TimeSpan.FromDays(1), MinFinalCltvExpiryDelta = request.MinFinalCltvExpiryDelta ?? 80,
                Features = DefaultFeatures.Invoice, Payee = Id,
            }, NodeKey);
            var invoice = new InvoiceInfo
            {
                AddIndex = (ulong)_invoices.Count + 1, PaymentHash = hash, Preimage = request.HoldFor is null ? preimage : null, PaymentSecret = secret, PaymentRequest = text,
                Description = request.Description, DescriptionHash = request.DescriptionHash, Amount = request.Amount, State = InvoiceState.Open, IsHold = request.HoldFor is not null,
                CreatedAt = Now, Expiry = request.Expiry ?? TimeSpan.FromDays(1), MinFinalCltvExpiryDelta = request.MinFinalCltvExpiryDelta ?? 80,
                HasPrivateChannels = request.IncludePrivateChannels, FeatureBits = [.. DefaultFeatures.Invoice.Bits()],
            };
            _invoices.Add(invoice);
            Tell(invoice);
            return Task.FromResult(invoice);
        }
    }

    /// <summary>Somebody pays one of our invoices.</summary>
    public void Settle(PaymentHash hash)
    {
        lock (_lock)
        {
            var at = _invoices.FindIndex(i => i.PaymentHash == hash);
            var invoice = _invoices[at];
            var amount = invoice.Amount ?? new MilliSatoshi(1000);
            _invoices[at] = invoice with
            {
                State = InvoiceState.Settled, SettledAt = Now.AddSeconds(1), SettleIndex = (ulong)_invoices.Count(i => i.State == InvoiceState.Settled) + 1, AmountPaid = amount,
                Htlcs =
                [
                    new InvoiceHtlc
                    {
                        ShortChannelId = new ShortChannelId(140, 1, 1), HtlcId = 0, Amount = amount, CltvExpiry = 224, AcceptHeight = 144, AcceptedAt = Now,
                        ResolvedAt = Now.AddSeconds(1), State = InvoiceHtlcState.Settled, TotalAmount = amount,
                    },
                ],
            };
            Tell(_invoices[at]);
        }
    }

    public Task<InvoiceInfo> LookupInvoiceAsync(PaymentHash paymentHash, CancellationToken cancellation = default) =>
        Task.FromResult(_invoices.FirstOrDefault(i => i.PaymentHash == paymentHash) ?? throw LightningException.UnknownInvoice());

    public Task<InvoicePage> ListInvoicesAsync(ListInvoicesQuery query, CancellationToken cancellation = default)
    {
        LastRequest = query;
        IEnumerable<InvoiceInfo> all = [.. _invoices];
        if (query.PendingOnly) all = all.Where(i => i.State is InvoiceState.Open or InvoiceState.Accepted);
        all = query.Reversed
            ? all.Where(i => query.Offset == 0 || i.AddIndex < query.Offset).TakeLast(query.Limit)
            : all.Where(i => i.AddIndex > query.Offset).Take(query.Limit);
        return Task.FromResult(new InvoicePage([.. all]));
    }

    public async IAsyncEnumerable<InvoiceInfo> SubscribeInvoicesAsync(ulong addIndex = 0, ulong settleIndex = 0, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var listener = Listen();
        await foreach (var invoice in listener.Reader.ReadAllAsync(cancellation)) yield return invoice;
    }

    public async IAsyncEnumerable<InvoiceInfo> SubscribeInvoiceAsync(PaymentHash paymentHash, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var listener = Listen();
        yield return await LookupInvoiceAsync(paymentHash, cancellation);
        await foreach (var invoice in listener.Reader.ReadAllAsync(cancellation))
        {
            if (invoice.PaymentHash != paymentHash) continue;
            yield return invoice;
            if (invoice.State is InvoiceState.Settled or InvoiceState.Canceled) yield break;
        }
    }

    public Task SettleInvoiceAsync(PaymentPreimage preimage, CancellationToken cancellation = default)
    {
        Settle(preimage.Hash);
        return Task.CompletedTask;
    }

    public Task CancelInvoiceAsync(PaymentHash paymentHash, CancellationToken cancellation = default) => throw LightningException.UnknownInvoice();

    public Task<DecodedInvoice> DecodeInvoiceAsync(string paymentRequest, CancellationToken cancellation = default)
    {
        var invoice = Decode(paymentRequest);
        return Task.FromResult(new DecodedInvoice
        {
            Destination = invoice.Payee, PaymentHash = invoice.PaymentHash, PaymentSecret = invoice.PaymentSecret, Amount = invoice.Amount, CreatedAt = invoice.Timestamp,
            Expiry = invoice.Expiry, Description = invoice.Description ?? "", DescriptionHash = invoice.DescriptionHash, MinFinalCltvExpiryDelta = invoice.MinFinalCltvExpiryDelta,
            FeatureBits = [.. invoice.Features.Bits()],
        });
    }

    public async IAsyncEnumerable<PaymentInfo> PayInvoiceAsync(PayInvoiceRequest request, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        LastRequest = request;
        await Task.Yield();
        var invoice = Decode(request.PaymentRequest);
        var amount = invoice.Amount ?? request.Amount ?? throw LightningException.InvalidArgument("amount must be specified when paying a zero amount invoice");
        var fee = new MilliSatoshi(1001);
        var hop = new RouteHop { NodeId = Peer, ShortChannelId = new ShortChannelId(140, 1, 1), ChannelCapacity = new Satoshi(1_000_000), AmountToForward = amount, Fee = fee, OutgoingCltvExpiry = 224 };
        var last = hop with { NodeId = invoice.Payee, ShortChannelId = new ShortChannelId(141, 1, 1), Fee = MilliSatoshi.Zero };
        var attempt = new PaymentAttempt { AttemptId = 1, Status = PaymentStatus.InFlight, Route = [hop, last], TotalAmount = amount + fee, TotalCltvExpiry = 264, SentAt = Now };
        PaymentInfo payment;
        lock (_lock)
        {
            if (_payments.Any(p => p.PaymentHash == invoice.PaymentHash && p.Status == PaymentStatus.Succeeded)) throw LightningException.AlreadyPaid();
            payment = new PaymentInfo
            {
                Index = (ulong)_payments.Count + 1, PaymentHash = invoice.PaymentHash, PaymentRequest = request.PaymentRequest, Destination = invoice.Payee, Amount = amount,
                Status = PaymentStatus.Initiated, CreatedAt = Now,
            };
            _payments.Add(payment);
        }
        yield return payment;
        yield return payment = payment with { Status = PaymentStatus.InFlight, Fee = fee, Attempts = [attempt] };
        var ours = _invoices.FirstOrDefault(i => i.PaymentHash == invoice.PaymentHash);
        payment = request.FeeLimit is { } limit && fee > limit
            ? payment with { Status = PaymentStatus.Failed, FailureReason = PaymentFailureReason.NoRoute, Fee = MilliSatoshi.Zero, Attempts = [] }
            : ours?.Preimage is { } preimage
            ? payment with { Status = PaymentStatus.Succeeded, Preimage = preimage, Attempts = [attempt with { Status = PaymentStatus.Succeeded, ResolvedAt = Now.AddSeconds(1) }] }
            : payment with
            {
                Status = PaymentStatus.Failed, FailureReason = PaymentFailureReason.IncorrectPaymentDetails, Fee = MilliSatoshi.Zero,
                Attempts = [attempt with { Status = PaymentStatus.Failed, ResolvedAt = Now.AddSeconds(1), Failure = new AttemptFailure(0x400F, 2) }],
            };
        lock (_lock) _payments[(int)payment.Index - 1] = payment;
        if (payment.Status == PaymentStatus.Succeeded) Settle(payment.PaymentHash);
        yield return payment;
    }

    public async IAsyncEnumerable<PaymentInfo> TrackPaymentAsync(PaymentHash paymentHash, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await Task.Yield();
        yield return _payments.FirstOrDefault(p => p.PaymentHash == paymentHash) ?? throw LightningException.UnknownPayment();
    }

    public Task<PaymentPage> ListPaymentsAsync(ListPaymentsQuery query, CancellationToken cancellation = default)
    {
        LastRequest = query;
        return Task.FromResult(new PaymentPage(
            [.. _payments.Where(p => query.IncludeIncomplete || p.Status == PaymentStatus.Succeeded).Where(p => p.Index > query.Offset)], query.CountTotal ? (ulong)_payments.Count : null));
    }

    /// <summary>The only payment of others that it ever saw.</summary>
    public static readonly Forward Passed = new()
    {
        Index = 8, SettledAt = Now, IncomingKey = new LocalChannelKey(1, 1), IncomingChannel = new ShortChannelId(140, 1, 1), IncomingHtlcId = 5,
        OutgoingKey = new LocalChannelKey(1, 2), OutgoingChannel = new ShortChannelId(141, 2, 0), OutgoingHtlcId = 6, AmountIn = new MilliSatoshi(501_500), AmountOut = new MilliSatoshi(500_000),
    };

    public Task<ForwardPage> ListForwardsAsync(ListForwardsQuery query, CancellationToken cancellation = default)
    {
        LastRequest = query;
        return Task.FromResult(new ForwardPage([Passed], query.Offset + 1));
    }

    public Task<FeeReport> GetFeeReportAsync(CancellationToken cancellation = default) => Task.FromResult(new FeeReport(
        [new ChannelFees(BackedUp[0].Funding, new ShortChannelId(140, 1, 1), new MilliSatoshi(1_000), 250)], new MilliSatoshi(1_500), new MilliSatoshi(20_000), new MilliSatoshi(300_999)));

    public Task<IAsyncEnumerable<HtlcEvent>> SubscribeHtlcEventsAsync(CancellationToken cancellation = default) => Task.FromResult(Events());

    private static async IAsyncEnumerable<HtlcEvent> Events()
    {
        await Task.Yield();
        var offered = new HtlcEvent
        {
            Kind = HtlcEventKind.Forwarded, At = Now, IncomingChannel = Passed.IncomingChannel, IncomingHtlcId = 5, OutgoingChannel = Passed.OutgoingChannel, OutgoingHtlcId = 6,
            AmountIn = Passed.AmountIn, AmountOut = Passed.AmountOut, ExpiryIn = 300, ExpiryOut = 220,
        };
        yield return offered;
        yield return offered with { Kind = HtlcEventKind.Settled, Preimage = new PaymentPreimage(new Bytes32(SHA256.HashData("paid"u8))) };
        yield return offered with { Kind = HtlcEventKind.Failed, IncomingHtlcId = 7 };
        yield return offered with { Kind = HtlcEventKind.Refused, IncomingHtlcId = 8, OutgoingHtlcId = null, AmountOut = null, ExpiryOut = null, Refusal = AddRefusal.InsufficientBalance };
    }

    private static Invoice Decode(string text)
    {
        try
        {
            return Bolt11.Decode(text);
        }
        catch (FormatException e)
        {
            throw LightningException.InvalidArgument(e.Message);
        }
    }

    private Channel<InvoiceInfo> Listen()
    {
        var listener = Channel.CreateUnbounded<InvoiceInfo>();
        lock (_lock) _listeners.Add(listener);
        return listener;
    }

    private void Tell(InvoiceInfo invoice)
    {
        foreach (var listener in _listeners) listener.Writer.TryWrite(invoice);
    }
}
