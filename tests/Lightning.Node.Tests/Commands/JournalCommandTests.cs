using System.Globalization;
using Lightning.Node.Commands;
using Lightning.Node.Tests.Fakes;
using Microsoft.Data.Sqlite;

namespace Lightning.Node.Tests.Commands;

public sealed class JournalCommandTests(JournalFixture nodes) : IClassFixture<JournalFixture>
{
    [Fact]
    public async Task The_history_of_a_channel_is_shown_while_the_node_runs()
    {
        var shown = await ShowAsync("alice", nodes.Funding.ToString());
        foreach (var heading in new[]
        {
            $"funding outpoint  {nodes.Funding}", $"short channel id  {nodes.ShortChannelId}", $"channel id        {ChannelId.FromFunding(nodes.Funding)}", $"peer              {nodes.Bob}",
            "capacity          1,000,000 sat", "opened by         this node", "state             Normal",
        }) Assert.Contains(heading + "\n", shown, StringComparison.Ordinal);
        AssertArrows(
            shown,
            "<─+ funding_created sent: 1,000,000 sat at ", "─ funding_signed received ─+>", "<─+ funding confirmed in block ", "─ channel_ready received, alias [0-9x]+ ─+>", "<─+ update_add_htlc 0 50,000,000 msat expiry ",
            "<─+ commitment_signed ─", "─ revoke_and_ack received ─+>", "─ update_fulfill_htlc 0 ─+>", "─ commitment_signed ─+>");
    }

    [Fact]
    public async Task The_history_of_a_channel_is_shown_when_the_node_is_stopped_and_nothing_is_changed()
    {
        var before = Files();
        var shown = await ShowAsync("bob", nodes.ShortChannelId.ToString());
        Assert.Contains($"peer              {nodes.Alice}\n", shown, StringComparison.Ordinal);
        Assert.Contains("opened by         the peer\n", shown, StringComparison.Ordinal);
        AssertArrows(shown, "─ funding_created received: 1,000,000 sat at ", "─ update_add_htlc 0 50,000,000 msat expiry ", "<─+ update_fulfill_htlc 0 ─", "<─+ commitment_signed ─");
        Assert.Equal(before, Files());

        List<(string, string)> Files() => [.. Directory.GetFiles(nodes.DatabaseFolder("bob")).Order(StringComparer.Ordinal).Select(static file => (file, Convert.ToHexString(File.ReadAllBytes(file))))];
    }

    [Fact]
    public async Task Every_name_of_a_channel_and_its_beginning_shows_the_same()
    {
        var shown = await ShowAsync("bob", nodes.Funding.ToString());
        var key = LineOf(shown, "local key")[^41..];
        foreach (var name in new[] { nodes.ShortChannelId.ToString(), ChannelId.FromFunding(nodes.Funding).ToString(), key, key[..12], nodes.Funding.ToString()[..10] }) Assert.Equal(shown, await ShowAsync("bob", name));
    }

