using Lightning.Actors.Journal;
using Lightning.Actors.ReadModels;

namespace Lightning.TestKit.Journals;

/// <summary>What of a node outlives its processes: the journal, and the lists made from it.</summary>
internal interface IScenarioDisk : IAsyncDisposable
{
    /// <summary>The lists.</summary>
    ViewDatabase Views { get; }

    /// <summary>Writes at once.</summary>
    /// <returns>Null when durable; why not when another incarnation was first.</returns>
    /// <exception cref="IOException">The disk is in trouble.</exception>
    Exception? Write(IReadOnlyList<JournalRow> rows);

    /// <summary>The highest sequence number of an entity, 0 for one without events.</summary>
    long Highest(string persistenceId);

    /// <summary>An entity's events in order.</summary>
    IReadOnlyList<JournalRow> Read(string persistenceId, long from, long to, long max);

    /// <summary>The names of the entities that have events.</summary>
    IReadOnlyList<string> Entities();

    /// <summary>Copies the database as it is now; the node may go on.</summary>
    /// <returns>Puts the copy in the place of the database, with the node stopped, as often as it is called.</returns>
    Action Copy();

    /// <summary>Leaves nothing, with the node stopped.</summary>
    void Clear();
}
