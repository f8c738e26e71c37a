using Lightning.Channels.Claims;
using Lightning.Channels.Formats;
using Lightning.Channels.Tests.Transactions;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Tests.Claims;

public sealed class ClaimFinderTests
{
    private const uint Delay = 144;

    [Fact]
    public void On_this_nodes_commitment_HTLCs_are_contested_and_the_balance_is_not()
    {
        var bench = ClaimBench.Ours(CommitmentFormat.Anchors, 1_000, ClaimBench.Offered(0, 50_000, 40), ClaimBench.Offered(1, 60_000, 41), ClaimBench.Received(7, 70_000, 60, 1), ClaimBench.Received(8, 80_000, 60, 2));
        bench.Preimages[7] = TestChannel.Preimage(1);
        bench.IncomingExpiries[1] = bench.Start + 100;
        bench.IsOffline = true;
        bench.Confirm();
        uint start = bench.Start, mined = start + 1;
        AssertClaims(
            bench,
            (ClaimPurpose.HtlcTimeout, 50_000, start + 41, start + 40 + 36, true),
            (ClaimPurpose.HtlcTimeout, 60_000, start + 42, start + 100 - 3, true),
            (ClaimPurpose.HtlcSuccess, 70_000, mined + 1, start + 60, true),
            (ClaimPurpose.Sweep, bench.ByAlice.Outputs.Single(output => output.Kind == CommitmentOutputKind.ToLocal).Output.Value.Value, mined + Delay, null, false));
    }

    [Fact]
    public void On_the_peers_commitment_too()
    {
        var bench = ClaimBench.Theirs(CommitmentFormat.Anchors, ClaimBench.Received(0, 50_000, 40), ClaimBench.Received(1, 60_000, 41), ClaimBench.Offered(7, 70_000, 60, 1), ClaimBench.Offered(8, 80_000, 60, 2));
        bench.Preimages[7] = TestChannel.Preimage(1);
        bench.IncomingExpiries[1] = bench.Start + 100;
        bench.IsOffline = true;
        bench.Confirm();
        uint start = bench.Start, mined = start + 1;
        AssertClaims(
            bench,
            (ClaimPurpose.HtlcTimeout, 50_000, start + 41, start + 40 + 36, true),
            (ClaimPurpose.HtlcTimeout, 60_000, start + 42, start + 100 - 3, true),
            (ClaimPurpose.HtlcSuccess, 70_000, mined + 1, start + 60, true),
            (ClaimPurpose.Sweep, bench.ByAlice.Outputs.Single(output => output.Kind == CommitmentOutputKind.ToRemote).Output.Value.Value, mined + 1, null, false));
    }

    [Fact]
    public void A_cheaters_outputs_are_to_be_taken_before_it_can_take_them()
    {
        var bench = ClaimBench.Revoked(CommitmentFormat.Anchors, ClaimBench.Offered(0, 50_000, 3), ClaimBench.Received(0, 70_000, 30, 1));
        bench.IsOffline = true;
        bench.Confirm();
        var mined = bench.Start + 1;
        AssertClaims(
            bench,
            (ClaimPurpose.Penalty, 50_000, mined, mined + Delay - 1, true),
            (ClaimPurpose.Penalty, 70_000, mined, mined + Delay - 1, true),
            (ClaimPurpose.Sweep, bench.ByAlice.Outputs.Single(output => output.Kind == CommitmentOutputKind.ToRemote).Output.Value.Value, mined + 1, null, false),
            (ClaimPurpose.Penalty, bench.ByAlice.Outputs.Single(output => output.Kind == CommitmentOutputKind.ToLocal).Output.Value.Value, mined, mined + Delay - 1, false));
        bench.SkipTo(3);
        bench.MineForeign(bench.AliceTimesOut(0));
        var second = Assert.Single(bench.Claims(), claim => claim.OutPoint.TxId != bench.Signed.TxId);
        Assert.Equal((ClaimPurpose.Penalty, bench.Height, (uint?)(bench.Height + Delay - 1), false), (second.Purpose, second.MatureAt, second.Deadline, second.IsContested));
    }

    [Fact]
    public void A_commitment_is_to_confirm_before_its_HTLCs_are_lost()
    {
        var bench = ClaimBench.Ours(CommitmentFormat.Anchors, 1_000, ClaimBench.Offered(0, 50_000, 100), ClaimBench.Received(7, 70_000, 90, 1), ClaimBench.Received(8, 80_000, 20, 2));
        Assert.Equal((Satoshi.Zero + 50_000.Sat(), (uint?)(bench.Start + 136)), Anchor());
        bench.Preimages[7] = TestChannel.Preimage(1);
        Assert.Equal((120_000.Sat(), (uint?)(bench.Start + 88)), Anchor());
        // Three blocks before the incoming HTLC expires the outgoing one is failed, if it must be, and six make it final.
        bench.IncomingExpiries[0] = bench.Start + 95;
        Assert.Equal((120_000.Sat(), (uint?)(bench.Start + 88)), Anchor());
        bench.IncomingExpiries[0] = bench.Start + 120;
        Assert.Equal((120_000.Sat(), (uint?)(bench.Start + 88)), Anchor());
        bench.Preimages.Clear();
        Assert.Equal((50_000.Sat(), (uint?)(bench.Start + 111)), Anchor());
        bench.IncomingExpiries[0] = bench.Start + 101;
        Assert.Equal((50_000.Sat(), (uint?)(bench.Start + 100)), Anchor());

        (Satoshi, uint?) Anchor()
        {
            var claim = Assert.Single(bench.Claims());
            Assert.Equal((ClaimPurpose.Anchor, bench.ByAlice.Fee), (claim.Purpose, claim.Parent!.Fee));
            Assert.Equal(claim.Value, claim.Parent.Htlcs + claim.Parent.Balance);
            return (claim.Parent.Htlcs, claim.Deadline);
        }
    }

    private static void AssertClaims(ClaimBench bench, params (ClaimPurpose Purpose, long Value, uint MatureAt, uint? Deadline, bool IsContested)[] expected) =>
        Assert.Equal(
            expected.OrderBy(claim => claim.Value),
            bench.Claims().Select(claim => (claim.Purpose, claim.Value.Value, claim.MatureAt, claim.Deadline, claim.IsContested)).OrderBy(claim => claim.Value));
}
