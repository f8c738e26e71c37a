using System.CommandLine;
using Lightning.Actors.Api;
using Lightning.Node.Configuration;

namespace Lightning.Node.Commands;

/// <summary>Who the node is, its wallet, its peers.</summary>
internal static class NodeCommands
{
    public static IEnumerable<Command> Create(CommandContext context)
    {
        yield return ClientCommand.Unary(context, "getinfo", "Who the node is and how far it has come.", [],
            (_, client, cancellation) => client.Lightning.GetInfoAsync(new Lnrpc.GetInfoRequest(), cancellationToken: cancellation),
            (info, printer) => printer.Pairs(
                ("node id", info.IdentityPubkey),
                ("alias", info.Alias),
                ("network", string.Join(", ", info.Chains.Select(c => c.Network))),
                ("block height", $"{Printer.Number(info.BlockHeight)}{(info.SyncedToChain ? "" : " (catching up)")}"),
                ("peers", Printer.Number(info.NumPeers)),
                ("channels", $"{info.NumActiveChannels} active, {info.NumInactiveChannels} inactive, {info.NumPendingChannels} pending"),
                ("graph", info.SyncedToGraph ? "known" : "still being learned"),
                ("addresses", string.Join(", ", info.Uris)),
                ("version", info.Version)));

        var type = new Option<string>("--type") { HelpName = "TYPE", Description = "p2wpkh; np2wpkh and p2tr where the wallet has them, which Bitcoin Core's of this node has not.", DefaultValueFactory = _ => "p2wpkh" };
        type.AcceptOnlyFromAmong("p2wpkh", "np2wpkh", "p2tr");
        yield return ClientCommand.Unary(context, "newaddress", "A fresh on-chain address of the node's wallet.", [type],
            (parsed, client, cancellation) => client.Lightning.NewAddressAsync(new Lnrpc.NewAddressRequest
            {
                Type = parsed.GetValue(type) switch { "np2wpkh" => Lnrpc.AddressType.NestedPubkeyHash, "p2tr" => Lnrpc.AddressType.TaprootPubkey, _ => Lnrpc.AddressType.WitnessPubkeyHash },
            }, cancellationToken: cancellation),
            (answer, printer) => printer.Line(answer.Address));

        yield return ClientCommand.Unary(context, "walletbalance", "What the on-chain wallet holds.", [],
            (_, client, cancellation) => client.Lightning.WalletBalanceAsync(new Lnrpc.WalletBalanceRequest(), cancellationToken: cancellation),
            (balance, printer) => printer.Pairs(
                ("total", Sat(balance.TotalBalance)), ("confirmed", Sat(balance.ConfirmedBalance)), ("unconfirmed", Sat(balance.UnconfirmedBalance)), ("locked", Sat(balance.LockedBalance))));

        yield return ClientCommand.Unary(context, "channelbalance", "What all channels hold together.", [],
            (_, client, cancellation) => client.Lightning.ChannelBalanceAsync(new Lnrpc.ChannelBalanceRequest(), cancellationToken: cancellation),
            (balance, printer) => printer.Pairs(
                ("ours", Msat(balance.LocalBalance)), ("peers'", Msat(balance.RemoteBalance)), ("ours, on the way", Msat(balance.UnsettledLocalBalance)),
                ("peers', on the way", Msat(balance.UnsettledRemoteBalance)), ("ours, being opened", Msat(balance.PendingOpenLocalBalance))));

        var address = new Argument<string>("peer") { HelpName = "NODEID@HOST[:PORT]", Description = "Whom to connect to, and where." };
        yield return ClientCommand.Unary(context, "connect", "Connects to a peer and keeps the connection up.", [address],
            (parsed, client, cancellation) => client.Lightning.ConnectPeerAsync(ToConnect(parsed.GetValue(address)!), cancellationToken: cancellation),
            (answer, printer) => printer.Line(answer.Status));

        yield return ClientCommand.Unary(context, "listpeers", "The peers that are connected.", [],
            (_, client, cancellation) => client.Lightning.ListPeersAsync(new Lnrpc.ListPeersRequest(), cancellationToken: cancellation),
            (answer, printer) => printer.Table(
                ["node id", "address", "direction", "ping (ms)", "sent (bytes)", "received (bytes)"],
                answer.Peers.Select(p => (IReadOnlyList<string>)[p.PubKey, p.Address, p.Inbound ? "in" : "out", Printer.Number(p.PingTime / 1000), Printer.Number((long)p.BytesSent), Printer.Number((long)p.BytesRecv)]),
                "No peers are connected."));

        var peer = new Argument<string>("peer") { HelpName = "NODEID", Description = "Whom to disconnect." };
        yield return ClientCommand.Unary(context, "disconnect", "Ends the connection to a peer.", [peer],
            (parsed, client, cancellation) => client.Lightning.DisconnectPeerAsync(new Lnrpc.DisconnectPeerRequest { PubKey = parsed.GetValue(peer) }, cancellationToken: cancellation),
            (answer, printer) => printer.Line(answer.Status));

        yield return ClientCommand.Unary(context, "stop", "Stops the node in good order.", [],
            (_, client, cancellation) => client.Lightning.StopDaemonAsync(new Lnrpc.StopRequest(), cancellationToken: cancellation),
            (answer, printer) => printer.Line(answer.Status));
    }

    /// <summary>The call that connects to <c>nodeid@host:port</c>.</summary>
    public static Lnrpc.ConnectPeerRequest ToConnect(string text)
    {
        try
        {
            var peer = PeerAddress.Parse(text);
            return new Lnrpc.ConnectPeerRequest { Addr = new Lnrpc.LightningAddress { Pubkey = peer.NodeId.ToString(), Host = peer.ToString().Split('@')[1] }, Perm = true };
        }
        catch (FormatException e)
        {
            throw new ConfigurationException(e.Message);
        }
    }

    private static string Sat(long value) => $"{Printer.Number(value)} sat";

    private static string Msat(Lnrpc.Amount? amount) => Printer.Amount((long)(amount?.Msat ?? 0));
}
