using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace Lightning.Actors.Serialization;

/// <summary>
/// The only serializer of this node's events, snapshots and cluster messages: protobuf under a short manifest. A type without a
/// format is refused when it is first sent, not when somebody has to read it years later.
/// </summary>
public sealed class LightningSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    internal const int Id = 7001;

    internal static FormatRegistry Formats { get; } = SerializedFormats.Create();

    /// <inheritdoc/>
    public override int Identifier => Id;

    /// <inheritdoc/>
    public override string Manifest(object o) => FormatOf(o).Manifest;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => FormatOf(obj).Write(obj);

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) =>
        (Formats.Find(manifest) ?? throw new SerializationException($"Unknown manifest '{manifest}': written by a later version?")).Read(bytes, system);

    private static FormatRegistry.Format FormatOf(object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Formats.Find(value.GetType())
            ?? throw new SerializationException($"{value.GetType()} has no format in {nameof(SerializedFormats)} and so can neither be sent to another process nor stand in the journal.");
    }
}
