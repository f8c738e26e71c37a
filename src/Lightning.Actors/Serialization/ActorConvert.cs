using Akka.Actor;
using Google.Protobuf;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Wire;

namespace Lightning.Actors.Serialization;

/// <summary>Actors and messages of the wire in protobuf, both ways.</summary>
internal static class ActorConvert
{
    /// <summary>A path that any process of the node can send to.</summary>
    public static string ToProto(this IActorRef actor) => Akka.Serialization.Serialization.SerializedActorPath(actor);

    /// <summary>The actor of a path.</summary>
    public static IActorRef ToActor(this string path, ExtendedActorSystem system) => system.Provider.ResolveActorRef(path);

    /// <summary>As it travels between nodes (BOLT 1).</summary>
    public static ByteString ToProto(this LightningMessage message) => UnsafeByteOperations.UnsafeWrap(MessageCodec.Encode(message));

    /// <summary>From its form on the wire.</summary>
    public static LightningMessage ToMessage(this ByteString bytes) => MessageCodec.Decode(bytes.Span);
}
