using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Keys;
using Lightning.Channels.OnChain;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Tests.States;

/// <summary>A peer that gives this node's own keys for its own hopes that its revoked commitments pass for this node's.</summary>
public class CopiedKeysTests
{
    private static readonly string[] Names = ["funding_pubkey", "revocation_basepoint", "payment_basepoint", "delayed_payment_basepoint", "htlc_basepoint"];

    public static TheoryData<string, string> Copies
    {
        get
        {
            var copies = new TheoryData<string, string>();
            foreach (var theirs in Names)
            {
                foreach (var ours in Names) copies.Add(theirs, ours);
            }

            return copies;
        }
    }

    [Theory]
    [MemberData(nameof(Copies))]
    public void An_open_channel_with_a_key_of_this_node_is_refused(string theirs, string ours)
    {
        var pair = new ChannelPair();
        pair.Wire();
        pair.Alice.Do(pair.OpenCommand(1_000_000));
        var open = (OpenChannel)pair.Alice.Outbox.Dequeue();
        var key = Key(pair.Bob.Signer.Basepoints, ours);
        pair.Bob.Do(pair.AcceptCommand(theirs switch
        {
            "funding_pubkey" => open with { FundingPubKey = key },
            "revocation_basepoint" => open with { RevocationBasepoint = key },
            "payment_basepoint" => open with { PaymentBasepoint = key },
            "delayed_payment_basepoint" => open with { DelayedPaymentBasepoint = key },
            _ => open with { HtlcBasepoint = key },
        }));
        Assert.Equal($"{theirs} is this node's own {ours}.", Assert.IsType<Error>(pair.Bob.Sent[^1]).Text);
        Assert.IsType<Aborted>(pair.Bob.State);
    }

