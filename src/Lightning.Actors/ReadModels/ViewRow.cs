namespace Lightning.Actors.ReadModels;

/// <summary>A row of the journal, as the tables are made of it.</summary>
/// <param name="Ordering">Its place in the whole journal.</param>
/// <param name="Entity">Whose event it is.</param>
/// <param name="Manifest">The event's type and version.</param>
/// <param name="Created">When it was written, in ticks (UTC).</param>
/// <param name="Message">The event; null where its type says all that is asked for.</param>
internal readonly record struct ViewRow(long Ordering, string Entity, string Manifest, long Created, byte[]? Message);
