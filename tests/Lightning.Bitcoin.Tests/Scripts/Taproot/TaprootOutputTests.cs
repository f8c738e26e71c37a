using System.Text.Json;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Scripts.Taproot;

namespace Lightning.Bitcoin.Tests.Scripts.Taproot;

public sealed class TaprootOutputTests
{
    [Fact]
    public void The_output_with_one_script_of_BIP_341_is_reproduced()
    {
        var leaf = new TapLeaf(Script.FromHex("20b617298552a72ade070667e86ca63b8f5789a9fe8731ef91202a91c9f3459007ac"));
        var output = new TaprootOutput(XOnlyPubKey.Parse(Bytes32.FromHex("93478e9488f956df2396be2ce6c5cced75f900dfa18e7dabd2428aae78451820")), TapTree.Of(leaf));

        Assert.Equal("5120e4d810fd50586274face62b8a807eb9719cef49c04177cc6b76a9a4251d5450e", output.ScriptPubKey.ToString());
        Assert.Equal("c093478e9488f956df2396be2ce6c5cced75f900dfa18e7dabd2428aae78451820", output.ControlBlock(leaf).ToString());
    }

    [SkippableFact(DisplayName = "Every output, tree and control block of BIP 341 is reproduced")]
    public void Bip341_vectors()
    {
        foreach (var test in Vectors.Json("bips/bip341-wallet-test-vectors.json").GetProperty("scriptPubKey").EnumerateArray())
        {
            var (given, intermediary, expected) = (test.GetProperty("given"), test.GetProperty("intermediary"), test.GetProperty("expected"));
            var leaves = new SortedDictionary<int, TapLeaf>();
            var tree = given.GetProperty("scriptTree") is { ValueKind: not JsonValueKind.Null } root ? Read(root, leaves) : null;
            var output = new TaprootOutput(XOnlyPubKey.Parse(Bytes32.FromHex(given.GetProperty("internalPubkey").GetString()!)), tree);

            Assert.Equal(expected.GetProperty("scriptPubKey").GetString()!, output.ScriptPubKey.ToString());
            Assert.Equal(intermediary.GetProperty("tweak").GetString()!, output.Tweak.ToString());
            Assert.Equal(intermediary.GetProperty("merkleRoot").GetString(), tree?.Root.ToString());
            foreach (var (id, leaf) in leaves)
            {
                var block = output.ControlBlock(leaf);
                Assert.Equal(intermediary.GetProperty("leafHashes")[id].GetString()!, leaf.Hash.ToString());
                Assert.Equal(expected.GetProperty("scriptPathControlBlocks")[id].GetString()!, block.ToString());
                Assert.True(ControlBlock.Proves(block.Span, leaf.Hash, output.OutputKey.Value.Span));
                Assert.False(ControlBlock.Proves(block.Span, Bytes32.Zero, output.OutputKey.Value.Span));
            }
        }
    }

    [Fact]
    public void A_tree_deeper_than_128_levels_is_refused()
    {
        var tree = TapTree.Of(Script.Empty);
        for (var i = 0; i < TapTree.MaxDepth; i++) tree = TapTree.Branch(tree, TapTree.Of(Script.FromHex("51")));

        Assert.Throws<ArgumentException>(() => TapTree.Branch(tree, TapTree.Of(Script.Empty)));
    }

    private static TapTree Read(JsonElement node, SortedDictionary<int, TapLeaf> leaves)
    {
        if (node.ValueKind == JsonValueKind.Array) return TapTree.Branch(Read(node[0], leaves), Read(node[1], leaves));
        var leaf = new TapLeaf(Script.FromHex(node.GetProperty("script").GetString()!), (byte)node.GetProperty("leafVersion").GetInt32());
        leaves[node.GetProperty("id").GetInt32()] = leaf;
        return TapTree.Of(leaf);
    }
}
