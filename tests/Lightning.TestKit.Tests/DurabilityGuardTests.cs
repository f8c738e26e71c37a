using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Actions;
using Lightning.Protocol.Messages;

namespace Lightning.TestKit.Tests;

/// <summary>What leaves a channel before it is durable is noticed in every scenario.</summary>
public sealed class DurabilityGuardTests
{
    [Theory]
    [InlineData("commitment_signed")]
    [InlineData("revoke_and_ack")]
    [InlineData("update_add_htlc")]
    [InlineData("update_fulfill_htlc")]
    [InlineData("channel_reestablish")]
    [InlineData("error")]
    public async Task What_is_not_durable_must_not_be_sent(string message)
    {
        await using var net = await Scenario.Network("alice", "bob");
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        (await net["alice"].Pay(await net["bob"].Invoice(1_000.Sat()))).ShouldSettle();
        var entry = channel.EntryAt("alice")!;
        var id = entry.Funded!.Commitments.Id;
        var point = entry.Funded.Commitments.RemotePoint;
        LightningMessage premature = message switch
        {
            "commitment_signed" => new CommitmentSigned(id, default(EcdsaSignature), []),
            "revoke_and_ack" => new RevokeAndAck(id, Bytes32.Zero, point),
            "update_add_htlc" => new UpdateAddHtlc(id, 9, 1_000.Msat(), default, 500, Bytes.Wrap(new byte[UpdateAddHtlc.OnionLength])),
            "update_fulfill_htlc" => new UpdateFulfillHtlc(id, 0, default),
            "channel_reestablish" => new ChannelReestablish(id, 77, 3, Bytes32.Zero, point),
            _ => new Error(id, new Bytes("no"u8)),
        };
        net["alice"].Performing(entry.Key, new ChannelAction.Send(premature));
        var seen = await Assert.ThrowsAsync<ScenarioException>(() => net.Advance(TimeSpan.FromSeconds(1)));
        Assert.Contains("before it is durable", seen.Message, StringComparison.Ordinal);
    }
}
