using Lightning.Channels.Announcing;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Channels.Tests.States;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Tests.Announcing;

/// <summary>option_scid_alias (BOLT 2).</summary>
public sealed class AliasTests
{
    [Theory]
    [InlineData(false, false, true)]
    [InlineData(false, true, true)]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)]
    public void Channel_ready_names_an_alias_where_the_channel_is_not_announced_or_the_peer_knows_them(bool announce, bool isNegotiated, bool isGiven)
    {
        var pair = ChannelPair.Open(announce: announce, features: ChannelPair.AllFeatures | (isNegotiated ? ChannelFeatures.ScidAlias : ChannelFeatures.None));

        foreach (var node in AnnouncementTests.Both(pair))
        {
            Assert.Equal(isGiven ? Aliases.Of(node.Key) : null, Assert.Single(node.Sent.OfType<ChannelReady>()).Alias);
            Assert.Equal(isGiven ? Aliases.Of(node.Key) : null, ((Normal)pair.Other(node).State).RemoteAlias);
        }
    }

    [Fact]
    public void An_alias_is_the_id_of_no_block_and_always_the_same()
    {
        var aliases = Enumerable.Range(0, 1_000).Select(static i => Aliases.Of(new LocalChannelKey((uint)i, (UInt128)(i * 7)))).ToList();

        Assert.All(aliases, static alias => Assert.InRange(alias.BlockHeight, 16_000_000u, 16_249_999u));
        Assert.Equal(1_000, aliases.Distinct().Count());
        Assert.Equal(aliases[3], Aliases.Of(new LocalChannelKey(3, 21)));
    }
}
