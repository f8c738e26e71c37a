namespace Lightning.Actors.Api;

/// <summary>
/// One Lightning node, as a program sees it that runs or embeds it. Every method is safe to call from several threads at once.
/// All of them throw <see cref="LightningException"/> for what the caller can understand, and <see cref="OperationCanceledException"/>
/// when <c>cancellation</c> is cancelled: that only ends the waiting, never what was durably begun (a payment, an opening, a closing).
/// </summary>
public interface ILightningNode
{
    /// <summary>Who this node is and how far it has come with the chain.</summary>
    Task<NodeInfo> GetInfoAsync(CancellationToken cancellation = default);

    /// <summary>A fresh on-chain address of this node's wallet.</summary>
    Task<string> NewAddressAsync(AddressType type = AddressType.WitnessPubKeyHash, CancellationToken cancellation = default);

    /// <summary>The on-chain wallet's balance.</summary>
    Task<WalletBalance> GetWalletBalanceAsync(CancellationToken cancellation = default);

    /// <summary>Connects to a peer, does the handshake and exchanges <c>init</c> (BOLT 1, BOLT 8); remembers the peer when <paramref name="persistent"/>.</summary>
    /// <exception cref="LightningException"><see cref="LightningErrorKind.AlreadyConnected"/>; <see cref="LightningErrorKind.Unavailable"/> when nobody answers there.</exception>
    Task ConnectPeerAsync(PeerAddress peer, bool persistent = true, CancellationToken cancellation = default);

    /// <summary>Ends the connection to a peer and does not make a new one by itself.</summary>
    /// <exception cref="LightningException"><see cref="LightningErrorKind.PeerNotConnected"/>; <see cref="LightningErrorKind.FailedPrecondition"/> while channels need the peer.</exception>
    Task DisconnectPeerAsync(NodeId peer, CancellationToken cancellation = default);

    /// <summary>The peers connected now.</summary>
    Task<IReadOnlyList<PeerInfo>> ListPeersAsync(CancellationToken cancellation = default);

    /// <summary>Opens a channel (BOLT 2). Completes once the funding transaction is published; the channel is usable when <see cref="WaitForChannelReadyAsync"/> completes.</summary>
    /// <returns>The funding outpoint.</returns>
    /// <exception cref="LightningException"><see cref="LightningErrorKind.PeerNotConnected"/>, <see cref="LightningErrorKind.InsufficientFunds"/>,
    /// <see cref="LightningErrorKind.InvalidArgument"/>, <see cref="LightningErrorKind.RejectedByPeer"/>.</exception>
    Task<OutPoint> OpenChannelAsync(OpenChannelRequest request, CancellationToken cancellation = default);

    /// <summary>Completes once both sides have sent <c>channel_ready</c> (BOLT 2) for the channel.</summary>
    /// <exception cref="LightningException"><see cref="LightningErrorKind.NotFound"/>; <see cref="LightningErrorKind.FailedPrecondition"/> when the channel closes before.</exception>
    Task<ChannelInfo> WaitForChannelReadyAsync(OutPoint funding, CancellationToken cancellation = default);

    /// <summary>Closes a channel. Yields the closing transaction when it is published, then the same when it is confirmed, and ends.</summary>
    /// <exception cref="LightningException"><see cref="LightningErrorKind.NotFound"/>; <see cref="LightningErrorKind.PeerNotConnected"/> for a cooperative closing.</exception>
    IAsyncEnumerable<CloseProgress> CloseChannelAsync(CloseChannelRequest request, CancellationToken cancellation = default);

    /// <summary>The channels that are open: both <c>channel_ready</c> exchanged, not closing. Those whose peer is away are included.</summary>
    Task<IReadOnlyList<ChannelInfo>> ListChannelsAsync(CancellationToken cancellation = default);

    /// <summary>
    /// Changes the terms on which forwards over a channel, or all open ones, are taken, durably, and tells the peer and the network. Payments that were made to the terms before are forwarded for ten minutes more.
    /// </summary>
    /// <returns>The channels whose terms could not be changed; those of all others are.</returns>
    Task<IReadOnlyList<FailedPolicyUpdate>> UpdateChannelPolicyAsync(UpdateChannelPolicyRequest request, CancellationToken cancellation = default);

