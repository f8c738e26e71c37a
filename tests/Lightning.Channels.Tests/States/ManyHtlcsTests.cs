using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Closing;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Keys;
using Lightning.Channels.Parameters;
using Lightning.Channels.Signing;
using Lightning.Channels.Transactions;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Tests.States;

/// <summary>A commitment with many HTLCs on chain costs no more searches than one with few.</summary>
public class ManyHtlcsTests
{
    [Fact]
    public void How_often_the_commitment_is_made_for_one_decision_does_not_depend_on_how_many_HTLCs_it_has()
    {
        var few = CommitmentsMade(2);
        Assert.InRange(few, 1, 20);
        Assert.Equal(few, CommitmentsMade(40));
    }

    // All are expired for good, and nothing but one of them is spent.
    private static int CommitmentsMade(int htlcs)
    {
        var pair = ChannelPair.Open(sat: 10_000_000, pushMsat: 5_000_000_000);
        for (var i = 0; i < htlcs; i++)
        {
            pair.Add(pair.Alice, 5_000_000 + i, ChannelPair.Preimage(i));
            pair.Add(pair.Bob, 5_000_000 + i, ChannelPair.Preimage(i + 1_000));
        }

        pair.Run();
        pair.Disconnect();
        var node = pair.Alice;
        var commitment = node.Funded.Commitments.Broadcastable(node.Signer)!;
        Assert.Equal((2 * htlcs) + 4, commitment.Outputs.Length);
        node.Do(new ChannelCommand.FundingSpent(commitment, 100));
        node.Reach(200 + node.Config.ClosingDepth);
        var counting = new Counting(node.Signer);
        var spend = new Transaction(2, [new TxIn(new OutPoint(commitment.TxId, 2), default, 0, Witness.Empty)], [], 0);
        var decision = Channel.Decide(node.State, [new ChannelCommand.OutputSpent(spend, node.Height)], counting, node.Environment);
        Assert.NotEmpty(decision.Durable);
        return counting.Points;
    }

    /// <summary>Each commitment of this node is made from its point.</summary>
    private sealed class Counting(IChannelSigner inner) : IChannelSigner
    {
        public int Points { get; private set; }

        public NodeId NodeId => inner.NodeId;

        public ChannelBasepoints Basepoints => inner.Basepoints;

        public PubKey FundingPubKey(uint keyIndex) => inner.FundingPubKey(keyIndex);

        public PubKey PerCommitmentPoint(ulong commitmentNumber)
        {
            Points++;
            return inner.PerCommitmentPoint(commitmentNumber);
        }

        public Bytes32 PerCommitmentSecret(ulong commitmentNumber) => inner.PerCommitmentSecret(commitmentNumber);

        public CommitmentSignatures SignRemoteCommitment(CommitmentTransaction commitment) => inner.SignRemoteCommitment(commitment);

        public EcdsaSignature SignLocalCommitment(CommitmentTransaction commitment) => inner.SignLocalCommitment(commitment);

        public EcdsaSignature SignHtlcTransaction(HtlcTransaction htlc, Transaction transaction, int input) => inner.SignHtlcTransaction(htlc, transaction, input);

        public EcdsaSignature SignClosing(ClosingTransaction closing) => inner.SignClosing(closing);

        public EcdsaSignature SignClaim(Channels.Claims.ClaimableOutput claim, Transaction transaction, int input) => inner.SignClaim(claim, transaction, input);

        public ChannelAnnouncement SignAnnouncement(ChannelAnnouncement announcement) => inner.SignAnnouncement(announcement);

        public ChannelUpdate SignUpdate(ChannelUpdate update) => inner.SignUpdate(update);

        public void Dispose()
        {
        }
    }
}
