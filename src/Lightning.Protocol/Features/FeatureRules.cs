namespace Lightning.Protocol.Features;

/// <summary>What nodes must check about feature bits (BOLT 1 and 9).</summary>
public static class FeatureRules
{
    /// <summary>Whether two nodes can talk: neither requires what the other does not know, and the remote one shows all dependencies.</summary>
    /// <param name="local">Our init features.</param>
    /// <param name="remote">The peer's init features, both vectors joined.</param>
    /// <param name="reason">Why not, else null.</param>
    public static bool AreCompatible(FeatureSet local, FeatureSet remote, out string? reason)
    {
        reason = Unsupported(local, remote) is { } theirs ? $"the peer requires feature {Describe(theirs)}"
            : Unsupported(remote, local) is { } ours ? $"the peer lacks feature {Describe(ours)}"
            : MissingDependency(remote) is { } missing ? $"the peer shows {missing.Feature} without {missing.Dependency}"
            : null;
        return reason is null;
    }

    /// <summary>The first even bit that belongs to no feature of the specification, or null: who sets it cannot be understood.</summary>
    public static int? UnknownMandatoryBit(FeatureSet features)
    {
        foreach (var bit in features.Bits())
        {
            if (bit % 2 == 0 && Feature.FromBit(bit) is null) return bit;
        }

        return null;
    }

    /// <summary>The first feature that is shown without one that it depends on, or null. Assumed features need not be shown.</summary>
    public static (Feature Feature, Feature Dependency)? MissingDependency(FeatureSet features)
    {
        foreach (var feature in Feature.All)
        {
            if (!features.Has(feature)) continue;
            foreach (var dependency in feature.Dependencies)
            {
                if (!dependency.IsAssumed && !features.Has(dependency)) return (feature, dependency);
            }
        }

        return null;
    }

    private static int? Unsupported(FeatureSet supported, FeatureSet required)
    {
        foreach (var bit in required.Bits())
        {
            if (bit % 2 == 0 && !supported.HasBit(bit) && !supported.HasBit(bit + 1) && Feature.FromBit(bit) is not { IsAssumed: true }) return bit;
        }

        return null;
    }

    private static string Describe(int bit) => Feature.FromBit(bit) is { } feature ? $"{feature} ({bit})" : $"{bit}";
}
