namespace Lightning.Actors.Journal;

/// <summary>One event as it stands in the journal table.</summary>
/// <param name="PersistenceId">The entity.</param>
/// <param name="SequenceNr">Its number among the entity's events, from 1, without gaps.</param>
/// <param name="Payload">The serialized event.</param>
/// <param name="SerializerId">The serializer's identifier.</param>
/// <param name="Manifest">The serializer's name of the event's type and version.</param>
internal readonly record struct JournalRow(string PersistenceId, long SequenceNr, byte[] Payload, int SerializerId, string Manifest);
