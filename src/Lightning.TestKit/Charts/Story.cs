using Lightning.Actors.Charts;
using Lightning.Actors.Journal;
using Lightning.Actors.Serialization;
using Lightning.Channels.Actions;
using Lightning.Channels.Events;
using Lightning.Protocol.Messages;
using Lightning.TestKit.Journals;
using Lightning.TestKit.Links;
using Lightning.TestKit.Simulation;

namespace Lightning.TestKit.Charts;

/// <summary>What happens in a network, for the chart of a failed test. Keeps the last of it; texts are made when somebody looks.</summary>
internal sealed class Story(VirtualTime time) : LinkObserver
{
    private const int Kept = 4_000;
    private const int Shown = 250;
    private static readonly FormatRegistry Formats = SerializedFormats.Create();
    private readonly Queue<Entry> _entries = new();
    private readonly HashSet<string> _complaints = new(StringComparer.Ordinal);

    /// <summary>Whether anything is kept at all.</summary>
    public bool IsKept { get; set; } = true;

    /// <summary>Is shown each thing as it happens; null where nobody looks.</summary>
    public Action<Entry>? Seen { get; set; }

    /// <summary>The errors and warnings that nodes sent to each other, but for repetitions.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <inheritdoc/>
    public override void Delivered(string from, string to, LightningMessage message)
    {
        Add(new Entry(time.Elapsed, from, to, message));
        if (message is Error or Warning) _complaints.Add($"{from} complains to {to}: {Describe.Message(message)}");
    }

    /// <inheritdoc/>
    public override void Lost(string from, string to, LightningMessage message, string why) => Add(new Entry(time.Elapsed, from, to, message, why));

    /// <inheritdoc/>
    public override void Connected(string one, string other, bool isConnected) => Add(new Entry(time.Elapsed, "", null, $"{one} and {other} are {(isConnected ? "connected" : "not connected any more")}"));

    /// <summary>A remark at a node.</summary>
    public void Note(string node, string text) => Add(new Entry(time.Elapsed, node, null, text));

    /// <summary>Something that concerns all.</summary>
    public void Divide(string text) => Add(new Entry(time.Elapsed, "", null, text));

    /// <summary>Events have become durable.</summary>
    public void Written(string node, IReadOnlyList<JournalRow> rows)
    {
        foreach (var row in rows) Add(new Entry(time.Elapsed, node, null, row));
    }

    /// <summary>A channel does something.</summary>
    public void Performs(string node, ChannelAction action)
    {
        // What is sent is seen when it arrives.
        if (action is not ChannelAction.Send) Add(new Entry(time.Elapsed, node, null, action));
    }

    /// <summary>For a terminal.</summary>
    public string ToText() => Chart().ToText(new ChartOptions { Last = Shown });

    /// <summary>For a report.</summary>
    public string ToMermaid() => Chart().ToMermaid();

    private void Add(Entry entry)
    {
        Seen?.Invoke(entry);
        if (!IsKept) return;
        _entries.Enqueue(entry);
        if (_entries.Count > Kept) _entries.Dequeue();
    }

    private SequenceChart Chart()
    {
        var chart = new SequenceChart(_entries.SelectMany(static entry => (string?[])[entry.From, entry.To]).OfType<string>().Where(static name => name.Length > 0).Distinct(StringComparer.Ordinal));
        foreach (var entry in _entries)
        {
            var at = VirtualTime.Epoch + entry.At;
            switch (entry.What)
            {
                case LightningMessage message when entry.Lost is { } why:
                    chart.Arrow(entry.From, entry.To!, $"{Describe.Message(message)} ({why})", ArrowKind.Lost, at);
                    break;
                case LightningMessage message:
                    chart.Arrow(entry.From, entry.To!, Describe.Message(message), ArrowKind.Message, at);
                    break;
                case JournalRow row:
                    if (TextOf(row) is { } text) chart.Note(entry.From, text, NoteKind.Event, at);
                    break;
                case ChannelAction action:
                    chart.Note(entry.From, Describe.Action(action), NoteKind.Action, at);
                    break;
                case string remark when entry.From.Length == 0:
                    chart.Divider(remark, at);
                    break;
                case string remark:
                    chart.Note(entry.From, remark, NoteKind.Remark, at);
                    break;
            }
        }

        return chart;
    }

    // Of channels exactly, of the others what kind of thing it was; how far the chain was followed is of no interest.
    private static string? TextOf(JournalRow row)
    {
        if (row.Manifest.StartsWith("chain.", StringComparison.Ordinal)) return null;
        var kind = EntityKind.Of(row.PersistenceId);
        if (kind != EntityKind.Channel) return $"{kind} {row.Manifest.Split('.') switch { [_, var name, _] => name, _ => row.Manifest }}";
        return Formats.Find(row.Manifest)?.Read(row.Payload, null!) is DurableEvent happened ? Describe.Event(happened) : $"{kind} {row.Manifest}";
    }

    /// <summary>Something that happened.</summary>
    /// <param name="At">When, since the beginning.</param>
    /// <param name="From">The node that did it; empty for what concerns all.</param>
    /// <param name="To">Who gets the message, where it is one.</param>
    /// <param name="What">A <see cref="LightningMessage"/>, <see cref="JournalRow"/>, <see cref="ChannelAction"/> or remark.</param>
    /// <param name="Lost">Why the message does not arrive; null where it does.</param>
    internal sealed record Entry(TimeSpan At, string From, string? To, object What, string? Lost = null);
}
