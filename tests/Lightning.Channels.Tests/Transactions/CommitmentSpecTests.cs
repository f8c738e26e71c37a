using Lightning.Channels.Transactions;

namespace Lightning.Channels.Tests.Transactions;

public sealed class CommitmentSpecTests
{
    private static readonly CommitmentSpec Empty = new(new FeeratePerKw(1000), 700_000.Msat(), 300_000.Msat());

    [Fact]
    public void An_offered_htlc_leaves_the_owner_and_reaches_the_other_node_or_comes_back()
    {
        var pending = Empty.Add(Htlc(HtlcDirection.Offered, 0));
        Assert.Equal((690_000.Msat(), 300_000.Msat()), (pending.ToLocal, pending.ToRemote));
        Assert.Equal((690_000.Msat(), 310_000.Msat()), (pending.Fulfill(HtlcDirection.Offered, 0).ToLocal, pending.Fulfill(HtlcDirection.Offered, 0).ToRemote));
        Assert.Equal(Empty, pending.Fail(HtlcDirection.Offered, 0));
        Assert.Equal(Empty.Total, pending.Total);
    }

    [Fact]
    public void A_received_htlc_leaves_the_other_node_and_reaches_the_owner_or_goes_back()
    {
        var pending = Empty.Add(Htlc(HtlcDirection.Received, 0));
        Assert.Equal((700_000.Msat(), 290_000.Msat()), (pending.ToLocal, pending.ToRemote));
        Assert.Equal((710_000.Msat(), 290_000.Msat()), (pending.Fulfill(HtlcDirection.Received, 0).ToLocal, pending.Fulfill(HtlcDirection.Received, 0).ToRemote));
        Assert.Equal(Empty, pending.Fail(HtlcDirection.Received, 0));
    }

    [Fact]
    public void The_order_of_updates_does_not_matter()
    {
        var one = Empty.Add(Htlc(HtlcDirection.Received, 1)).Add(Htlc(HtlcDirection.Offered, 7)).Add(Htlc(HtlcDirection.Offered, 2));
        var other = Empty.Add(Htlc(HtlcDirection.Offered, 2)).Add(Htlc(HtlcDirection.Offered, 7)).Add(Htlc(HtlcDirection.Received, 1));
        Assert.Equal(one, other);
        Assert.Equal(one, new CommitmentSpec(one.Feerate, one.ToLocal, one.ToRemote, [.. one.Htlcs.Reverse()]));
        Assert.Equal(one, one.Mirrored().Mirrored());
        Assert.NotEqual(one, one.Mirrored());
    }

    [Fact]
    public void An_id_is_unique_for_its_direction_only()
    {
        var pending = Empty.Add(Htlc(HtlcDirection.Offered, 0)).Add(Htlc(HtlcDirection.Received, 0));
        Assert.Throws<ArgumentException>(() => pending.Add(Htlc(HtlcDirection.Offered, 0)));
        Assert.Throws<ArgumentException>(() => pending.Fail(HtlcDirection.Offered, 1));
        Assert.Throws<ArgumentException>(() => new CommitmentSpec(Empty.Feerate, default, default, [Htlc(HtlcDirection.Offered, 4), Htlc(HtlcDirection.Offered, 4)]));
        Assert.Null(pending.Find(HtlcDirection.Received, 1));
        Assert.Equal(HtlcDirection.Received, pending.Find(HtlcDirection.Received, 0)!.Direction);
    }

    private static CommittedHtlc Htlc(HtlcDirection direction, ulong id) => new(direction, id, 10_000.Msat(), default, 500);
}
