using System.Numerics;
using Lightning.Actors.Hosting;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>A node, alice, and a peer that keeps to the rules as far as the test lets it, mallory.</summary>
internal sealed class Encounter : IAsyncDisposable
{
    public static readonly Satoshi Capacity = new(1_000_000);

    private Encounter(ScenarioNetwork net, ScriptedPeer mallory) => (Net, Mallory) = (net, mallory);

    public ScenarioNetwork Net { get; }

    public ScriptedPeer Mallory { get; }

    public ScenarioNode Alice => Net["alice"];

    /// <summary>The channel of <see cref="Opened"/> or <see cref="Accepted"/>.</summary>
    public ScriptedChannel Channel { get; private set; } = null!;

    /// <summary>Feature bits without option_simple_close: closings are those of closing_signed.</summary>
    public static ScriptedPeerOptions Legacy => new() { Features = DefaultFeatures.Init.Without(Feature.SimpleClose) };

    /// <summary>Both are there, and not connected.</summary>
    public static async Task<Encounter> Started(ScriptedPeerOptions? options = null, ChannelConfig? alice = null, NodePolicy? policy = null)
    {
        var net = await Scenario.Network(new ScenarioOptions { Configure = (node, _) => node with { Channels = alice ?? node.Channels, Policy = policy ?? node.Policy } }, "alice");
        return new Encounter(net, await net.AddScriptedPeer("mallory", options));
    }

    /// <summary>They are connected.</summary>
    public static async Task<Encounter> Connected(ScriptedPeerOptions? options = null, ChannelConfig? alice = null, NodePolicy? policy = null)
    {
        var encounter = await Started(options, alice, policy);
        await encounter.Mallory.Connect("alice");
        return encounter;
    }

    /// <summary>They have a channel that mallory opened; each has half of it.</summary>
    public static async Task<Encounter> Opened(ScriptedPeerOptions? options = null, MilliSatoshi? push = null, ChannelConfig? alice = null, NodePolicy? policy = null)
    {
        var encounter = await Connected(options, alice, policy);
        encounter.Channel = await encounter.Mallory.OpenTo("alice", Capacity, push ?? new MilliSatoshi(500_000_000));
        return encounter;
    }

    /// <summary>They have a channel that alice opened; each has half of it.</summary>
    public static async Task<Encounter> Accepted(ScriptedPeerOptions? options = null, MilliSatoshi? push = null)
    {
        var encounter = await Connected(options);
        encounter.Channel = await encounter.Mallory.AcceptFrom("alice", Capacity, push ?? new MilliSatoshi(500_000_000));
        return encounter;
    }

    /// <summary>They have a channel that mallory opened, and alice has lost what she knew of a payment over it: mallory has shown it, and alice's answer is to come.</summary>
    public static async Task<Encounter> ShownToBeBehind()
    {
        var encounter = await Opened();
        var old = encounter.Alice.CopyDatabase();
        encounter.Channel.Pay(await encounter.Alice.Invoice(20_000.Sat()));
        await encounter.Channel.Run();
        await encounter.Alice.RestartWith(old, isKnown: false);
        await encounter.Mallory.Connect("alice");
        await encounter.Mallory.Expect<ChannelReestablish>();
        await encounter.Channel.SendNext<ChannelReestablish>();
        return encounter;
    }

    /// <summary>The channel of the test, where it is neither.</summary>
    public void Take(ScriptedChannel channel) => Channel = channel;

    /// <summary>The same signature with the other S: valid to the curve, not to LOW-S-standard rule.</summary>
    public static EcdsaSignature HighS(EcdsaSignature signature)
    {
        var order = BigInteger.Parse("0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141", System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
        var s = order - new BigInteger(signature.Span[32..], isUnsigned: true, isBigEndian: true);
        var bytes = new byte[64];
        signature.Span[..32].CopyTo(bytes);
        var high = s.ToByteArray(isUnsigned: true, isBigEndian: true);
        high.CopyTo(bytes, 64 - high.Length);
        return new EcdsaSignature(bytes);
    }

    public ValueTask DisposeAsync() => Net.DisposeAsync();
}
