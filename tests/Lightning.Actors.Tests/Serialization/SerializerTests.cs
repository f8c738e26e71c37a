using System.Reflection;
using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Lightning.Actors.Entities;
using Lightning.Actors.Hosting;
using Lightning.Actors.Serialization;
using Lightning.Actors.Channels;
using Lightning.Channels.Commands;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Tests.Serialization;

public sealed class SerializerTests : Akka.TestKit.Xunit2.TestKit
{
    private readonly LightningSerializer _serializer;

    public SerializerTests()
        : base(HoconFiles.Load(postgres: false).WithFallback(DefaultConfig).WithFallback(ConfigurationFactory.Default()).ToLocal()) =>
        _serializer = new LightningSerializer((ExtendedActorSystem)Sys);

    /// <summary>What is sent between processes or stands in the journal: everything marked, the channel's own events, and whatever else has a format.</summary>
    public static IEnumerable<object[]> Types() => typeof(ISerialized).Assembly.GetTypes()
        .Where(static type => type.IsAssignableTo(typeof(ISerialized)) && type is { IsAbstract: false, IsInterface: false })
        .Concat(typeof(DurableEvent).GetNestedTypes().Where(static type => type.IsSubclassOf(typeof(DurableEvent)) && type != typeof(DurableEvent.OwnershipTaken)))
        .Concat(LightningSerializer.Formats.Types.Where(static type => !type.IsAbstract))
        .Distinct()
        .OrderBy(static type => type.FullName, StringComparer.Ordinal)
        .Select(static type => new object[] { type });

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_has_a_format_that_loses_nothing(Type type)
    {
        foreach (var full in new[] { true, false })
        {
            var value = type.GetProperty("Instance", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) ?? new Samples(TestActor).Create(type, full);
            var read = _serializer.FromBinary(_serializer.ToBinary(value), _serializer.Manifest(value));
            Assert.True(Samples.AreSame(value, read), $"wrote {value}\nread  {read}");
        }
    }

    [Fact]
    public void Every_command_that_is_sent_to_a_channel_survives_the_way()
    {
        foreach (var full in new[] { true, false })
        {
            foreach (var type in Samples.SentCommands)
            {
                var request = new ChannelRequest(new LocalChannelKey(1, 2), (ChannelCommand)new Samples(TestActor).Create(type, full));
                var read = _serializer.FromBinary(_serializer.ToBinary(request), _serializer.Manifest(request));
                Assert.True(Samples.AreSame(request, read), $"wrote {request}\nread  {read}");
            }
        }
    }

    [Fact]
    public void Manifests_are_short_and_carry_their_version()
    {
        foreach (var manifest in LightningSerializer.Formats.Manifests) Assert.Matches(@"^[a-z-]+(\.[a-z-]+)*\.\d+$", manifest);
        Assert.All(LightningSerializer.Formats.Manifests, static manifest => Assert.InRange(manifest.Length, 1, 40));
    }

    [Fact]
    public void A_type_without_a_format_is_refused_when_it_is_sent_and_never_written_as_something_else()
    {
        Assert.IsType<LightningSerializer>(Sys.Serialization.FindSerializerFor(new Unknown()));
        Assert.Throws<SerializationException>(() => _serializer.Manifest(new Unknown()));
        Assert.Throws<SerializationException>(() => _serializer.ToBinary(new Unknown()));
    }

    [Fact]
    public void An_unknown_manifest_is_refused() => Assert.Throws<SerializationException>(() => _serializer.FromBinary([], "from-the-future.9"));

    [Fact]
    public void Bytes_that_were_written_once_are_read_for_ever()
    {
        Record();
        var folder = Path.Combine(AppContext.BaseDirectory, "Recorded");
        foreach (var manifest in LightningSerializer.Formats.Manifests)
        {
            var file = Path.Combine(folder, manifest + ".hex");
            Assert.True(File.Exists(file), $"{manifest} has no recorded bytes: run this test with LIGHTNING_RECORD set to the folder Recorded of this project, and commit the new file.");
            var bytes = Convert.FromHexString(File.ReadAllText(file).Trim());
            var read = _serializer.FromBinary(bytes, manifest);

            // The path of an actor is written as this system names it: it does not come out the same elsewhere.
            var namesActor = Encoding.ASCII.GetString(bytes).Contains("akka:", StringComparison.Ordinal);
            if (!namesActor && LightningSerializer.Formats.Find(read.GetType())!.Manifest == manifest) Assert.Equal(bytes, _serializer.ToBinary(read));
        }
    }

    // Writes what is missing, never anew what is there.
    private void Record()
    {
        if (Environment.GetEnvironmentVariable("LIGHTNING_RECORD") is not { Length: > 0 } folder) return;
        foreach (var type in Types().Select(static row => (Type)row[0]))
        {
            var value = type.GetProperty("Instance", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) ?? new Samples(ActorRefs.Nobody).Create(type, full: true);
            var file = Path.Combine(folder, _serializer.Manifest(value) + ".hex");
            if (!File.Exists(file)) File.WriteAllText(file, Convert.ToHexStringLower(_serializer.ToBinary(value)) + "\n");
        }
    }

    private sealed record Unknown;
}

internal static class ConfigExtensions
{
    /// <summary>Without a cluster.</summary>
    public static Config ToLocal(this Config config) => ConfigurationFactory.ParseString("akka.actor.provider = local\nakka.loglevel = WARNING").WithFallback(config);
}
