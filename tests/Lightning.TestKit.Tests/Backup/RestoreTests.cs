using Lightning.Actors.Api;
using Lightning.TestKit.Tests.Faults;

namespace Lightning.TestKit.Tests.Backup;

/// <summary>A node that has lost its database, and has its seed and a channel backup.</summary>
public sealed class RestoreTests
{
    /// <summary>Of each anchor; the opener pays for them.</summary>
    private const long Anchor = 330;

    /// <summary>No sweep of one output costs more.</summary>
    private const long Fee = 3_000;

    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    public async Task A_node_with_nothing_but_its_seed_and_backup_gets_its_money(string node)
    {
        await using var net = await Pair();
        var (lost, other) = (net[node], node == "alice" ? "bob" : "alice");
        var (channel, mine, before, backup) = await Remember(net, node);
        await lost.RestartEmpty();
        Assert.Equal("gone", channel.StateAt(node));

        var restored = Assert.Single(await Restore(lost, backup));
        Assert.Equal(new RestoredChannel(channel.Funding, net[other].Id, IsNew: true), restored);
        await net.Until(() => channel.Spender() is not null, "the peer closes");
        channel.ForceClosed(by: other);
        await GetsBack(net, channel, node, before, mine);
        Assert.Equal("gone", channel.StateAt(other));
    }

    [Fact]
    public async Task So_does_one_whose_channel_has_never_been_used()
    {
        await using var net = await Scenario.Network("alice", "bob");
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        var backup = await Export(net["alice"]);
        var before = (await net["alice"].WalletBalance()).Confirmed;
        await net["alice"].RestartEmpty();
        Assert.True(Assert.Single(await Restore(net["alice"], backup)).IsNew);

        // The peer has no reason to doubt its numbers, and closes because it is asked to.
        await net.Until(() => channel.Spender() is not null, "the peer closes");
        channel.ForceClosed(by: "bob");
        await GetsBack(net, channel, "alice", before, channel.Capacity.ToMilliSatoshi());
    }

    [Fact]
    public async Task So_does_one_whose_peer_has_closed_already()
    {
        await using var net = await Pair();
        var (channel, mine, before, backup) = await Remember(net, "alice");
        await net["alice"].Crash();
        await net["bob"].Close(channel, force: true);
        await net.Mine(10);
        await net["alice"].RestartEmpty();
        Assert.True(Assert.Single(await Restore(net["alice"], backup)).IsNew);
        channel.ForceClosed(by: "bob");
        await GetsBack(net, channel, "alice", before, mine);
    }

