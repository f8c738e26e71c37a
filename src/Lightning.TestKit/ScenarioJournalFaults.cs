using Lightning.Actors.Journal;
using Lightning.TestKit.Journals;

namespace Lightning.TestKit;

/// <summary>
/// Trouble with one node's journal. A write is one atomic batch of events of one entity; entities are named by their kind: <c>channel</c>, <c>payment</c>,
/// <c>invoice</c>, <c>peer</c>, and the one <c>channel-registry</c>, <c>chain-monitor</c> and <c>wallet</c> of the node.
/// </summary>
public sealed class ScenarioJournalFaults
{
    private readonly ScenarioNode _node;

    internal ScenarioJournalFaults(ScenarioNode node) => _node = node;

    /// <summary>How many writes there were.</summary>
    public int Writes => _node.Trouble.Writes;

    /// <summary>How many writes the journal has refused because another process of the node had written there first.</summary>
    public int RefusedWrites => _node.Trouble.Refused;

    /// <summary>How many writes have met the trouble that was ordered for one.</summary>
    public int Faults => _node.Trouble.Faults;

    /// <summary>The node dies at a write, of which nothing is written.</summary>
    /// <param name="after">So many writes go well before it.</param>
    /// <param name="of">Only writes of entities of this kind count; null for all.</param>
    public void CrashBeforeWrite(int after = 0, string? of = null) => Order(WriteFault.CrashBefore, after, of);

    /// <summary>The node dies right after a write, before anything came of it.</summary>
    /// <inheritdoc cref="CrashBeforeWrite"/>
    public void CrashAfterWrite(int after = 0, string? of = null) => Order(WriteFault.CrashAfter, after, of);

    /// <summary>A write is done, but its writer hears of a failure.</summary>
    /// <inheritdoc cref="CrashBeforeWrite"/>
    public void LoseAnswer(int after = 0, string? of = null) => Order(WriteFault.LoseAnswer, after, of);

    /// <summary>A write fails, and nothing is written.</summary>
    /// <inheritdoc cref="CrashBeforeWrite"/>
    public void FailWrite(int after = 0, string? of = null) => Order(WriteFault.Fail, after, of);

    /// <summary>So many reads fail.</summary>
    public void FailReads(int count) => _node.Trouble.FailReads(count);

    /// <summary>The disk is full: every write fails until <see cref="Heal"/>.</summary>
    public void FillDisk() => _node.Trouble.IsFull = true;

    /// <summary>The answers to writes take so long.</summary>
    public void DelayAnswers(TimeSpan delay) => _node.Trouble.Delay = delay;

    /// <summary>What is written is written, but nobody hears of it until <see cref="ReleaseAnswers"/>.</summary>
    public void HoldAnswers() => _node.Trouble.Hold();

    /// <summary>All held answers come.</summary>
    public async Task ReleaseAnswers()
    {
        _node.Trouble.Release();
        await _node.Network.Rest().ConfigureAwait(false);
    }

    /// <summary>Writes wait before anything of them is on the disk, until <see cref="ReleaseWrites"/>: what dies meanwhile has written nothing.</summary>
    public void HoldWrites() => _node.Trouble.HoldWrites();

    /// <summary>All held writes are done, in their order.</summary>
    public async Task ReleaseWrites()
    {
        _node.Trouble.ReleaseWrites();
        await _node.Network.Rest().ConfigureAwait(false);
    }

    /// <summary>All is well again, and what was ordered and has not come to pass is called off.</summary>
    public void Heal() => _node.Trouble.Clear();

    private void Order(WriteFault fault, int after, string? of)
    {
        if (of is not null && !EntityKind.All.Contains(of, StringComparer.Ordinal)) throw new ArgumentException($"There are no entities of kind '{of}'; there are {string.Join(", ", EntityKind.All)}.", nameof(of));
        Func<JournalWrite, bool>? matches = of is null ? null : write => EntityKind.Of(write.PersistenceId) == of;
        _node.Trouble.Add(fault, after, matches);
        _node.Network.Story.Note(_node.Name, $"journal: {fault} ordered");
    }
}