    /// <summary>
    /// Every payment that would go through the channels of this process, held until <see cref="ResolveForwardAsync"/> says what becomes of it; one may come again after a channel has started again. When the
    /// enumeration ends all that is held goes on.
    /// </summary>
    /// <exception cref="LightningException"><see cref="LightningErrorKind.FailedPrecondition"/> where somebody does so already.</exception>
    IAsyncEnumerable<InterceptedForward> InterceptForwardsAsync(CancellationToken cancellation = default);

    /// <summary>Decides about a held payment.</summary>
    /// <exception cref="LightningException"><see cref="LightningErrorKind.NotFound"/> where it is not held any more; <see cref="LightningErrorKind.InvalidArgument"/> for a preimage that does not fit.</exception>
    Task ResolveForwardAsync(ForwardResolution resolution, CancellationToken cancellation = default);

    /// <summary>The channels on their way up or down, each with its stage.</summary>
    Task<IReadOnlyList<PendingChannel>> ListPendingChannelsAsync(CancellationToken cancellation = default);

    /// <summary>The channels that are gone, down to their last output.</summary>
    Task<IReadOnlyList<ClosedChannel>> ListClosedChannelsAsync(CancellationToken cancellation = default);

    /// <summary>What all channels hold together.</summary>
    Task<ChannelBalance> GetChannelBalanceAsync(CancellationToken cancellation = default);

    /// <summary>
    /// A backup of all channels, as the file <c>channel.backup</c> in the data folder holds it. It changes with every channel that opens or closes, not with payments, and can be restored
    /// by whoever has the node's seed: the channels are closed then, by their peers.
    /// </summary>
    Task<NodeBackup> ExportBackupAsync(CancellationToken cancellation = default);

    /// <summary>The backup as it is now, then after each change. Never ends by itself.</summary>
    IAsyncEnumerable<NodeBackup> SubscribeBackupAsync(CancellationToken cancellation = default);

    /// <summary>Looks at a backup: whether this node can restore it, and what is in it.</summary>
    /// <exception cref="LightningException"><see cref="LightningErrorKind.InvalidArgument"/>: it is of another seed or network, damaged, cut off, of a later version, or something else.</exception>
    Task<IReadOnlyList<BackedUpChannel>> VerifyBackupAsync(Bytes backup, CancellationToken cancellation = default);

    /// <summary>
    /// Restores channels from a backup: each peer is asked to close, and what its commitment, or one of this node, pays to this node is swept. A channel that this node knows already is left
    /// alone. May be repeated. Completes once it is durable that they are to be restored, which goes on by itself.
    /// </summary>
    /// <exception cref="LightningException"><see cref="LightningErrorKind.InvalidArgument"/>, as for <see cref="VerifyBackupAsync"/>.</exception>
    Task<IReadOnlyList<RestoredChannel>> RestoreBackupAsync(Bytes backup, CancellationToken cancellation = default);

    /// <summary>Makes and stores an invoice (BOLT 11).</summary>
    /// <exception cref="LightningException"><see cref="LightningErrorKind.InvoiceAlreadyExists"/>, <see cref="LightningErrorKind.InvalidArgument"/>.</exception>
    Task<InvoiceInfo> AddInvoiceAsync(AddInvoiceRequest request, CancellationToken cancellation = default);

    /// <summary>One invoice.</summary>
    /// <exception cref="LightningException"><see cref="LightningErrorKind.NotFound"/>.</exception>
    Task<InvoiceInfo> LookupInvoiceAsync(PaymentHash paymentHash, CancellationToken cancellation = default);

    /// <summary>A page of the invoices.</summary>
    Task<InvoicePage> ListInvoicesAsync(ListInvoicesQuery query, CancellationToken cancellation = default);