    [Fact]
    public async Task So_does_one_whose_peer_is_away_for_a_hundred_blocks()
    {
        await using var net = await Pair();
        var (channel, mine, before, backup) = await Remember(net, "alice");
        await net["bob"].Crash();
        await net["alice"].RestartEmpty();
        Assert.True(Assert.Single(await Restore(net["alice"], backup)).IsNew);
        await net.AdvanceBlocks(100);
        channel.ShouldBeOpen();
        await net["bob"].Start();
        await net.Until(() => channel.Spender() is not null, "the peer closes");
        channel.ForceClosed(by: "bob");
        await GetsBack(net, channel, "alice", before, mine);
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    public async Task So_does_one_whose_own_commitment_was_published(string node)
    {
        await using var net = await Pair();
        var (channel, mine, before, backup) = await Remember(net, node);
        var commitment = channel.CommitmentOf(node);
        await net["alice"].Crash();
        await net["bob"].Crash();
        net.Chain.Broadcast(commitment);
        await net.Mine(3);
        await net[node].RestartEmpty();
        Assert.True(Assert.Single(await Restore(net[node], backup)).IsNew);
        channel.ShouldBeClosedBy(commitment);
        await net.Mine(20);
        Assert.Equal("Closing", channel.StateAt(node));
        await GetsBack(net, channel, node, before, mine);
    }

    [Fact]
    public async Task A_channel_that_was_closed_by_agreement_since_ends_by_itself()
    {
        await using var net = await Pair();
        var (channel, mine, before, backup) = await Remember(net, "alice");
        await net["alice"].Close(channel);
        await net.Mine(200);
        await net["alice"].RestartEmpty();
        Assert.True(Assert.Single(await Restore(net["alice"], backup)).IsNew);
        await GetsBack(net, channel, "alice", before, mine);
        Assert.Equal(CloseKind.Cooperative, Assert.Single(await net["alice"].Do(static api => api.ListClosedChannelsAsync())).Kind);
    }

    [Fact]
    public async Task Restoring_again_leaves_alone_what_is_known_and_says_so()
    {
        await using var net = await Pair();
        var (channel, mine, before, backup) = await Remember(net, "alice");

        // Open, being closed, closed, forgotten but for the list.
        Assert.False(Assert.Single(await Restore(net["alice"], backup)).IsNew);
        Assert.True(channel.IsUsable);
        await net["bob"].Crash();
        await net["alice"].RestartEmpty();
        Assert.True(Assert.Single(await Restore(net["alice"], backup)).IsNew);
        Assert.False(Assert.Single(await Restore(net["alice"], backup)).IsNew);
        await net["alice"].Restart();
        Assert.Equal("WaitForRemoteClose", channel.StateAt("alice"));
        Assert.False(Assert.Single(await Restore(net["alice"], backup)).IsNew);
        await net["bob"].Start();
        await net.Until(() => channel.Spender() is not null, "the peer closes");
        await GetsBack(net, channel, "alice", before, mine);
        Assert.False(Assert.Single(await Restore(net["alice"], backup)).IsNew);
        Assert.Equal("gone", channel.StateAt("alice"));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(4, false)]
    [InlineData(6, true)]
    [InlineData(8, false)]
    public async Task A_crash_in_the_middle_of_restoring_loses_nothing(int writes, bool before)
    {
        await using var net = await Pair();
        var (channel, mine, had, backup) = await Remember(net, "alice");
        var alice = net["alice"];
        await alice.RestartEmpty();
        if (before) alice.Journal.CrashBeforeWrite(after: writes);
        else alice.Journal.CrashAfterWrite(after: writes);
        try
        {
            await Restore(alice, backup);
        }
        catch (Exception e) when (e is ScenarioException or LightningException { Kind: LightningErrorKind.Unavailable } && !alice.IsRunning)
        {
            // Who asked does not know what became of it, and asks again.
        }

        await net.Advance(TimeSpan.FromSeconds(20));
        if (!alice.IsRunning) await alice.Start();
        alice.Journal.Heal();
        await Restore(alice, backup);
        Assert.False(Assert.Single(await Restore(alice, backup)).IsNew);
        await net.Until(() => channel.Spender() is not null, "the peer closes");
        channel.ForceClosed(by: "bob");
        await GetsBack(net, channel, "alice", had, mine);
    }

    [Fact]
    public async Task What_is_durable_of_restoring_goes_on_by_itself_after_a_crash()
    {
        await using var net = await Pair();
        var (channel, mine, before, backup) = await Remember(net, "alice");
        await net["alice"].RestartEmpty();
        net["alice"].Journal.CrashBeforeWrite(of: "channel");
        await Restore(net["alice"], backup);
        Assert.False(net["alice"].IsRunning);
        await net["alice"].Start();
        await net.Until(() => channel.Spender() is not null, "the peer closes");
        await GetsBack(net, channel, "alice", before, mine);
    }

    [Fact]
    public async Task A_backup_of_another_seed_is_refused()
    {
        await using var net = await Pair();
        var backup = await Export(net["bob"]);
        var refused = await Assert.ThrowsAsync<LightningException>(() => Restore(net["alice"], backup));
        Assert.Equal(LightningErrorKind.InvalidArgument, refused.Kind);
        Assert.Contains("another seed", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<LightningException>(() => net["alice"].Do(api => api.VerifyBackupAsync(backup)));
        Assert.Equal(net.Channels[0].Funding, Assert.Single(await net["bob"].Do(api => api.VerifyBackupAsync(backup))).Funding);
    }

    [Fact]
    public async Task A_restored_channel_can_be_closed_by_its_peer_alone()
    {
        await using var net = await Pair();
        var (channel, _, _, backup) = await Remember(net, "alice");
        await net["bob"].Crash();
        await net["alice"].RestartEmpty();
        await Restore(net["alice"], backup);
        await Assert.ThrowsAsync<LightningException>(() => net["alice"].Close(channel, force: true));
        await net.Mine(10);
        await net["alice"].Restart();
        await net.Mine(10);
        channel.ShouldBeOpen();
    }

    [Fact]
    public async Task A_single_channel_is_restored_from_its_own_part_of_the_backup()
    {
        await using var net = await Line.Create();
        var parts = (await net["bob"].Do(static api => api.ExportBackupAsync())).Channels;
        Assert.Equal(2, parts.Count);
        var part = parts.Single(one => one.Peer == net["carol"].Id);
        await net["bob"].RestartEmpty();
        Assert.Equal(part.Funding, Assert.Single(await Restore(net["bob"], part.Backup)).Funding);
        var channel = net.Channels.Single(one => one.Funding == part.Funding);
        await net.Until(() => channel.Spender() is not null, "carol closes");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_channel_that_an_old_copy_of_the_database_does_not_know_is_restored_at_its_start(bool isKnown)
    {
        await using var net = await Pair();
        var copy = net["alice"].CopyDatabase();
        var young = await net.OpenChannel("alice", "bob", 500_000.Sat(), push: 100_000_000.Msat());
        Assert.Equal(2, (await net["alice"].Do(static api => api.ExportBackupAsync())).Channels.Count);
        var mine = young.BalanceOf("alice");
        var before = (await net["alice"].WalletBalance()).Confirmed;
        await net["bob"].Crash();
        await net["alice"].RestartWith(copy, isKnown);
        await net.Rest();
        Assert.Equal(2, (await net["alice"].Do(static api => api.ExportBackupAsync())).Channels.Count);

        // Where nobody knows that it is an old copy, it stays in the backup at least, and the operator is told.
        if (!isKnown) Assert.Equal("gone", young.StateAt("alice"));
        if (!isKnown) Assert.Equal([false, true], (await Restore(net["alice"], net["alice"].Backup.Content!.Value)).OrderBy(static one => one.IsNew).Select(static one => one.IsNew));
        await net.Until(() => young.StateAt("alice") == "WaitForRemoteClose", "it is restored");
        await net["bob"].Start();
        await net.Until(() => young.Spender() is not null, "the peer closes it");
        young.ForceClosed(by: "bob");
        await GetsBack(net, young, "alice", before, mine);

        // The other one is as old as the copy, and goes on.
        net.Channels[0].ShouldBeOpen();
        await net.Until(() => net.Channels[0].IsUsable, "the older channel goes on");
    }

    [Fact]
    public async Task A_backup_that_lies_in_an_empty_nodes_folder_is_kept_until_it_is_restored()
    {
        await using var net = await Pair();
        var (channel, mine, before, _) = await Remember(net, "alice");
        await net["alice"].RestartEmpty(keepsFolder: true);
        await net.AddNode("carol");
        await net["carol"].Fund(2_000_000.Sat());
        await net.OpenChannel("carol", "alice", 400_000.Sat());
        Assert.Equal(2, (await net["alice"].Do(static api => api.ExportBackupAsync())).Channels.Count);
        await Restore(net["alice"], net["alice"].Backup.Content!.Value);
        await net.Until(() => channel.Spender() is not null, "the peer closes");
        await GetsBack(net, channel, "alice", before, mine);
    }

    internal static async Task<ScenarioNetwork> Pair()
    {
        var net = await Scenario.Network(BriefDelays.Options, "alice", "bob");
        await net.OpenChannel("alice", "bob", 1_000_000.Sat(), push: 400_000_000.Msat());
        for (var i = 0; i < 3; i++) (await net["alice"].Pay(await net["bob"].Invoice(10_000.Sat()))).ShouldSettle();
        return net;
    }

    internal static async Task<(ScenarioChannel Channel, MilliSatoshi Mine, Satoshi Before, Bytes Backup)> Remember(ScenarioNetwork net, string node) =>
        (net.Channels[0], net.Channels[0].BalanceOf(node), (await net[node].WalletBalance()).Confirmed, await Export(net[node]));

    internal static async Task<Bytes> Export(ScenarioNode node) => (await node.Do(static api => api.ExportBackupAsync())).All;

    internal static Task<IReadOnlyList<RestoredChannel>> Restore(ScenarioNode node, Bytes backup) => node.Do(api => api.RestoreBackupAsync(backup));

    // To the last satoshi: what the transaction that closed the channel pays it, less its own fee. And nothing is left to be done.
    internal static async Task GetsBack(ScenarioNetwork net, ScenarioChannel channel, string node, Satoshi before, MilliSatoshi mine)
    {
        // The other one waits for its own balance; and what still comes afterwards has come.
        await net.MineUntilGone(channel, node);
        await net.Mine(100);
        var gained = (await net[node].WalletBalance()).Confirmed.Value - before.Value;
        var closed = Assert.Single(await net[node].Do(static api => api.ListClosedChannelsAsync()), one => one.Funding == channel.Funding);
        Assert.Equal(gained, closed.SettledBalance.Value);
        Assert.True(closed.Ledger is { AddsUp: true }, $"{closed.Ledger}");
        var (closing, owed) = (channel.Spender()!, mine.ToSatoshi().Value);
        var fee = channel.Capacity.Value - closing.Outputs.Sum(static output => output.Value.Value);
        if (!ScenarioChannel.IsCommitment(closing))
        {
            // Either may have paid for it.
            Assert.Contains(gained, (long[])[owed, owed - fee]);
            Assert.Contains(closing.Outputs, output => output.Value.Value == gained);
            return;
        }

        if (node == channel.Opener) owed -= fee + (Anchor * closing.Outputs.Count(static output => output.Value.Value == Anchor));
        var index = Assert.Single(Enumerable.Range(0, closing.Outputs.Length), i => closing.Outputs[i].Value.Value == owed);
        var sweep = net.Chain.FindConfirmedSpender(new OutPoint(closing.TxId, (uint)index));
        Assert.True(sweep is not null && net[node].HasPublished(sweep.TxId));
        Assert.Single(sweep.Inputs);
        Assert.Equal(gained, sweep.Outputs.Sum(static output => output.Value.Value));
        Assert.InRange(gained, owed - Fee, owed - 1);
    }
}
