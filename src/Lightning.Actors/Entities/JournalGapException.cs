namespace Lightning.Actors.Entities;

/// <summary>Events of an entity are missing from the journal: nothing that it would do could be trusted.</summary>
internal sealed class JournalGapException(string persistenceId, long expected, long found)
    : Exception($"The journal of {persistenceId} has a gap: expected event {expected}, found {found}. The database is damaged or was restored in part; the entity does nothing until that is repaired.");
