using Lightning.Actors.Charts;

namespace Lightning.Actors.Tests.Charts;

public sealed class SequenceChartTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(1));

    [Fact]
    public void A_payment_is_drawn_with_its_arrows_notes_and_dividers()
    {
        var chart = Payment();
        AssertDrawn(
            """
            alice                                                            bob                               invoices
            ═══════════════════════════════════════════════════ block 112 ════════════════════════════════════════════════════
              │────────── update_add_htlc 0 50,000 msat expiry 244 ──────────>│                                   │
              │ [commitment_signed sent: update_add_htlc 0]                   │                                   │
              │──────────── commitment_signed (1 HTLC signature) ────────────>│                                   │
              │                                                               │ (send revoke_and_ack)             │
              │✗─────────────────────── revoke_and_ack ───────────────────────│                                   │
            ══════════════════════════════════════════════════ bob restarts ══════════════════════════════════════════════════
              │<── channel_reestablish next commitment 2, next revocation 1 ──│                                   │
              │                                                               │┄┄ HTLC 0 received: 50,000 msat ┄┄>│
              │                                                               │                                   │ ↻ settled
              │                                                               │ ‹now it is paid›                  │
            """,
            chart.ToText());
        Assert.Equal(chart.ToText(), chart.ToString());
    }

    [Fact]
    public void Numbers_and_times_stand_in_front()
    {
        var chart = new SequenceChart("alice", "bob")
            .Divider("block 112", Start, 9)
            .Arrow("alice", "bob", "channel_ready", at: Start.AddMilliseconds(1_250), number: 10)
            .Arrow("bob", "alice", "channel_ready")
            .Note("bob", "channel_ready received", NoteKind.Event, Start.AddSeconds(2), 11);
        AssertDrawn(
            """
                UTC           alice                 bob
             9  11:00:00.000  ═══════════════════ block 112 ════════════════════
            10  11:00:01.250    │── channel_ready ──>│
                                │<── channel_ready ──│
            11  11:00:02.000    │                    │ [channel_ready received]
            """,
            chart.ToText(new ChartOptions { Width = 80 }));
        AssertDrawn(
            """
                UTC               alice                 bob
            ... 2 earlier
                                    │<── channel_ready ──│
            11  2026-03-01 11:00    │                    │ [channel_ready received]
            """,
            chart.ToText(new ChartOptions { Width = 80, TimeFormat = "yyyy-MM-dd HH:mm", Last = 2 }));
    }

    [Fact]
    public void An_arrow_over_others_crosses_their_lifelines()
    {
        var chart = new SequenceChart("alice", "bob", "carol")
            .Arrow("alice", "carol", "a payment of 50,000 msat")
            .Arrow("carol", "alice", "", ArrowKind.Internal)
            .Arrow("carol", "alice", "paid", ArrowKind.Lost);
        AssertDrawn(
            """
            alice            bob            carol
              │── a payment of 50,000 msat ──>│
              │<┄┄┄┄┄┄┄┄┄┄┄┄┄┄┼┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄│
              │✗──────────── paid ────────────│
            """,
            chart.ToText());
    }

    [Fact]
    public void Texts_that_do_not_fit_are_cut()
    {
        var text = string.Join(' ', Enumerable.Repeat("wide", 30));
        var chart = new SequenceChart("alice", "bob")
            .Arrow("alice", "bob", text)
            .Arrow("bob", "alice", "narrow")
            .Note("alice", text, NoteKind.Event)
            .Note("bob", text, NoteKind.Action)
            .Arrow("bob", "bob", text)
            .Divider(text);
        var drawn = chart.ToText(new ChartOptions { Width = 60 });
        AssertDrawn(
            """
            alice                         bob
              │─ wide wide wide wide wi… ─>│
              │<───────── narrow ──────────│
              │ [wide wide wide wide wid…] │
              │                            │ (wide wide wide wide wide…)
              │                            │ ↻ wide wide wide wide wide…
            ═ wide wide wide wide wide wide wide wide wide wide wide… ══
            """,
            drawn);
        Assert.All(drawn.Split('\n'), static line => Assert.InRange(line.Length, 1, 60));
    }

    [Fact]
    public void Only_the_last_entries_are_drawn_and_the_others_are_counted()
    {
        var chart = new SequenceChart();
        for (var i = 0; i < 123; i++) chart.Arrow("alice", "bob", $"ping {i}");
        AssertDrawn(
            """
            alice            bob
            ... 120 earlier
              │── ping 120 ──>│
              │── ping 121 ──>│
              │── ping 122 ──>│
            """,
            chart.ToText(new ChartOptions { Last = 3 }));
        AssertDrawn(
            """
            sequenceDiagram
                participant p0 as alice
                participant p1 as bob
                Note over p0,p1: ... 122 earlier
                p0->>p1: ping 122
            """,
            chart.ToMermaid(new ChartOptions { Last = 1 }));
        Assert.Equal(123, chart.Count);
    }

    [Fact]
    public void Participants_stand_as_declared_and_then_in_the_order_of_their_first_use()
    {
        var chart = new SequenceChart("chain").Arrow("bob", "alice", "x").Note("carol", "y");
        Assert.Equal(["chain", "bob", "alice", "carol"], chart.Participants);
    }

    [Fact]
    public void A_chart_without_entries_or_participants_is_no_trouble()
    {
        Assert.Equal("", new SequenceChart().ToText());
        Assert.Equal("sequenceDiagram", new SequenceChart().ToMermaid());
        Assert.Equal("alice        bob", new SequenceChart("alice", "bob").ToText());
        Assert.Equal("════════ night ════════", new SequenceChart().Divider("night").ToText(new ChartOptions { Width = 23 }));
        Assert.Equal("sequenceDiagram\n    %% night", new SequenceChart().Divider("night").ToMermaid());
        Assert.Equal("... 1 earlier", new SequenceChart().Divider("night").ToText(new ChartOptions { Last = 0 }));
    }

    [Fact]
    public void What_a_terminal_would_obey_is_drawn_as_text()
    {
        var drawn = new SequenceChart("ali\u001bce", "bob").Arrow("ali\u001bce", "bob", "clear \u001b[2J screen\r\nnext line \u202e😀").ToText();
        AssertDrawn(
            """
            ali\u{1b}ce                                            bob
                 │── clear \u{1b}[2J screen next line \u{202e}😀 ──>│
            """,
            drawn);
    }

    [Fact]
    public void The_mermaid_diagram_has_aliases_and_its_own_arrows()
    {
        AssertDrawn(
            """
            sequenceDiagram
                participant p0 as alice
                participant p1 as bob
                participant p2 as invoices
                Note over p0,p2: block 112
                p0->>p1: update_add_htlc 0 50,000 msat expiry 244
                Note over p0: [commitment_signed sent#58; update_add_htlc 0]
                p0->>p1: commitment_signed (1 HTLC signature)
                Note over p1: (send revoke_and_ack)
                p1--xp0: revoke_and_ack
                Note over p0,p2: bob restarts
                p1->>p0: channel_reestablish next commitment 2, next revocation 1
                p1-->>p2: HTLC 0 received#58; 50,000 msat
                p2->>p2: settled
                Note over p1: ‹now it is paid›
            """,
            Payment().ToMermaid());
    }

    [Fact]
    public void What_mermaid_would_obey_is_written_as_numbers()
    {
        var chart = new SequenceChart("end; #1", "%%{init: {}}%%")
            .Arrow("end; #1", "%%{init: {}}%%", "error: \"<b>a & b</b>\"; $$x$$ #35;\nsecond line", at: Start, number: 7)
            .Divider("");
        AssertDrawn(
            """
            sequenceDiagram
                participant p0 as end#59; #35;1
                participant p1 as #37;#37;#123;init#58; #123;#125;#125;#37;#37;
                p0->>p1: 7 11#58;00#58;00.000 error#58; #34;#60;b#62;a #38; b#60;/b#62;#34;#59; #36;#36;x#36;#36; #35;35#59; second line
                Note over p0,p1: -
            """,
            chart.ToMermaid());
        AssertDrawn(
            """
            sequenceDiagram
                participant p0 as alice
                Note over p0: day two
            """,
            new SequenceChart("alice").Divider("day two").ToMermaid());
    }

    private static SequenceChart Payment() => new SequenceChart("alice", "bob")
        .Divider("block 112")
        .Arrow("alice", "bob", "update_add_htlc 0 50,000 msat expiry 244")
        .Note("alice", "commitment_signed sent: update_add_htlc 0", NoteKind.Event)
        .Arrow("alice", "bob", "commitment_signed (1 HTLC signature)")
        .Note("bob", "send revoke_and_ack", NoteKind.Action)
        .Arrow("bob", "alice", "revoke_and_ack", ArrowKind.Lost)
        .Divider("bob restarts")
        .Arrow("bob", "alice", "channel_reestablish next commitment 2, next revocation 1")
        .Arrow("bob", "invoices", "HTLC 0 received: 50,000 msat", ArrowKind.Internal)
        .Arrow("invoices", "invoices", "settled")
        .Note("bob", "now it is paid");

    // A chart is best compared by eye: it is shown whole.
    private static void AssertDrawn(string expected, string drawn) => Assert.True(expected.ReplaceLineEndings("\n") == drawn, $"Drawn is\n{drawn}");
}
