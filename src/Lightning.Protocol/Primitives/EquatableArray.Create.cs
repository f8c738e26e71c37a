namespace Lightning.Protocol.Primitives;

/// <summary>Makes arrays that compare by content; collection expressions use it.</summary>
public static class EquatableArray
{
    /// <summary>Copies <paramref name="items"/>.</summary>
    public static EquatableArray<T> Create<T>(ReadOnlySpan<T> items) => new([.. items]);
}
