using System.Text.Json;
using System.Text.Json.Nodes;
using Lightning.Interop.Tests.Peers;

namespace Lightning.Interop.Tests;

/// <summary>LDK - ours - LDK: payments of others through our node, over unannounced channels that the invoices name.</summary>
[Collection("processes")]
public sealed class LdkForwardingTests
{
    /// <summary>Set to 1: a thousand payments and ten kills instead of a hundred and three.</summary>
    private const string Long = "LIGHTNING_LONG_TESTS";

    [SkippableFact]
    public async Task Payments_of_LDK_go_through_us_for_our_fees_to_the_millisatoshi_and_their_failures_are_of_the_hop_that_failed()
    {
        await using var line = await LdkLine.StartAsync(channels: 2);
        var before = await line.SendableAsync();

        // One part, forth and back.
        var paid = (await line.PayAsync(line.First, await line.InvoiceAsync(line.Last, 12_345_678)), await line.PayAsync(line.Last, await line.InvoiceAsync(line.First, 7_000_001)));
        Assert.Equal((1_012L, 1_007L), paid);

        // More than one channel of the payer holds: each part pays its fee. (LDK takes each channel that an invoice names once.)
        const long Much = 900_000_000;
        var fee = await line.PayAsync(line.First, await line.InvoiceAsync(line.Last, Much));

        var forwards = await line.ForwardsAsync();
        Assert.All(forwards, static forward => Assert.Equal(1_000 + (forward.Out / 1_000_000), forward.Fee));
        var parts = forwards[2..];
        Assert.True(parts.Length > 1, "the large payment went in one part");
        Assert.Equal((Much, fee), (parts.Sum(static part => part.Out), parts.Sum(static part => part.Fee)));

        await line.QuiescentAsync();
        var after = await line.SendableAsync();
        Assert.Equal((-12_345_678 - 1_012 + 7_000_001 - Much - fee, 12_345_678 - 7_000_001 - 1_007 + Much), (after.First - before.First, after.Last - before.Last));
        Assert.Equal((1_012 + 1_007 + fee) / 1_000, await line.EarnedSatAsync());

        // The payee refuses: LDK does not try again.
        var held = await line.Last.CallAsync("newinvoice", new JsonObject { ["amount_msat"] = 5_000_000, ["hold"] = true });
        var hash = held.GetProperty("payment_hash").GetString()!;
        var refused = line.First.CallAsync("pay", new JsonObject { ["bolt11"] = held.GetProperty("bolt11").GetString()! });
        await Until.TrueAsync("the payee holds the payment", TimeSpan.FromSeconds(30), async () =>
            (await line.Last.EventsAsync()).Any(e => e.Contains("held", StringComparison.Ordinal) && e.Contains(hash, StringComparison.Ordinal)));
        await line.Last.CallAsync("fail", new JsonObject { ["payment_hash"] = hash });
        Assert.Equal("RecipientRejected", (await refused).GetProperty("reason").GetString());

        // Our channel behind cannot: its name is what LDK is told.
        var invoice = await line.InvoiceAsync(line.Last, 6_000_000);
        await line.Last.StopAsync();
        var failed = await line.First.CallAsync("pay", new JsonObject { ["bolt11"] = invoice });
        Assert.Equal("failed", failed.GetProperty("state").GetString());
        Assert.Equal(await line.HintAsync(invoice), unchecked((ulong)LdkNode.Msat(failed.GetProperty("last_failure"), "scid")));
        Assert.Equal(forwards, await line.ForwardsAsync());
    }

    [SkippableFact]
    public async Task Our_node_is_killed_again_and_again_and_each_payment_of_LDK_ends_exactly_once()
    {
        var (count, kills) = Environment.GetEnvironmentVariable(Long) == "1" ? (1_000, 10) : (100, 3);
        await using var line = await LdkLine.StartAsync();
        var before = await line.SendableAsync();
        var invoices = new List<string>();
        for (var i = 0; i < count; i++) invoices.Add(await line.InvoiceAsync(line.Last, 100_000 + i));

        // Some at a time, so that there are some under way whenever the node is killed; each is tried until LDK gives it up.
        using var turns = new SemaphoreSlim(20);
        var ended = 0;
        var payments = invoices.Select(async invoice =>
        {
            await turns.WaitAsync();
            try
            {
                return await PayAsync(line.First, invoice);
            }
            finally
            {
                Interlocked.Increment(ref ended);
                turns.Release();
            }
        }).ToArray();

        // Where it is killed depends on the machine, and is another place each time.
        for (var kill = 1; kill <= kills; kill++)
        {
            var due = kill * count / (kills + 2);
            await Until.TrueAsync($"{due} payments have ended", TimeSpan.FromMinutes(2), () => Task.FromResult(Volatile.Read(ref ended) >= due));
            await line.Ours.KillAsync();
            await line.Ours.StartAgainAsync();
            await line.ReconnectAsync();
        }

        var results = await Task.WhenAll(payments);
        await line.QuiescentAsync();
        var claimed = (await line.Last.CallAsync("listpayments")).GetProperty("received").EnumerateArray().Where(static p => p.GetProperty("state").GetString() == "claimed").ToArray();
        Assert.All(results, static p => Assert.Contains(p.GetProperty("state").GetString(), (string[])["sent", "failed"]));
        var sent = results.Where(static p => p.GetProperty("state").GetString() == "sent").ToArray();
        Assert.True(sent.Length > count / 2, $"only {sent.Length} of {count} came through");

        // One by one: what the payer says is paid the payee has, once, and nothing else; and we have kept our fee of each.
        Assert.Equal(sent.Select(static p => p.GetProperty("payment_hash").GetString()).Order(StringComparer.Ordinal), claimed.Select(static p => p.GetProperty("payment_hash").GetString()).Order(StringComparer.Ordinal));
        var received = claimed.Sum(static p => LdkNode.Msat(p, "amount_msat"));
        var forwards = await line.ForwardsAsync(sent.Length);
        Assert.Equal((received, 1_000L * sent.Length), (forwards.Sum(static one => one.Out), forwards.Sum(static one => one.Fee)));
        var after = await line.SendableAsync();
        Assert.Equal((-received - (1_000L * sent.Length), received), (after.First - before.First, after.Last - before.Last));
        foreach (var node in (LdkNode[])[line.First, line.Last]) Assert.DoesNotContain(await node.EventsAsync(), static e => e.Contains("channel_closed", StringComparison.Ordinal));
    }

    // While our node is away LDK finds no way, and has begun nothing.
    private static async Task<JsonElement> PayAsync(LdkNode payer, string invoice) => JsonDocument.Parse(await Until.NotNullAsync("LDK finds a way", TimeSpan.FromMinutes(1), async () =>
    {
        try
        {
            return (await payer.CallAsync("pay", new JsonObject { ["bolt11"] = invoice, ["timeout"] = 110, ["attempts"] = 3 })).GetRawText();
        }
        catch (InvalidOperationException e) when (e.Message.Contains("RouteNotFound", StringComparison.Ordinal))
        {
            return null;
        }
    })).RootElement;
}
