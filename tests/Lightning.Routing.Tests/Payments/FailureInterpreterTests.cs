using Lightning.Protocol.Onion;
using Lightning.Routing.Paths;
using Lightning.Routing.Payments;
using static Lightning.Routing.Tests.TestNodes;

namespace Lightning.Routing.Tests.Payments;

public sealed class FailureInterpreterTests
{
    private static Route ThreeHops => new(
    [
        new RouteHop(Bob, Scid(1), 1002.Msat(), 202, 1.Msat()),
        new RouteHop(Carol, Scid(10), 1001.Msat(), 201, 1.Msat()),
        new RouteHop(Dave, Scid(11), 1000.Msat(), 200, MilliSatoshi.Zero),
    ]);

    private static Route Direct => new([new RouteHop(Bob, Scid(1), 1000.Msat(), 200, MilliSatoshi.Zero)]);

    [Theory]
    [InlineData(FailureCode.IncorrectOrUnknownPaymentDetails)]
    [InlineData(FailureCode.InvalidOnionPayload)]
    [InlineData(FailureCode.TemporaryNodeFailure)]
    [InlineData(FailureCode.PermanentNodeFailure)]
    public void Refusal_by_the_payee_ends_the_payment(FailureCode code) => Assert.True(Interpret(ThreeHops, code, 2).IsFinal);

    [Fact]
    public void Payee_that_got_too_little_or_too_late_is_tried_by_another_way()
    {
        foreach (var code in (FailureCode[])[FailureCode.FinalIncorrectCltvExpiry, FailureCode.FinalIncorrectHtlcAmount])
        {
            var advice = Interpret(ThreeHops, code, 2);
            Assert.False(advice.IsFinal);
            Assert.Equal([new DirectedChannel(Scid(11), Dave)], advice.ExcludedChannels.Items.AsEnumerable());
        }

        var timeout = Interpret(ThreeHops, FailureCode.MppTimeout, 2);
        Assert.Equal((false, 0, 0), (timeout.IsFinal, timeout.ExcludedChannels.Count, timeout.ExcludedNodes.Count));
    }

    [Theory]
    [InlineData(FailureCode.TemporaryChannelFailure)]
    [InlineData(FailureCode.UnknownNextPeer)]
    [InlineData(FailureCode.FeeInsufficient)]
    [InlineData(FailureCode.InvalidOnionHmac)]
    [InlineData(FailureCode.IncorrectOrUnknownPaymentDetails)]
    [InlineData((FailureCode)999)]
    public void Failure_of_a_node_between_excludes_the_channel_behind_it(FailureCode code)
    {
        var advice = Interpret(ThreeHops, code, 0);
        Assert.False(advice.IsFinal);
        Assert.Equal([new DirectedChannel(Scid(10), Carol)], advice.ExcludedChannels.Items.AsEnumerable());
        Assert.Equal(0, advice.Source);
    }

    [Fact]
    public void Failure_of_a_whole_node_excludes_the_node()
    {
        var advice = Interpret(ThreeHops, FailureCode.TemporaryNodeFailure, 1);
        Assert.Equal((false, 0), (advice.IsFinal, advice.ExcludedChannels.Count));
        Assert.Equal([Carol], advice.ExcludedNodes.Items.AsEnumerable());
    }

    [Fact]
    public void Unreadable_failure_excludes_what_may_be_to_blame()
    {
        Assert.Equal(
            [new DirectedChannel(Scid(10), Carol), new DirectedChannel(Scid(11), Dave)],
            FailureInterpreter.Interpret(ThreeHops, new DecryptedFailure(null, null, [])).ExcludedChannels.Items.AsEnumerable());
        Assert.Equal(
            [new DirectedChannel(Scid(1), Bob)],
            FailureInterpreter.Interpret(Direct, new DecryptedFailure(null, null, [])).ExcludedChannels.Items.AsEnumerable());
        Assert.Equal(
            [new DirectedChannel(Scid(10), Carol)],
            FailureInterpreter.Interpret(ThreeHops, new DecryptedFailure(null, 1, [])).ExcludedChannels.Items.AsEnumerable());
    }

    [Fact]
    public void Refusal_by_our_own_channel_or_the_first_peer_excludes_that_channel()
    {
        Assert.Equal([new DirectedChannel(Scid(1), Bob)], FailureInterpreter.RefusedByOwnChannel(ThreeHops).ExcludedChannels.Items.AsEnumerable());
        var malformed = FailureInterpreter.MalformedByFirstPeer(ThreeHops, FailureCode.InvalidOnionHmac);
        Assert.Equal([new DirectedChannel(Scid(1), Bob)], malformed.ExcludedChannels.Items.AsEnumerable());
        Assert.Equal(FailureCode.InvalidOnionHmac, malformed.Message!.Code);
    }

    private static FailureAdvice Interpret(Route route, FailureCode code, int hop) =>
        FailureInterpreter.Interpret(route, new DecryptedFailure(new FailureMessage(code), hop, []));
}
