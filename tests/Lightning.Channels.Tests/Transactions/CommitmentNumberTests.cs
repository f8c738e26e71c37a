using Lightning.Channels.Transactions;

namespace Lightning.Channels.Tests.Transactions;

public sealed class CommitmentNumberTests
{
    [Fact]
    public void The_obscuring_factor_is_that_of_appendix_c() => Assert.Equal(
        0x2bb038521914ul,
        CommitmentNumber.ObscuringFactor(Bolt3Channel.LocalSigner.Basepoints.Payment, Bolt3Channel.RemoteSigner.Basepoints.Payment));

    [Fact]
    public void The_number_hides_in_locktime_and_sequence()
    {
        Assert.Equal(0x2052193eu, CommitmentNumber.LockTime(42, 0x2bb038521914));
        Assert.Equal(0x802bb038u, CommitmentNumber.Sequence(42, 0x2bb038521914));
        Assert.Throws<ArgumentOutOfRangeException>(() => CommitmentNumber.LockTime(1ul << 48, 0));
    }
}
