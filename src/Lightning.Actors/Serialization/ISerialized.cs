namespace Lightning.Actors.Serialization;

/// <summary>Marks what travels between processes or stands in the journal: it has a manifest, a protobuf form and a round-trip test.</summary>
internal interface ISerialized;
