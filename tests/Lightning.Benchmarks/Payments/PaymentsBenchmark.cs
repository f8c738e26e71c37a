using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Grpc.Core;
using Lightning.Interop.Tests.Peers;
using Lightning.Node.Api.Lnrpc;
using Lightning.Node.Api.Routerrpc;
using Spectre.Console;

namespace Lightning.Benchmarks.Payments;

/// <summary>
/// Two processes of ours on one bitcoind, one channel between them: alice pays invoices of bob over gRPC, one after the other, then with 50
/// and 200 under way at once. A payment's time is from the call to its last update; processor time is that of both processes.
/// </summary>
internal static class PaymentsBenchmark
{
    private const long AmountMsat = 500_000; // above dust, small enough for some thirty thousand payments one way

    public static async Task<int> RunAsync(int count, bool json, CancellationToken cancellation)
    {
        void Say(string text)
        {
            if (!json) AnsiConsole.MarkupLineInterpolated($"[grey]{text}[/]");
        }

        Say("starting bitcoind and two nodes");
        await using var bitcoind = await Bitcoind.StartAsync();
        await using var alice = await LightningNode.StartAsync("alice", bitcoind);
        await using var bob = await LightningNode.StartAsync("bob", bitcoind);
        await alice.FundAsync(bitcoind, 1);
        await alice.ConnectAsync(bob.NodeId, bob.Port);
        var funding = await alice.OpenChannelAsync(bob.NodeId, 16_000_000);
        await bitcoind.UntilInMempoolAsync(funding);
        await bitcoind.MineAsync(6);
        await alice.ActiveAsync(funding);
        await bob.ActiveAsync(funding);

        using var payer = new ApiClient(alice);
        using var payee = new ApiClient(bob);
        Say("warming up");

        // A node runs for months: its first seconds, in which the runtime compiles it over and over, are not what is measured.
        foreach (var (inFlight, payments) in new[] { (20, 1_000), (1, 300), (200, 1_000), (1, 100) }) await RoundAsync(payer, payee, alice, bob, payments, inFlight, cancellation);

        var results = new JsonObject();
        var table = new Table().AddColumns("round", "payments/s", "p50 ms", "p99 ms", "CPU ms per payment");
        foreach (var (name, inFlight, payments) in new[] { ("sequential", 1, count), ("inflight50", 50, count * 4), ("inflight200", 200, count * 10) })
        {
            Say($"{name}: {payments} payments");
            var round = await RoundAsync(payer, payee, alice, bob, payments, inFlight, cancellation);
            results[name] = new JsonObject
            {
                ["per_s"] = Math.Round(round.PerSecond, 1), ["p50_ms"] = Math.Round(round.P50, 2), ["p99_ms"] = Math.Round(round.P99, 2), ["cpu_ms"] = Math.Round(round.CpuMs, 3),
            };
            table.AddRow(name, $"{round.PerSecond:0.0}", $"{round.P50:0.00}", $"{round.P99:0.00}", $"{round.CpuMs:0.000}");
        }

        if (json) Console.WriteLine(results.ToJsonString());
        else AnsiConsole.Write(table);
        return 0;
    }

    private static async Task<Figures> RoundAsync(ApiClient payer, ApiClient payee, LightningNode alice, LightningNode bob, int count, int inFlight, CancellationToken cancellation)
    {
        var invoices = new string[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 50, CancellationToken = cancellation }, async (i, token) =>
            invoices[i] = (await payee.Lightning.AddInvoiceAsync(new Invoice { ValueMsat = AmountMsat }, cancellationToken: token)).PaymentRequest);

        var times = new double[count];
        var cpuBefore = alice.Process.ProcessorTime + bob.Process.ProcessorTime;
        var clock = Stopwatch.StartNew();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = inFlight, CancellationToken = cancellation }, async (i, token) =>
        {
            var start = Stopwatch.GetTimestamp();
            await PayAsync(payer, invoices[i], token);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        });
        var elapsed = clock.Elapsed;
        var cpu = alice.Process.ProcessorTime + bob.Process.ProcessorTime - cpuBefore;

        Array.Sort(times);
        return new Figures(count / elapsed.TotalSeconds, times[count / 2], times[Math.Min(count - 1, count * 99 / 100)], cpu.TotalMilliseconds / count);
    }

    private static async Task PayAsync(ApiClient payer, string invoice, CancellationToken cancellation)
    {
        var request = new SendPaymentRequest { PaymentRequest = invoice, TimeoutSeconds = 60, FeeLimitMsat = 1_000, NoInflightUpdates = true };
        using var call = payer.Router.SendPaymentV2(request, cancellationToken: cancellation);
        Payment? last = null;
        await foreach (var update in call.ResponseStream.ReadAllAsync(cancellation)) last = update;
        if (last?.Status != Payment.Types.PaymentStatus.Succeeded) throw new InvalidOperationException($"a payment ended as {last?.Status}: {last?.FailureReason}");
    }

    private sealed record Figures(double PerSecond, double P50, double P99, double CpuMs);
}
