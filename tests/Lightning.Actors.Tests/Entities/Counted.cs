using System.Buffers.Binary;
using Akka.Actor;
using Akka.Serialization;

namespace Lightning.Actors.Tests.Entities;

internal sealed record Counted(int By);

internal sealed class CountedSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 7999;

    public override string Manifest(object o) => o is Counted ? "counted" : throw new ArgumentException($"{o.GetType()} is no test event");

    public override byte[] ToBinary(object obj)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, ((Counted)obj).By);
        return bytes;
    }

    public override object FromBinary(byte[] bytes, string manifest) => new Counted(BinaryPrimitives.ReadInt32BigEndian(bytes));
}
