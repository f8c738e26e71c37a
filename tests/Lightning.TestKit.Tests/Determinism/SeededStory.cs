using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Lightning.Actors.Api;
using Lightning.Actors.Journal;
using Lightning.Channels.Actions;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Wire;
using Lightning.TestKit.Charts;

namespace Lightning.TestKit.Tests.Determinism;

/// <summary>A long story in a network of four nodes, and a record of it that is the same wherever the same things happen.</summary>
internal static class SeededStory
{
    private static readonly string[] Names = ["alice", "bob", "carol", "dave"];

    /// <summary>Runs it.</summary>
    /// <returns>A line for each journal row (with its bytes' hash), each message (with its bytes' hash), and each thing done, with the time.</returns>
    public static async Task<IReadOnlyList<string>> Tell(ScenarioOptions options)
    {
        var record = new List<string>();
        await using var net = await Scenario.Network(options);
        net.Story.Seen = entry => record.Add(Line(entry));
        foreach (var name in Names) await net.AddNode(name);
        await OpenChannels(net);
        await PayInParts(net);
        await Survive(net);
        await Close(net);
        foreach (var node in net.Nodes) record.Add($"{node.Name} has {(await node.WalletBalance()).Confirmed}");
        foreach (var node in net.Nodes)
        {
            // What the lists say, and what is durable.
            var payments = await node.Do(static api => api.ListPaymentsAsync(new() { IncludeIncomplete = true }));
            record.AddRange(payments.Payments.Select(payment => $"{node.Name} has paid {payment.PaymentHash}: {payment.Status} {payment.Amount} {payment.Fee} {payment.Attempts.Count}"));
            record.AddRange(node.Disk.Entities().Select(entity => $"{node.Name} has {node.Disk.Highest(entity)} events of {entity}"));
        }

        Assert.Equal(0, net.Loop.Intrusions);
        record.Add($"{net.Loop.Steps} steps until {net.Now:O}");
        return record;
    }

    // A diamond: two ways from alice to dave, and two channels on one of them.
    private static async Task OpenChannels(ScenarioNetwork net)
    {
        foreach (var (one, other) in new[] { ("alice", "bob"), ("alice", "carol"), ("bob", "dave"), ("carol", "dave"), ("alice", "bob") })
            await net.OpenChannel(one, other, 1_000_000.Sat(), push: 300_000_000.Msat());
    }

    private static async Task PayInParts(ScenarioNetwork net)
    {
        var paid = await net["alice"].Pay(await net["dave"].Invoice(900_000.Sat()));
        paid.ShouldSettle();
        Assert.True(paid.Info.Attempts.Count > 1);
        (await net["dave"].Pay(await net["bob"].Invoice(20_000.Sat()))).ShouldSettle();
        (await net["carol"].Pay(await net["bob"].Invoice(990_000.Sat()))).ShouldFailWith(PaymentFailureReason.InsufficientBalance);
    }

    // Everything that makes nodes start again, wait and repeat themselves.
    private static async Task Survive(ScenarioNetwork net)
    {
        var held = new List<ScenarioInvoice>();
        foreach (var payer in new[] { "alice", "dave", "dave" })
        {
            held.Add(await net["bob"].HoldInvoice(10_000.Sat()));
            await net[payer].StartPayment(held[^1]);
        }

        net.Link("alice", "bob").ReorderChannels(net.Options.Seed);
        net.Link("alice", "bob").Delay("bob", TimeSpan.FromMilliseconds(300));
        net["bob"].Journal.CrashAfterWrite(after: 2);
        await net["alice"].StartPayment(await net["dave"].Invoice(5_000.Sat()));
        await net.Advance(TimeSpan.FromSeconds(20));
        foreach (var node in net.Nodes)
        {
            node.Journal.Heal();
            if (!node.IsRunning) await node.Start();
        }

        net["carol"].Journal.DelayAnswers(TimeSpan.FromSeconds(1));
        await net["alice"].StartSecondProcess();
        await net.Advance(TimeSpan.FromSeconds(20));
        await net["alice"].CrashFirstProcess();
        await net["dave"].RestartWith(net["dave"].CopyDatabase());
        net.Link("alice", "bob").Heal();
        net["carol"].Journal.Heal();
        await net.Advance(TimeSpan.FromMinutes(2));
        await net["bob"].Settle(held[0]);
        await net["bob"].Cancel(held[1]);
        await net.Advance(TimeSpan.FromMinutes(2));
        net.BalancesAddUp();
    }

    // By agreement, by force with an HTLC in it, and after a reorganisation.
    private static async Task Close(ScenarioNetwork net)
    {
        await net.Chain.SetFeerate(new FeeratePerKw(2_000));
        await net.AdvanceBlocks(2);
        await net.Chain.Reorg(2);
        await net["alice"].Close(net.Channels[0]);
        await net["dave"].Close(net.Channels[2], force: true);
        await net.Mine(1000);
        await net.Advance(TimeSpan.FromMinutes(1));
    }

    private static string Line(Story.Entry entry) => string.Create(
        CultureInfo.InvariantCulture,
        $"{entry.At} {entry.From} {entry.To} {entry.Lost} {entry.What switch
        {
            LightningMessage message => $"{message.GetType().Name} {Hash(message)}",
            JournalRow row => $"{row.PersistenceId} {row.SequenceNr} {row.Manifest} {row.SerializerId} {Convert.ToHexStringLower(SHA256.HashData(row.Payload))}",
            ChannelAction action => action.GetType().Name,
            var other => other,
        }}");

    private static string Hash(LightningMessage message)
    {
        var bytes = new ArrayBufferWriter<byte>();
        MessageCodec.Encode(message, bytes);
        return Convert.ToHexStringLower(SHA256.HashData(bytes.WrittenSpan));
    }
}
