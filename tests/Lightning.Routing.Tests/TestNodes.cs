using Lightning.Bitcoin.Crypto;

namespace Lightning.Routing.Tests;

/// <summary>Nodes and channels with short names.</summary>
internal static class TestNodes
{
    private static readonly Key[] Keys = [.. Enumerable.Range(1, 40).Select(i => Key.FromBytes([.. new byte[31], (byte)i]))];

    private static readonly NodeId[] Ids = [.. Keys.Select(k => new NodeId(k.PubKey))];

    public static NodeId Us => Ids[0];

    public static NodeId Bob => Ids[1];

    public static NodeId Carol => Ids[2];

    public static NodeId Dave => Ids[3];

    public static NodeId Eve => Ids[4];

    public static NodeId Node(int index) => Ids[index];

    public static Key KeyOf(NodeId node) => Keys[Array.IndexOf(Ids, node)];

    public static ShortChannelId Scid(int number) => new(800_000, (uint)number, 0);
}
