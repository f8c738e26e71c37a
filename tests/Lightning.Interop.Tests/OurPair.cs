using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lightning.Interop.Tests.Peers;

namespace Lightning.Interop.Tests;

/// <summary>bitcoind and two nodes of ours, each with a wallet of its own in it, and the channel that alice opened to bob.</summary>
internal sealed class OurPair : IAsyncDisposable
{
    public const string Alice = "alice";
    public const string Bob = "bob";

    private OurPair(Bitcoind bitcoind, LightningNode alice, LightningNode bob) => (Bitcoind, A, B) = (bitcoind, alice, bob);

    public Bitcoind Bitcoind { get; }

    /// <summary>alice, who opens the channel and pays for the commitment.</summary>
    public LightningNode A { get; }

    /// <summary>bob.</summary>
    public LightningNode B { get; }

    public string FundingTxid { get; private set; } = "";

    public uint FundingIndex { get; private set; }

    public static async Task<OurPair> StartAsync(params string[] bitcoindArguments)
    {
        var bitcoind = await Bitcoind.StartAsync(bitcoindArguments);
        var (startingAlice, startingBob) = (StartNodeAsync(Alice), StartNodeAsync(Bob));
        var (alice, bob) = (await startingAlice, await startingBob);

        // Several coins each: a claim's coin must not be the change of another claim that waits for its block.
        for (var i = 0; i < 3; i++)
        {
            await alice.FundAsync(bitcoind, 0.1m * (i + 1));
            await bob.FundAsync(bitcoind, 0.1m * (i + 1));
        }

        return new OurPair(bitcoind, alice, bob);

        // What each waits for after a force close is part of a story that is mined to its end: the least that a node asks.
        Task<LightningNode> StartNodeAsync(string name) => LightningNode.StartAsync(name, bitcoind, "--bitcoind-wallet", name, "--to-self-delay", "144");
    }

    public async Task OpenAsync(long sat, long pushSat)
    {
        await A.ConnectAsync(B.NodeId, B.Port);
        FundingTxid = await A.OpenChannelAsync(B.NodeId, sat, pushSat);
        await Bitcoind.UntilInMempoolAsync(FundingTxid);
        await MineAsync(6);
        var channel = await A.ActiveAsync(FundingTxid);
        await B.ActiveAsync(FundingTxid);
        FundingIndex = uint.Parse(channel.GetProperty("channel_point").GetString()!.Split(':')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>A payment that its receiver holds: neither settled nor failed, an HTLC in both commitments.</summary>
    public static async Task<HeldPayment> HoldAsync(LightningNode from, LightningNode to, long msat)
    {
        var held = await to.HoldInvoiceAsync(msat);
        var payment = from.PayAsync(held.Bolt11, 3600);
        await Until.TrueAsync("the payment is held", TimeSpan.FromSeconds(60), async () =>
            payment.IsCompleted ? throw new InvalidOperationException($"the payment ended: {await payment}") : await to.InvoiceStateAsync(held.Hash) == "ACCEPTED");
        return held with { Payment = payment };
    }

    /// <summary>Waits until both commitments hold exactly so many HTLCs.</summary>
    public Task HtlcsAsync(int count) => Until.TrueAsync($"{count} HTLCs are pending", TimeSpan.FromSeconds(60), async () =>
        (await A.OnlyChannelAsync()).GetProperty("pending_htlcs").GetArrayLength() == count && (await B.OnlyChannelAsync()).GetProperty("pending_htlcs").GetArrayLength() == count);

    /// <summary>Mines blocks one by one; every node that runs has seen each before the next.</summary>
    public async Task MineAsync(int blocks)
    {
        for (var i = 0; i < blocks; i++)
        {
            await Bitcoind.MineAsync(1);
            await SyncedAsync();
        }
    }

    public async Task SyncedAsync()
    {
        foreach (var node in (LightningNode[])[A, B])
        {
            if (!node.Process.HasExited) await node.SyncedAsync(Bitcoind);
        }
    }

    /// <summary>Mines until it is so, at most <paramref name="most"/> blocks.</summary>
    public Task MineUntilAsync(string what, int most, Func<Task<bool>> condition) => Bitcoind.MineUntilAsync(what, most, SyncedAsync, condition, StateAsync);

    /// <summary>What both nodes say of their channels, and what they have logged: for the message of a test that fails.</summary>
    public async Task<string> StateAsync()
    {
        var text = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"mempool: {string.Join(' ', await Bitcoind.MempoolAsync())}");
        foreach (var node in (LightningNode[])[A, B])
        {
            if (!node.Process.HasExited) text.AppendLine((await node.GetAsync("/v1/channels/pending")).GetRawText());
            text.AppendLine(node.Process.Log).AppendLine(await node.JournalAsync(FundingTxid));
        }

        return text.ToString();
    }

    /// <summary>Whether a node counts the channel as closed, in that way.</summary>
    public static async Task<bool> IsClosedAsync(LightningNode node, string type)
    {
        foreach (var channel in (await node.GetAsync("/v1/channels/closed")).GetProperty("channels").EnumerateArray())
        {
            Assert.Equal(type, channel.GetProperty("close_type").GetString());
            return true;
        }

        return false;
    }

    public Task ForceCloseAsync(LightningNode node) => node.CloseChannelAsync(FundingTxid, FundingIndex, force: true);

    /// <summary>The transaction in the mempool that spends the funding output.</summary>
    public async Task<JsonElement> CommitmentAsync()
    {
        var text = await Until.NotNullAsync("a transaction spends the funding output", TimeSpan.FromSeconds(60), FindCommitmentAsync, StateAsync);
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>The transaction in the mempool that spends the funding output, as JSON; null where there is none.</summary>
    public async Task<string?> FindCommitmentAsync()
    {
        foreach (var txid in await Bitcoind.MempoolAsync())
        {
            var transaction = await Bitcoind.CallAsync("getrawtransaction", txid, true);
            if (transaction.GetProperty("vin").EnumerateArray().Any(i => i.GetProperty("txid").GetString() == FundingTxid)) return transaction.GetRawText();
        }

        return null;
    }

    public Task<ChannelMoney> MoneyAsync() => ChannelMoney.FollowAsync(Bitcoind, FundingTxid, FundingIndex, Alice, Bob);

    public async ValueTask DisposeAsync()
    {
        await A.DisposeAsync();
        await B.DisposeAsync();
        await Bitcoind.DisposeAsync();
    }
}