    [Theory]
    [MemberData(nameof(Copies))]
    public void An_accept_channel_with_a_key_of_this_node_is_refused(string theirs, string ours)
    {
        var pair = new ChannelPair();
        pair.Wire();
        pair.Alice.Do(pair.OpenCommand(1_000_000));
        pair.Bob.Do(pair.AcceptCommand((OpenChannel)pair.Alice.Outbox.Dequeue()));
        var accept = (AcceptChannel)pair.Bob.Outbox.Dequeue();
        var key = Key(pair.Alice.Signer.Basepoints, ours);
        pair.Alice.Do(new ChannelCommand.PeerMessages(pair.Alice.Connection!.Value, [theirs switch
        {
            "funding_pubkey" => accept with { FundingPubKey = key },
            "revocation_basepoint" => accept with { RevocationBasepoint = key },
            "payment_basepoint" => accept with { PaymentBasepoint = key },
            "delayed_payment_basepoint" => accept with { DelayedPaymentBasepoint = key },
            _ => accept with { HtlcBasepoint = key },
        }]));
        Assert.Equal($"{theirs} is this node's own {ours}.", Assert.IsType<Error>(pair.Alice.Sent[^1]).Text);
        Assert.IsType<Aborted>(pair.Alice.State);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void A_peer_whose_keys_were_accepted_once_is_punished_for_a_revoked_commitment(bool anchors, bool all)
    {
        var pair = OpenWithCopies(anchors, all);
        Pay(pair, pair.Alice, 0, 400_000_000, 1);
        var rich = pair.Bob.Funded.Commitments.Broadcastable(pair.Bob.Signer)!;
        Pay(pair, pair.Bob, 0, 500_000_000, 2);
        pair.Alice.Mine(rich, 100);
        var closing = Assert.IsType<Channels.States.Closing>(pair.Alice.State);
        Assert.Equal((SpendKind.RevokedCommitment, CloseReason.PeerCheated), (closing.Spend!.Kind, closing.Reason));
        pair.Alice.Do(new ChannelCommand.RevokedCommitmentFound(closing.Spend.CommitmentNumber, RevokedCommitments.Find(pair.Alice.Journal, closing.Spend.CommitmentNumber)!));
        closing = Assert.IsType<Channels.States.Closing>(pair.Alice.State);
        Assert.Contains(closing.Outputs(pair.Alice.Signer), static output => output.Kind == ChainOutputKind.RevokedBalance && output.Output.Value > new Satoshi(690_000));
        pair.Alice.Height++;
        pair.Alice.Do(new ChannelCommand.NewBlock());
        var taken = pair.Alice.Actions.OfType<ChannelAction.Publish>().Where(static one => one.Purpose is TransactionPurpose.Penalty or TransactionPurpose.Sweep).Select(static one => one.Transaction).ToList();
        foreach (var output in closing.Outputs(pair.Alice.Signer).Where(static one => one.Kind is ChainOutputKind.RevokedBalance or ChainOutputKind.OurBalance))
            Assert.Contains(taken, one => one.Inputs.Any(input => input.PreviousOutput == output.OutPoint));
    }

    [Fact]
    public void The_peers_current_commitment_is_known_in_spite_of_copied_keys()
    {
        var pair = OpenWithCopies(anchors: true, all: true);
        Pay(pair, pair.Alice, 0, 400_000_000, 1);
        pair.Alice.Mine(pair.Bob.Funded.Commitments.Broadcastable(pair.Bob.Signer)!, 100);
        Assert.Equal(SpendKind.RemoteCommitment, Assert.IsType<Channels.States.Closing>(pair.Alice.State).Spend!.Kind);
    }

    // As a journal of before the rule has it. The keys that the peer must sign with are its own.
    private static ChannelPair OpenWithCopies(bool anchors, bool all)
    {
        var pair = new ChannelPair(anchors ? ChannelType.AnchorOutputs : ChannelType.StaticRemoteKey);
        pair.Fund(1_000_000, 300_000_000);
        var (alice, bob) = (pair.Alice, pair.Bob);
        Rewrite<DurableEvent.FundingCreated>(alice, one => one with { Parameters = one.Parameters with { Remote = Copy(one.Parameters.Remote) } });
        Rewrite<DurableEvent.FundingAccepted>(bob, one => one with { Parameters = one.Parameters with { Local = Copy(one.Parameters.Local) } });
        var (first, second) = (Sign(alice), Sign(bob));
        Rewrite<DurableEvent.FundingAccepted>(bob, one => one with { Signature = first });
        Rewrite<DurableEvent.FundingSigned>(alice, one => one with { Signature = second });
        pair.Disconnect();
        alice.Restart();
        bob.Restart();
        pair.Connect();
        pair.Run();
        pair.Confirm();
        Assert.IsType<Normal>(alice.State);
        return pair;

        PartyParameters Copy(PartyParameters party) =>
            party with { Basepoints = all ? alice.Signer.Basepoints with { FundingPubKey = party.Basepoints.FundingPubKey, Htlc = party.Basepoints.Htlc } : party.Basepoints with { Payment = alice.Signer.Basepoints.Payment } };

        static EcdsaSignature Sign(ChannelNode node)
        {
            var commitments = ((FundedState)node.Replay()).Commitments;
            return node.Signer.SignRemoteCommitment(ForceClosing.CurrentRemote(commitments)).Commitment;
        }

        static void Rewrite<T>(ChannelNode node, Func<T, DurableEvent> with)
            where T : DurableEvent
        {
            var index = node.Journal.FindIndex(static one => one is T);
            node.Journal[index] = with((T)node.Journal[index]);
        }
    }

    private static void Pay(ChannelPair pair, ChannelNode from, ulong id, long msat, int preimage)
    {
        pair.Add(from, msat, ChannelPair.Preimage(preimage));
        pair.Run();
        pair.Other(from).Do(new ChannelCommand.FulfillHtlc(id, ChannelPair.Preimage(preimage)));
        pair.Run();
    }

    private static PubKey Key(ChannelBasepoints keys, string name) => name switch
    {
        "funding_pubkey" => keys.FundingPubKey,
        "revocation_basepoint" => keys.Revocation,
        "payment_basepoint" => keys.Payment,
        "delayed_payment_basepoint" => keys.DelayedPayment,
        _ => keys.Htlc,
    };
}
