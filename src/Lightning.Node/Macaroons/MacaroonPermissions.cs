using System.Collections.Frozen;

namespace Lightning.Node.Macaroons;

/// <summary>Which permission each call needs, and which permissions the node's own macaroons carry.</summary>
public static class MacaroonPermissions
{
    private static readonly string[] Entities = ["onchain", "offchain", "address", "message", "peers", "info", "invoices", "signer", "macaroon"];

    /// <summary>May look at everything and change nothing.</summary>
    public static IReadOnlyList<MacaroonPermission> ReadOnly { get; } = [.. Entities.Select(e => new MacaroonPermission(e, "read"))];

    /// <summary>May do everything.</summary>
    public static IReadOnlyList<MacaroonPermission> Admin { get; } =
    [
        .. ReadOnly,
        .. Entities.Select(e => new MacaroonPermission(e, e == "signer" ? "generate" : "write")),
        new("macaroon", "generate"),
    ];

    /// <summary>May ask for money and see it come, as a shop does.</summary>
    public static IReadOnlyList<MacaroonPermission> Invoice { get; } =
    [
        new("invoices", "read"), new("invoices", "write"), new("address", "read"), new("address", "write"), new("onchain", "read"),
    ];

    /// <summary>
    /// The permissions each method asks for, by its gRPC path. An empty list needs no macaroon; a method that is not here is refused to everybody.
    /// </summary>
    public static FrozenDictionary<string, IReadOnlyList<MacaroonPermission>> ByMethod { get; } =
        new Dictionary<string, IReadOnlyList<MacaroonPermission>>(StringComparer.Ordinal)
        {
            ["/lnrpc.State/GetState"] = [],
            ["/lnrpc.State/SubscribeState"] = [],
            ["/lnrpc.Lightning/GetInfo"] = [new("info", "read")],
            ["/lnrpc.Lightning/StopDaemon"] = [new("info", "write")],
            ["/lnrpc.Lightning/NewAddress"] = [new("address", "write")],
            ["/lnrpc.Lightning/WalletBalance"] = [new("onchain", "read")],
            ["/lnrpc.Lightning/ChannelBalance"] = [new("offchain", "read")],
            ["/lnrpc.Lightning/ConnectPeer"] = [new("peers", "write")],
            ["/lnrpc.Lightning/DisconnectPeer"] = [new("peers", "write")],
            ["/lnrpc.Lightning/ListPeers"] = [new("peers", "read")],
            ["/lnrpc.Lightning/OpenChannelSync"] = [new("onchain", "write"), new("offchain", "write")],
            ["/lnrpc.Lightning/OpenChannel"] = [new("onchain", "write"), new("offchain", "write")],
            ["/lnrpc.Lightning/CloseChannel"] = [new("onchain", "write"), new("offchain", "write")],
            ["/lnrpc.Lightning/ListChannels"] = [new("offchain", "read")],
            ["/lnrpc.Lightning/PendingChannels"] = [new("offchain", "read")],
            ["/lnrpc.Lightning/ClosedChannels"] = [new("offchain", "read")],
            ["/lnrpc.Lightning/UpdateChannelPolicy"] = [new("offchain", "write")],
            ["/lnrpc.Lightning/ExportChannelBackup"] = [new("offchain", "read")],
            ["/lnrpc.Lightning/ExportAllChannelBackups"] = [new("offchain", "read")],
            ["/lnrpc.Lightning/VerifyChanBackup"] = [new("offchain", "read")],
            ["/lnrpc.Lightning/RestoreChannelBackups"] = [new("offchain", "write")],
            ["/lnrpc.Lightning/SubscribeChannelBackups"] = [new("offchain", "read")],
            ["/lnrpc.Lightning/AddInvoice"] = [new("invoices", "write")],
            ["/lnrpc.Lightning/LookupInvoice"] = [new("invoices", "read")],
            ["/lnrpc.Lightning/ListInvoices"] = [new("invoices", "read")],
            ["/lnrpc.Lightning/SubscribeInvoices"] = [new("invoices", "read")],
            ["/lnrpc.Lightning/DecodePayReq"] = [new("offchain", "read")],
            ["/lnrpc.Lightning/ListPayments"] = [new("offchain", "read")],
            ["/lnrpc.Lightning/ForwardingHistory"] = [new("offchain", "read")],
            ["/lnrpc.Lightning/FeeReport"] = [new("offchain", "read")],
            ["/routerrpc.Router/SendPaymentV2"] = [new("offchain", "write")],
            ["/routerrpc.Router/HtlcInterceptor"] = [new("offchain", "write")],
            ["/routerrpc.Router/TrackPaymentV2"] = [new("offchain", "read")],
            ["/routerrpc.Router/SubscribeHtlcEvents"] = [new("offchain", "read")],
            ["/invoicesrpc.Invoices/SubscribeSingleInvoice"] = [new("invoices", "read")],
            ["/invoicesrpc.Invoices/AddHoldInvoice"] = [new("invoices", "write")],
            ["/invoicesrpc.Invoices/SettleInvoice"] = [new("invoices", "write")],
            ["/invoicesrpc.Invoices/CancelInvoice"] = [new("invoices", "write")],
            ["/invoicesrpc.Invoices/LookupInvoiceV2"] = [new("invoices", "write")],
            ["/verrpc.Versioner/GetVersion"] = [new("info", "read")],
        }.ToFrozenDictionary(StringComparer.Ordinal);
}
