using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using Akka.Actor;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;

namespace Lightning.Actors.Tests.Serialization;

/// <summary>
/// Makes a value of any type that is serialized, every field of it filled with something that is not its default, so that a field that
/// is forgotten on the way is noticed. The same type and variant give the same value in every run.
/// </summary>
internal sealed class Samples(IActorRef actor)
{
    private int _next;

    /// <summary>A value; with <paramref name="full"/> optional fields are there and lists are not empty.</summary>
    public object Create(Type type, bool full)
    {
        _next = 1;
        return Make(type, full)!;
    }

    /// <summary>Whether two values hold the same, collections and nested records compared by content.</summary>
    public static bool AreSame(object? left, object? right)
    {
        if (Equals(left, right)) return true;
        if (left is null || right is null) return false;
        if (left is IEnumerable many && right is IEnumerable others and not string) return Count(many) == Count(others) && many.Cast<object>().Zip(others.Cast<object>(), AreSame).All(static same => same);
        if (left.GetType() != right.GetType() || left.GetType().Namespace is { } space && space.EndsWith(".Primitives", StringComparison.Ordinal)) return false;
        if (left is System.Runtime.CompilerServices.ITuple one && right is System.Runtime.CompilerServices.ITuple other) return Enumerable.Range(0, one.Length).All(i => AreSame(one[i], other[i]));
        var properties = left.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static p => p.GetIndexParameters().Length == 0 && p.Name != "EqualityContract" && !p.PropertyType.IsByRefLike).ToArray();
        return properties.Length > 0 && properties.All(p => AreSame(p.GetValue(left), p.GetValue(right)));
    }

    private static int Count(IEnumerable items) => items.Cast<object>().Count();

    /// <summary>The commands that are sent to channels by others than their own shell.</summary>
    public static Type[] SentCommands { get; } =
    [
        typeof(ChannelCommand.AddHtlc), typeof(ChannelCommand.AcknowledgeResult), typeof(ChannelCommand.CloseMutual), typeof(ChannelCommand.ForceClose),
        typeof(ChannelCommand.UpdateFee), typeof(ChannelCommand.FundingMade), typeof(ChannelCommand.FundingFailed), typeof(ChannelCommand.FundingConfirmed),
        typeof(ChannelCommand.FundingSpent), typeof(ChannelCommand.OutputSpent), typeof(ChannelCommand.FundingUndone),
        typeof(ChannelCommand.SpendUndone), typeof(ChannelCommand.FundingChecked), typeof(ChannelCommand.PublishAnswered), typeof(ChannelCommand.ClaimFunded),
        typeof(ChannelCommand.ClaimNotFunded), typeof(ChannelCommand.SweepScriptGiven), typeof(ChannelCommand.SetPolicy),
    ];

    private object? Make(Type type, bool full)
    {
        if (type == typeof(ChannelCommand)) return Make(typeof(ChannelCommand.AddHtlc), full);
        if (Nullable.GetUnderlyingType(type) is { } inner) return full ? Make(inner, full) : null;
        if (type.IsEnum) return Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1);
        var n = _next++;
        if (Simple(type, n) is { } simple) return simple;
        if (type.IsGenericType && type.GetGenericTypeDefinition() is { } generic)
        {
            if (generic == typeof(EquatableArray<>)) return Activator.CreateInstance(type, Many(type.GetGenericArguments()[0], full));
            if (generic == typeof(ImmutableArray<>)) return Many(type.GetGenericArguments()[0], full);
            if (generic == typeof(IReadOnlyList<>)) return Array(type.GetGenericArguments()[0], full);
            if (generic == typeof(ImmutableHashSet<>)) return Call(typeof(ImmutableHashSet), nameof(ImmutableHashSet.CreateRange), type, full);
            if (generic == typeof(ImmutableSortedSet<>)) return Call(typeof(ImmutableSortedSet), nameof(ImmutableSortedSet.CreateRange), type, full);
        }

        if (type.IsAbstract)
        {
            var kinds = type.Assembly.GetTypes().Where(t => t.IsSubclassOf(type) && !t.IsAbstract).OrderBy(static t => t.FullName, StringComparer.Ordinal).ToArray();
            return Make(kinds.Length > 0 ? kinds[full ? 0 : ^1] : throw new NotSupportedException($"{type} has no kinds."), full);
        }

        var constructor = type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .Where(c => c.GetParameters() is not [{ } only] || only.ParameterType != type)
            .OrderByDescending(static c => c.GetParameters().Length).First();
        var nullability = new NullabilityInfoContext();
        var value = constructor.Invoke([.. constructor.GetParameters().Select(p =>
            !full && !p.ParameterType.IsValueType && nullability.Create(p).WriteState == NullabilityState.Nullable ? null : Make(p.ParameterType, full))]);
        foreach (var property in type.GetProperties().Where(p => p.DeclaringType == type && p.SetMethod is { } set && set.ReturnParameter.GetRequiredCustomModifiers().Length > 0 && !constructor.GetParameters().Any(c => c.Name == p.Name)))
        {
            if (full || nullability.Create(property).WriteState != NullabilityState.Nullable) property.SetValue(value, Make(property.PropertyType, full));
        }

        return value;
    }

    private object? Simple(Type type, int n)
    {
        if (type == typeof(string)) return $"text {n}";
        if (type == typeof(bool)) return true;
        if (type == typeof(int)) return n;
        if (type == typeof(uint)) return (uint)n;
        if (type == typeof(long)) return (long)n;
        if (type == typeof(ulong)) return (ulong)n;
        if (type == typeof(ushort)) return (ushort)n;
        if (type == typeof(byte)) return (byte)n;
        if (type == typeof(LocalChannelKey)) return new LocalChannelKey(7, new UInt128(8, 9));
        if (type == typeof(UInt128)) return new UInt128((ulong)n, (ulong)n + 1);
        if (type == typeof(Guid)) return new Guid(n, 1, 2, [3, 4, 5, 6, 7, 8, 9, 10]);
        if (type == typeof(DateTimeOffset)) return DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000 + n);
        if (type == typeof(TimeSpan)) return TimeSpan.FromSeconds(n);
        if (type == typeof(Bytes32)) return Hash(n);
        if (type == typeof(Bytes)) return new Bytes(Hash(n).Span[..9]);
        if (type == typeof(AttributionData)) return new AttributionData(new Bytes(new byte[AttributionData.Length]));
        if (type == typeof(Script)) return new Script(new Bytes([0, 20, .. Hash(n).Span[..20]]));
        if (type == typeof(PubKey)) return KeyOf(n);
        if (type == typeof(NodeId)) return new NodeId(KeyOf(n));
        if (type == typeof(EcdsaSignature)) return new EcdsaSignature([.. Hash(n).Span, .. Hash(n + 1).Span]);
        if (type == typeof(FeatureSet)) return FeatureSet.FromBits(1, n % 40);
        if (type == typeof(ChannelType)) return ChannelType.AnchorOutputs;
        if (type == typeof(ushort?)) return (ushort)n;
        if (type == typeof(Transaction))
        {
            return new Transaction(
                2,
                [new TxIn(new OutPoint(new TxId(Hash(n)), 1), Script.Empty, 0xFFFFFFFD, Witness.Empty)],
                [new TxOut(new Satoshi(n), new Script(new Bytes([0x51])))],
                (uint)n);
        }

        if (type == typeof(LightningMessage)) return new Ping((ushort)n, Bytes.Empty);
        if (type == typeof(OpenChannel)) return OpenChannelSample();
        return type == typeof(IActorRef) ? actor : null;
    }

    private object Many(Type type, bool full)
    {
        var builder = typeof(ImmutableArray).GetMethods().Single(static m => m.Name == nameof(ImmutableArray.Create) && m.GetParameters() is [{ ParameterType.IsArray: true }]).MakeGenericMethod(type);
        return builder.Invoke(null, [Array(type, full)])!;
    }

    private object Call(Type factory, string method, Type type, bool full)
    {
        var item = type.GetGenericArguments()[0];
        var create = factory.GetMethods().Single(m => m.Name == method && m.GetParameters() is [{ ParameterType.IsGenericType: true } only] && only.ParameterType.GetGenericTypeDefinition() == typeof(IEnumerable<>));
        return create.MakeGenericMethod(item).Invoke(null, [Array(item, full)])!;
    }

    private Array Array(Type type, bool full)
    {
        var array = System.Array.CreateInstance(type, full ? 2 : 0);
        for (var i = 0; i < array.Length; i++) array.SetValue(Make(type, full), i);
        return array;
    }

    private OpenChannel OpenChannelSample() => new()
    {
        ChainHash = Network.Regtest.GenesisHash,
        TemporaryChannelId = new ChannelId(Hash(1)),
        Funding = new Satoshi(1_000_000),
        Push = new MilliSatoshi(1),
        DustLimit = new Satoshi(354),
        MaxHtlcValueInFlight = new MilliSatoshi(1_000_000_000),
        ChannelReserve = new Satoshi(10_000),
        HtlcMinimum = new MilliSatoshi(1),
        Feerate = new FeeratePerKw(2500),
        ToSelfDelay = 144,
        MaxAcceptedHtlcs = 483,
        FundingPubKey = KeyOf(1),
        RevocationBasepoint = KeyOf(2),
        PaymentBasepoint = KeyOf(3),
        DelayedPaymentBasepoint = KeyOf(4),
        HtlcBasepoint = KeyOf(5),
        FirstPerCommitmentPoint = KeyOf(6),
        ChannelFlags = 1,
        ChannelType = ChannelTypes.Anchors,
    };

    private static Bytes32 Hash(int n) => Hashes.Sha256(BitConverter.GetBytes(n));

    private static PubKey KeyOf(int n)
    {
        using var key = Key.FromBytes(Hash(n).Span);
        return key.PubKey;
    }
}
