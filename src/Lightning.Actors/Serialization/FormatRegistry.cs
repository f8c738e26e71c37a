using Akka.Actor;
using Google.Protobuf;

namespace Lightning.Actors.Serialization;

/// <summary>The manifest and protobuf form of every type that is serialized, and of every version that ever was.</summary>
internal sealed class FormatRegistry
{
    private readonly Dictionary<Type, Format> _byType = [];
    private readonly Dictionary<string, Format> _byManifest = new(StringComparer.Ordinal);

    /// <summary>Types that can be written.</summary>
    public IReadOnlyCollection<Type> Types => _byType.Keys;

    /// <summary>Manifests that can be read.</summary>
    public IReadOnlyCollection<string> Manifests => _byManifest.Keys;

    /// <summary>The present format of <typeparamref name="T"/>.</summary>
    /// <param name="manifest">Short, never used again for anything else; its last part is the version.</param>
    /// <param name="write">To protobuf.</param>
    /// <param name="read">From protobuf.</param>
    public void Add<T, TProto>(string manifest, Func<T, TProto> write, Func<TProto, T> read)
        where T : class
        where TProto : IMessage<TProto>, new() => Add(manifest, write, (TProto proto, ExtendedActorSystem _) => read(proto));

    /// <summary>The same for a message that names an actor.</summary>
    public void Add<T, TProto>(string manifest, Func<T, TProto> write, Func<TProto, ExtendedActorSystem, T> read)
        where T : class
        where TProto : IMessage<TProto>, new()
    {
        var parser = new MessageParser<TProto>(static () => new TProto());
        var format = new Format(manifest, value => write((T)value).ToByteArray(), (bytes, system) => read(parser.ParseFrom(bytes), system));
        _byType.Add(typeof(T), format);
        _byManifest.Add(manifest, format);
    }

    /// <summary>A type without content.</summary>
    public void Add<T>(string manifest, T instance)
        where T : class
    {
        var format = new Format(manifest, static _ => [], (_, _) => instance);
        _byType.Add(typeof(T), format);
        _byManifest.Add(manifest, format);
    }

    /// <summary>A form that is no longer written but stands in old journals.</summary>
    public void AddOld<T, TProto>(string manifest, Func<TProto, T> read)
        where T : class
        where TProto : IMessage<TProto>, new()
    {
        var parser = new MessageParser<TProto>(static () => new TProto());
        _byManifest.Add(manifest, new Format(manifest, static _ => throw new NotSupportedException("An old format is only read."), (bytes, _) => read(parser.ParseFrom(bytes))));
    }

    /// <summary>The format of a type, or null.</summary>
    public Format? Find(Type type) => _byType.GetValueOrDefault(type);

    /// <summary>The format of a manifest, or null.</summary>
    public Format? Find(string manifest) => _byManifest.GetValueOrDefault(manifest);

    /// <summary>One manifest with its two directions.</summary>
    internal sealed record Format(string Manifest, Func<object, byte[]> Write, Func<byte[], ExtendedActorSystem, object> Read);
}
