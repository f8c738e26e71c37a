using Lightning.Actors.Api;

namespace Lightning.TestKit.Tests.Faults;

/// <summary>Three nodes in a line, alice - bob - carol, that pay while something goes wrong; and what must hold afterwards.</summary>
internal static class Line
{
    public static readonly Satoshi Amount = 10_000.Sat();

    /// <summary>The line; the channels of bob are funded on both sides, so that all can pay all.</summary>
    public static async Task<ScenarioNetwork> Create(ScenarioOptions? options = null)
    {
        var net = await Scenario.Network(options ?? new ScenarioOptions(), "alice", "bob", "carol");
        await net.OpenChannel("alice", "bob", 1_000_000.Sat(), push: 400_000_000.Msat());
        await net.OpenChannel("bob", "carol", 1_000_000.Sat(), push: 400_000_000.Msat());
        return net;
    }

    /// <summary>
    /// Calls all trouble off, starts who does not run, and waits until both channels can be used again. Afterwards nothing is pending, no channel was closed,
    /// all the money is there, and whoever paid is paid.
    /// </summary>
    public static async Task AllIsWell(this ScenarioNetwork net)
    {
        foreach (var channel in net.Channels) net.Link(channel.Opener, channel.Peer).Heal();
        foreach (var node in net.Nodes)
        {
            node.Journal.Heal();
            if (!node.IsRunning) await node.Start();
        }

        // So long that whatever still goes wrong has gone wrong, and whoever waits before trying again has tried.
        await net.Advance(TimeSpan.FromMinutes(1));
        foreach (var channel in net.Channels)
        {
            await net.Until(() => channel.IsUsable, $"{channel} can be used again");
            await net.Until(() => IsQuiet(channel), $"nothing is pending in {channel}");
            channel.ShouldBeOpen();
        }

        net.BalancesAddUp();
        net.NoHtlcPending();
    }

    /// <summary>Whether a payment of a node succeeded, asked anew: the node may have forgotten who asked first, or never have heard of it.</summary>
    public static async Task<PaymentInfo?> Outcome(this ScenarioNode payer, ScenarioInvoice invoice)
    {
        try
        {
            return (await (await payer.TrackPayment(invoice.PaymentHash)).End()).Info;
        }
        catch (LightningException e) when (e.Kind == LightningErrorKind.NotFound)
        {
            return null;
        }
    }

    /// <summary>What a node has in all its channels.</summary>
    public static MilliSatoshi MoneyOf(this ScenarioNetwork net, string node)
    {
        var sum = MilliSatoshi.Zero;
        foreach (var channel in net.Channels)
        {
            if (channel.Opener == node || channel.Peer == node) sum += channel.BalanceOf(node);
        }

        return sum;
    }

    /// <summary>
    /// Pays from alice to carol while something goes wrong, and expects that all is well afterwards: alice knows how it ended, and the money is where she
    /// believes that it is.
    /// </summary>
    /// <returns>Whether it succeeded.</returns>
    public static async Task<bool> PayThrough(this ScenarioNetwork net, Action begin, Func<Task>? end = null)
    {
        var (alice, carol) = (net["alice"], net["carol"]);
        var before = (Alice: net.MoneyOf("alice"), Bob: net.MoneyOf("bob"), Carol: net.MoneyOf("carol"));
        var known = await net.ForwardsOf("bob");
        var invoice = await carol.Invoice(Amount);
        begin();
        await alice.StartPayment(invoice);
        if (end is not null) await end();
        foreach (var node in net.Nodes)
        {
            if (!node.IsRunning) await node.Start();
        }

        var outcome = await alice.Outcome(invoice);
        await net.AllIsWell();
        var isPaid = outcome is { Status: PaymentStatus.Succeeded };
        var (amount, fee) = isPaid ? (Amount.ToMilliSatoshi(), outcome!.Fee) : (MilliSatoshi.Zero, MilliSatoshi.Zero);
        Assert.Equal(isPaid ? InvoiceState.Settled : InvoiceState.Open, (await carol.Lookup(invoice)).State);
        Assert.Equal((before.Alice - amount - fee, before.Bob + fee, before.Carol + amount), (net.MoneyOf("alice"), net.MoneyOf("bob"), net.MoneyOf("carol")));

        // Bob's history has it once, with what he earned.
        var forwards = await net.ForwardsOf("bob");
        Assert.Equal(known, forwards.Take(known.Count));
        Assert.Equal(isPaid ? [fee] : [], forwards.Skip(known.Count).Select(static forward => forward.Fee));
        return isPaid;
    }

    /// <summary>What a node says that it passed on.</summary>
    public static async Task<IReadOnlyList<Forward>> ForwardsOf(this ScenarioNetwork net, string node) =>
        (await net[node].Do(static api => api.ListForwardsAsync(new ListForwardsQuery { Limit = 10_000 }))).Forwards;

    private static bool IsQuiet(ScenarioChannel channel) => channel.CommitmentsAt(channel.Opener) is { IsQuiet: true } && channel.CommitmentsAt(channel.Peer) is { IsQuiet: true };
}
