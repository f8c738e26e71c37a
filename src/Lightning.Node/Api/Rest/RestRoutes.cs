using Lightning.Node.Api.Services;

namespace Lightning.Node.Api.Rest;

/// <summary>The whole REST API, one line a call.</summary>
internal static class RestRoutes
{
    private const string L = "/lnrpc.Lightning/", R = "/routerrpc.Router/", I = "/invoicesrpc.Invoices/", S = "/lnrpc.State/";

    public static IReadOnlyList<RestRoute> All { get; } =
    [
        RestRoute.Unary<LightningService, Lnrpc.GetInfoRequest, Lnrpc.GetInfoResponse>("GET", "/v1/getinfo", L + "GetInfo", s => s.GetInfo),
        RestRoute.Unary<LightningService, Lnrpc.StopRequest, Lnrpc.StopResponse>("POST", "/v1/stop", L + "StopDaemon", s => s.StopDaemon),
        RestRoute.Unary<LightningService, Lnrpc.NewAddressRequest, Lnrpc.NewAddressResponse>("GET", "/v1/newaddress", L + "NewAddress", s => s.NewAddress),
        RestRoute.Unary<LightningService, Lnrpc.WalletBalanceRequest, Lnrpc.WalletBalanceResponse>("GET", "/v1/balance/blockchain", L + "WalletBalance", s => s.WalletBalance),
        RestRoute.Unary<LightningService, Lnrpc.ChannelBalanceRequest, Lnrpc.ChannelBalanceResponse>("GET", "/v1/balance/channels", L + "ChannelBalance", s => s.ChannelBalance),

        RestRoute.Unary<LightningService, Lnrpc.ConnectPeerRequest, Lnrpc.ConnectPeerResponse>("POST", "/v1/peers", L + "ConnectPeer", s => s.ConnectPeer),
        RestRoute.Unary<LightningService, Lnrpc.DisconnectPeerRequest, Lnrpc.DisconnectPeerResponse>("DELETE", "/v1/peers/{pub_key}", L + "DisconnectPeer", s => s.DisconnectPeer),
        RestRoute.Unary<LightningService, Lnrpc.ListPeersRequest, Lnrpc.ListPeersResponse>("GET", "/v1/peers", L + "ListPeers", s => s.ListPeers),

        RestRoute.Unary<LightningService, Lnrpc.OpenChannelRequest, Lnrpc.ChannelPoint>("POST", "/v1/channels", L + "OpenChannelSync", s => s.OpenChannelSync),
        RestRoute.Stream<LightningService, Lnrpc.OpenChannelRequest, Lnrpc.OpenStatusUpdate>("POST", "/v1/channels/stream", L + "OpenChannel", s => s.OpenChannel),
        RestRoute.Stream<LightningService, Lnrpc.CloseChannelRequest, Lnrpc.CloseStatusUpdate>("DELETE", "/v1/channels/{channel_point.funding_txid_str}/{channel_point.output_index}", L + "CloseChannel", s => s.CloseChannel),
        RestRoute.Unary<LightningService, Lnrpc.ListChannelsRequest, Lnrpc.ListChannelsResponse>("GET", "/v1/channels", L + "ListChannels", s => s.ListChannels),
        RestRoute.Unary<LightningService, Lnrpc.PendingChannelsRequest, Lnrpc.PendingChannelsResponse>("GET", "/v1/channels/pending", L + "PendingChannels", s => s.PendingChannels),
        RestRoute.Unary<LightningService, Lnrpc.ClosedChannelsRequest, Lnrpc.ClosedChannelsResponse>("GET", "/v1/channels/closed", L + "ClosedChannels", s => s.ClosedChannels),
        RestRoute.Unary<LightningService, Lnrpc.PolicyUpdateRequest, Lnrpc.PolicyUpdateResponse>("POST", "/v1/chanpolicy", L + "UpdateChannelPolicy", s => s.UpdateChannelPolicy),

        RestRoute.Unary<LightningService, Lnrpc.ExportChannelBackupRequest, Lnrpc.ChannelBackup>("GET", "/v1/channels/backup/{chan_point.funding_txid_str}/{chan_point.output_index}", L + "ExportChannelBackup", s => s.ExportChannelBackup),
        RestRoute.Unary<LightningService, Lnrpc.ChanBackupExportRequest, Lnrpc.ChanBackupSnapshot>("GET", "/v1/channels/backup", L + "ExportAllChannelBackups", s => s.ExportAllChannelBackups),
        RestRoute.Unary<LightningService, Lnrpc.ChanBackupSnapshot, Lnrpc.VerifyChanBackupResponse>("POST", "/v1/channels/backup/verify", L + "VerifyChanBackup", s => s.VerifyChanBackup),
        RestRoute.Unary<LightningService, Lnrpc.RestoreChanBackupRequest, Lnrpc.RestoreBackupResponse>("POST", "/v1/channels/backup/restore", L + "RestoreChannelBackups", s => s.RestoreChannelBackups),
        RestRoute.Stream<LightningService, Lnrpc.ChannelBackupSubscription, Lnrpc.ChanBackupSnapshot>("GET", "/v1/channels/backup/subscribe", L + "SubscribeChannelBackups", s => s.SubscribeChannelBackups),

        RestRoute.Unary<LightningService, Lnrpc.Invoice, Lnrpc.AddInvoiceResponse>("POST", "/v1/invoices", L + "AddInvoice", s => s.AddInvoice),
        RestRoute.Unary<LightningService, Lnrpc.PaymentHash, Lnrpc.Invoice>("GET", "/v1/invoice/{r_hash_str?}", L + "LookupInvoice", s => s.LookupInvoice),
        RestRoute.Unary<LightningService, Lnrpc.ListInvoiceRequest, Lnrpc.ListInvoiceResponse>("GET", "/v1/invoices", L + "ListInvoices", s => s.ListInvoices),
        RestRoute.Stream<LightningService, Lnrpc.InvoiceSubscription, Lnrpc.Invoice>("GET", "/v1/invoices/subscribe", L + "SubscribeInvoices", s => s.SubscribeInvoices),
        RestRoute.Unary<LightningService, Lnrpc.PayReqString, Lnrpc.PayReq>("GET", "/v1/payreq/{pay_req}", L + "DecodePayReq", s => s.DecodePayReq),
        RestRoute.Unary<LightningService, Lnrpc.ListPaymentsRequest, Lnrpc.ListPaymentsResponse>("GET", "/v1/payments", L + "ListPayments", s => s.ListPayments),
        RestRoute.Unary<LightningService, Lnrpc.ForwardingHistoryRequest, Lnrpc.ForwardingHistoryResponse>("POST", "/v1/switch", L + "ForwardingHistory", s => s.ForwardingHistory),
        RestRoute.Unary<LightningService, Lnrpc.FeeReportRequest, Lnrpc.FeeReportResponse>("GET", "/v1/fees", L + "FeeReport", s => s.FeeReport),

        RestRoute.Stream<RouterService, Routerrpc.SendPaymentRequest, Lnrpc.Payment>("POST", "/v2/router/send", R + "SendPaymentV2", s => s.SendPaymentV2),
        RestRoute.Stream<RouterService, Routerrpc.TrackPaymentRequest, Lnrpc.Payment>("GET", "/v2/router/track/{payment_hash}", R + "TrackPaymentV2", s => s.TrackPaymentV2),
        RestRoute.Stream<RouterService, Routerrpc.SubscribeHtlcEventsRequest, Routerrpc.HtlcEvent>("GET", "/v2/router/htlcevents", R + "SubscribeHtlcEvents", s => s.SubscribeHtlcEvents),
        RestRoute.Duplex<RouterService, Routerrpc.ForwardHtlcInterceptResponse, Routerrpc.ForwardHtlcInterceptRequest>("POST", "/v2/router/htlcinterceptor", R + "HtlcInterceptor", s => s.HtlcInterceptor),

        RestRoute.Stream<InvoicesService, Invoicesrpc.SubscribeSingleInvoiceRequest, Lnrpc.Invoice>("GET", "/v2/invoices/subscribe/{r_hash}", I + "SubscribeSingleInvoice", s => s.SubscribeSingleInvoice),
        RestRoute.Unary<InvoicesService, Invoicesrpc.AddHoldInvoiceRequest, Invoicesrpc.AddHoldInvoiceResp>("POST", "/v2/invoices/hodl", I + "AddHoldInvoice", s => s.AddHoldInvoice),
        RestRoute.Unary<InvoicesService, Invoicesrpc.SettleInvoiceMsg, Invoicesrpc.SettleInvoiceResp>("POST", "/v2/invoices/settle", I + "SettleInvoice", s => s.SettleInvoice),
        RestRoute.Unary<InvoicesService, Invoicesrpc.CancelInvoiceMsg, Invoicesrpc.CancelInvoiceResp>("POST", "/v2/invoices/cancel", I + "CancelInvoice", s => s.CancelInvoice),
        RestRoute.Unary<InvoicesService, Invoicesrpc.LookupInvoiceMsg, Lnrpc.Invoice>("GET", "/v2/invoices/lookup", I + "LookupInvoiceV2", s => s.LookupInvoiceV2),

        RestRoute.Unary<VersionerService, Verrpc.VersionRequest, Verrpc.Version>("GET", "/v2/versioner/version", "/verrpc.Versioner/GetVersion", s => s.GetVersion),
        RestRoute.Unary<StateService, Lnrpc.GetStateRequest, Lnrpc.GetStateResponse>("GET", "/v1/state", S + "GetState", s => s.GetState),
        RestRoute.Stream<StateService, Lnrpc.SubscribeStateRequest, Lnrpc.SubscribeStateResponse>("GET", "/v1/state/subscribe", S + "SubscribeState", s => s.SubscribeState),
    ];
}