    [Fact]
    public async Task The_chart_comes_as_a_mermaid_diagram_too()
    {
        var lines = (await ShowAsync("bob", nodes.Funding.ToString(), "--mermaid")).Split('\n');
        Assert.Equal($"%% funding outpoint: {nodes.Funding}", lines[0]);
        Assert.Equal(["sequenceDiagram", "    participant p0 as peer", "    participant p1 as channel"], lines.SkipWhile(static line => line.StartsWith("%%", StringComparison.Ordinal)).Take(3));
        Assert.Contains(lines, static line => line.StartsWith("    p0->>p1: ", StringComparison.Ordinal) && line.Contains(" update_add_htlc 0 50,000,000 msat expiry ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_state_after_an_event_is_shown_without_the_events()
    {
        var events = (await ShowAsync("bob", nodes.Funding.ToString())).Split('\n');
        var received = int.Parse(events.Single(static line => line.Contains("update_add_htlc", StringComparison.Ordinal)).Split('2')[0], CultureInfo.InvariantCulture);
        var state = await ShowAsync("bob", nodes.Funding.ToString(), "--at", received.ToString(CultureInfo.InvariantCulture));
        Assert.Contains($"after event       {received} of ", state, StringComparison.Ordinal);
        Assert.Contains("which was         commitment_signed received: update_add_htlc 0 50,000,000 msat", state, StringComparison.Ordinal);
        Assert.Contains("state             Normal\n", state, StringComparison.Ordinal);
        Assert.Matches(@"\n  ours +1 +200,000 +750,000 +500 sat/kw +1 ", state);
        Assert.Matches(@"\n  the peer's +0 +200,000 +800,000 +500 sat/kw +0 ", state);
        Assert.Matches(@"\n  received +0 +50,000 +[0-9a-f]{64} +\d+ +ours ", state);
        Assert.Matches(@"\n  update_add_htlc 0 50,000,000 msat expiry \d+ +the peer +acknowledged, not in the peer's commitment ", state);
        var unfunded = await ShowAsync("bob", nodes.Funding.ToString(), "--at", "1");
        Assert.Contains("state        NoChannel\n", unfunded, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_channels_in_the_journal_are_listed()
    {
        foreach (var node in new[] { "alice", "bob" })
        {
            var (exitCode, output, error) = await nodes.RunAsync(node, "journal", "list");
            Assert.True(exitCode == 0, error);
            Assert.Matches($@"\n  {nodes.ShortChannelId} +{nodes.Funding} .*\d\d:\d\d:\d\d\.\d\d\d   Normal ", output);
        }
    }

    [Fact]
    public async Task An_unknown_channel_is_refused_with_those_that_there_are()
    {
        var (exitCode, output, error) = await nodes.RunAsync("alice", "journal", "show", "nonsense\u001b");
        Assert.Equal((ExitCode.Failed, ""), (exitCode, output));
        Assert.StartsWith("lightning: there is no channel 'nonsense\\u{1b}' in the journal. There are:", error, StringComparison.Ordinal);
        Assert.Contains(nodes.Funding.ToString(), error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--at 0", "--at: there is no event 0; the channel's last one is ")]
    [InlineData("--at 999999", "--at: there is no event 999999; the channel's last one is ")]
    [InlineData("--at 1 --mermaid", "--at and --mermaid: one of them, not both.")]
    [InlineData("--at x", "Try 'lightning journal show --help'")]
    public async Task Wrong_arguments_end_with_2_and_are_named(string arguments, string text)
    {
        var (exitCode, output, error) = await nodes.RunAsync("bob", ["journal", "show", nodes.Funding.ToString(), .. arguments.Split(' ')]);
        Assert.Equal((ExitCode.Usage, ""), (exitCode, output));
        Assert.Contains(text, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_named_and_not_made()
    {
        var (exitCode, _, error) = await nodes.RunAsync("carol", "journal", "list");
        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.Contains($"There is no database {Path.Combine(nodes.DatabaseFolder("carol"), "lightning.db")}. Has the node run with this data folder and network?", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(nodes.DataDir("carol")));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_ends_with_3()
    {
        var (exitCode, _, error) = await nodes.RunAsync("bob", "journal", "list", "--database", "Host=127.0.0.1;Port=1;Database=x;Username=x");
        Assert.Equal(ExitCode.Unreachable, exitCode);
        Assert.StartsWith("lightning: the journal cannot be read: ", error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, (await nodes.RunAsync("bob", "journal", "list", "--database", "nonsense")).ExitCode);
        Assert.Equal(ExitCode.Usage, (await nodes.RunAsync("bob", "journal", "list", "--network", "nonsense")).ExitCode);
    }

    [Fact]
    public async Task A_damaged_row_is_named_after_what_comes_before_it()
    {
        using var folder = new TempFolder();
        var database = Path.Combine(Node.Configuration.NodeSettings.NetworkFolderOf(folder.Path, Network.Regtest), "lightning.db");
        Directory.CreateDirectory(Path.GetDirectoryName(database)!);
        File.Copy(Path.Combine(nodes.DatabaseFolder("bob"), "lightning.db"), database);
        await using (var connection = new SqliteConnection($"Data Source={database};Pooling=false"))
        {
            await connection.OpenAsync();
            await using var damage = connection.CreateCommand();
            damage.CommandText = "UPDATE journal SET message = x'ff' WHERE sequence_number = 4 AND persistence_id LIKE 'channel-%-%'";
            Assert.Equal(1, await damage.ExecuteNonQueryAsync());
        }

        var (exitCode, output, error) = await nodes.RunAsync("bob", "journal", "show", nodes.Funding.ToString(), "--data-dir", folder.Path);
        Assert.Equal(ExitCode.Failed, exitCode);
        AssertArrows(output, "─ funding_created received: ");
        Assert.Matches(@"^lightning: Event 4 of channel-[0-9a-f-]+, row \d+ of the journal, cannot be used: ", error);
        (exitCode, output, error) = await nodes.RunAsync("bob", "journal", "list", "--data-dir", folder.Path);
        Assert.Equal(ExitCode.Failed, exitCode);
        Assert.Contains(" (damaged) ", output, StringComparison.Ordinal);
        Assert.Contains("Event 4 of channel-", error, StringComparison.Ordinal);
        (exitCode, _, error) = await nodes.RunAsync("bob", "journal", "show", nodes.Funding.ToString(), "--at", "4", "--data-dir", folder.Path);
        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.Contains("--at: there is no event 4 that can be read; the channel's last one is 3.", error, StringComparison.Ordinal);
    }

    private async Task<string> ShowAsync(string node, params string[] args)
    {
        var (exitCode, output, error) = await nodes.RunAsync(node, ["journal", "show", .. args]);
        Assert.True(exitCode == ExitCode.Done, error);
        return output.ReplaceLineEndings("\n");
    }

    private static string LineOf(string text, string start) => text.Split('\n').First(line => line.StartsWith(start, StringComparison.Ordinal));

    // In no order: which side hears of a block first, nobody knows.
    private static void AssertArrows(string chart, params string[] arrows)
    {
        foreach (var arrow in arrows) Assert.Matches(arrow, chart);
    }
}
