using Lightning.Channels.Parameters;

namespace Lightning.TestKit.Tests;

/// <summary>
/// Channels that are over soon after they are closed. For tests in which nobody cheats and no delay is the point: with the delays that nodes ask of each other in life,
/// the blocks that only pass the time are what such a test is slow by.
/// </summary>
internal static class BriefDelays
{
    /// <summary>A balance waits for 48 blocks after a forced close, and for 24 blocks after its end a channel is still watched.</summary>
    public static ScenarioOptions Options { get; } = new()
    {
        Configure = static (options, _) => options with { Channels = new ChannelConfig { Network = options.Network, ToSelfDelay = 48, WatchAfterClosed = 24 } },
    };

    /// <summary>Mines block by block until nodes have forgotten a channel, and says so if they do not within 1,100 blocks.</summary>
    public static async Task MineUntilGone(this ScenarioNetwork net, ScenarioChannel channel, params string[] nodes)
    {
        for (var i = 0; i < 1_100 && !nodes.All(IsGone); i++) await net.Mine();
        Assert.All(nodes, node => Assert.Equal("gone", channel.StateAt(node)));

        bool IsGone(string node) => channel.StateAt(node) == "gone";
    }
}
