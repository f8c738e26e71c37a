namespace Lightning.Routing.Graph;

/// <summary>Hash tables of indexes, at most half full; an entry is the index plus one, zero is free. Nothing is ever taken out.</summary>
internal static class OpenAddressing
{
    /// <summary>A table for so many entries.</summary>
    public static int[] NewTable(int capacity) => new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity * 2)];

    /// <summary>Spreads a key over all bits.</summary>
    public static int Mix(ulong key) => (int)((key * 0x9E37_79B9_7F4A_7C15) >> 32) & int.MaxValue >> 1;

    /// <summary>Adds an entry that is not there.</summary>
    public static void Add(int[] table, int hash, int index)
    {
        while (table[hash & (table.Length - 1)] != 0) hash++;
        table[hash & (table.Length - 1)] = index + 1;
    }
}