    /// <summary>
    /// Invoices as they are added and as they are settled, from now on; first the older ones past the given indexes, where these are not zero
    /// (an invoice is added at <see cref="InvoiceInfo.AddIndex"/> and settled at <see cref="InvoiceInfo.SettleIndex"/>). Nothing between is missed.
    /// Never ends by itself.
    /// </summary>
    IAsyncEnumerable<InvoiceInfo> SubscribeInvoicesAsync(ulong addIndex = 0, ulong settleIndex = 0, CancellationToken cancellation = default);

    /// <summary>One invoice: as it is now, then after each change of state. Ends once it is settled or cancelled.</summary>
    /// <exception cref="LightningException"><see cref="LightningErrorKind.NotFound"/>.</exception>
    IAsyncEnumerable<InvoiceInfo> SubscribeInvoiceAsync(PaymentHash paymentHash, CancellationToken cancellation = default);

    /// <summary>Settles a held invoice whose payment has arrived (<see cref="InvoiceState.Accepted"/>), by its preimage.</summary>
    /// <exception cref="LightningException"><see cref="LightningErrorKind.NotFound"/>; <see cref="LightningErrorKind.FailedPrecondition"/> when not paid, settled or cancelled.</exception>
    Task SettleInvoiceAsync(PaymentPreimage preimage, CancellationToken cancellation = default);

    /// <summary>Cancels an invoice that is not settled; a payment held for it goes back. Does nothing when it is cancelled already.</summary>
    /// <exception cref="LightningException"><see cref="LightningErrorKind.NotFound"/>; <see cref="LightningErrorKind.FailedPrecondition"/> when settled.</exception>
    Task CancelInvoiceAsync(PaymentHash paymentHash, CancellationToken cancellation = default);

    /// <summary>Reads an invoice (BOLT 11) and checks its signature.</summary>
    /// <exception cref="LightningException"><see cref="LightningErrorKind.InvalidArgument"/>.</exception>
    Task<DecodedInvoice> DecodeInvoiceAsync(string paymentRequest, CancellationToken cancellation = default);

    /// <summary>
    /// Pays an invoice. Yields the payment after every change and ends with the one that succeeded or failed: a failed payment is a result,
    /// no exception. One payment hash is never paid twice. Who stops listening does not stop the payment: <see cref="TrackPaymentAsync"/> listens again.
    /// </summary>
    /// <exception cref="LightningException"><see cref="LightningErrorKind.AlreadyPaid"/>, <see cref="LightningErrorKind.PaymentInTransition"/>,
    /// <see cref="LightningErrorKind.InvoiceExpired"/>, <see cref="LightningErrorKind.InvalidArgument"/>.</exception>
    IAsyncEnumerable<PaymentInfo> PayInvoiceAsync(PayInvoiceRequest request, CancellationToken cancellation = default);

    /// <summary>One payment: as it is now, then after each change. Ends once it has succeeded or failed.</summary>
    /// <exception cref="LightningException"><see cref="LightningErrorKind.NotFound"/>.</exception>
    IAsyncEnumerable<PaymentInfo> TrackPaymentAsync(PaymentHash paymentHash, CancellationToken cancellation = default);

    /// <summary>A page of the outgoing payments.</summary>
    Task<PaymentPage> ListPaymentsAsync(ListPaymentsQuery query, CancellationToken cancellation = default);

    /// <summary>A page of the payments of others that were settled through this node, in the order in which they were settled.</summary>
    /// <exception cref="LightningException"><see cref="LightningErrorKind.InvalidArgument"/>.</exception>
    Task<ForwardPage> ListForwardsAsync(ListForwardsQuery query, CancellationToken cancellation = default);

    /// <summary>What this node asks for passing payments on, and what it has earned so.</summary>
    Task<FeeReport> GetFeeReportAsync(CancellationToken cancellation = default);

    /// <summary>What happens to payments of others on their way through this node, from the moment at which this completes. Nothing after it is missed. The stream never ends by itself.</summary>
    Task<IAsyncEnumerable<HtlcEvent>> SubscribeHtlcEventsAsync(CancellationToken cancellation = default);
}
