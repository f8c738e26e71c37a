using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Protocol.Features;
using Lightning.Protocol.Gossip;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Wire;
using Lightning.Routing.Gossip;
using Lightning.Routing.Gossip.Sending;

namespace Lightning.Routing.Tests.Gossip;

/// <summary>Signed gossip as it comes off the wire, and an intake with a chain that has whatever channel it is told of.</summary>
internal sealed class GossipTestKit
{
    public static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    public static readonly NodeId Peer = TestNodes.Node(30);

    public static readonly BlockHash Chain = Network.Regtest.GenesisHash;

    private readonly Dictionary<ShortChannelId, FundingAnswer> _fundings = [];

    public GossipTestKit(GossipLimits? limits = null)
    {
        Limits = limits ?? new GossipLimits();
        Validator = new GossipValidator(Table, TestNodes.Us, Chain, Limits);
        Intake = new GossipIntake(Validator);
        Broadcast = new GossipBroadcast(Table, Limits);
    }

    public GossipLimits Limits { get; }

    /// <summary>The messages that were kept; a location is a place in it.</summary>
    public List<SignedGossipMessage> Kept { get; } = [];

    /// <summary>Whether signatures are believed unseen.</summary>
    public bool IsTrusting { get; init; }

    public GossipTable Table { get; } = new();

    public GossipValidator Validator { get; }

    public GossipIntake Intake { get; }

    public GossipBroadcast Broadcast { get; }

    public DateTimeOffset Now { get; set; } = Start;

    public uint Height { get; set; } = 800_010;

    public int Lookups { get; private set; }

    public int Checks { get; private set; }

    /// <summary>Between the nodes number <paramref name="a"/> and <paramref name="b"/>, in the order of their keys, fully signed.</summary>
    public static ChannelAnnouncement Announcement(int scid, int a, int b, int fundingKeys = 0, Func<ChannelAnnouncement, ChannelAnnouncement>? change = null)
    {
        var (one, other) = (TestNodes.Node(a), TestNodes.Node(b));
        var (oneFunding, otherFunding) = (FundingKey(scid, fundingKeys), FundingKey(scid, fundingKeys + 1));
        var unsigned = ChannelAnnouncements.Unsigned(Chain, TestNodes.Scid(scid), FeatureSet.Empty, one, oneFunding.PubKey, other, otherFunding.PubKey);
        if (change is not null) unsigned = change(unsigned);
        var hash = unsigned.SignedHash();
        var signed = GossipSignatures.WithSignatures(unsigned, one, TestNodes.KeyOf(one).Sign(hash), oneFunding.Sign(hash));
        return Received(GossipSignatures.WithSignatures(signed, other, TestNodes.KeyOf(other).Sign(hash), otherFunding.Sign(hash)));
    }

    /// <summary>Unsigned, for a kit that trusts, with any name.</summary>
    public static ChannelAnnouncement Unsigned(ShortChannelId scid, int a, int b) => Received(ChannelAnnouncements.Unsigned(
        Chain, scid, FeatureSet.Empty, TestNodes.Node(a), FundingKey(1, 0).PubKey, TestNodes.Node(b), FundingKey(1, 1).PubKey));

    /// <summary>Unsigned, for a kit that trusts, with any name.</summary>
    public static ChannelUpdate Unsigned(ShortChannelId scid, int direction, uint timestamp, uint fee = 1) => Received(new ChannelUpdate
    {
        Signature = default,
        ChainHash = Chain,
        ShortChannelId = scid,
        Timestamp = timestamp,
        ChannelFlags = (byte)direction,
        CltvExpiryDelta = 40,
        HtlcMinimum = new MilliSatoshi(1),
        FeeBase = new MilliSatoshi(1000),
        FeeProportionalMillionths = fee,
        HtlcMaximum = new MilliSatoshi(900_000_000),
    });

    /// <summary>Unsigned, for a kit that trusts.</summary>
    public static NodeAnnouncement Unsigned(int node, uint timestamp) => Received(new NodeAnnouncement { Signature = default, Timestamp = timestamp, NodeId = TestNodes.Node(node) });

    /// <summary>By the node number <paramref name="by"/> of a channel with the node number <paramref name="with"/>.</summary>
    public static ChannelUpdate Update(int scid, int by, int with, uint timestamp, Func<ChannelUpdate, ChannelUpdate>? change = null)
    {
        var signer = TestNodes.Node(by);
        var update = new ChannelUpdate
        {
            Signature = default,
            ChainHash = Chain,
            ShortChannelId = TestNodes.Scid(scid),
            Timestamp = timestamp,
            ChannelFlags = signer.CompareTo(TestNodes.Node(with)) < 0 ? (byte)0 : (byte)1,
            CltvExpiryDelta = 40,
            HtlcMinimum = new MilliSatoshi(1),
            FeeBase = new MilliSatoshi(1000),
            FeeProportionalMillionths = 100,
            HtlcMaximum = new MilliSatoshi(900_000_000),
        };
        return Received(GossipSignatures.Sign(change is null ? update : change(update), TestNodes.KeyOf(signer)));
    }

    public static NodeAnnouncement NodeAnnouncement(int node, uint timestamp, Func<NodeAnnouncement, NodeAnnouncement>? change = null)
    {
        var announcement = new NodeAnnouncement { Signature = default, Timestamp = timestamp, NodeId = TestNodes.Node(node), Alias = NodeAlias.FromText($"node {node}") };
        return Received(GossipSignatures.Sign(change is null ? announcement : change(announcement), TestNodes.KeyOf(announcement.NodeId)));
    }

    public static T Received<T>(T message)
        where T : LightningMessage => (T)MessageCodec.Decode(MessageCodec.Encode(message));

    public static uint Seconds(DateTimeOffset time) => (uint)time.ToUnixTimeSeconds();

    /// <summary>What the chain says of a channel; an unspent output with the right script, unless it is told otherwise.</summary>
    public void OnChain(int scid, FundingAnswer answer) => _fundings[TestNodes.Scid(scid)] = answer;

    public static FundingAnswer.Unspent Funding(FundingQuestion question, long capacity = 1_000_000, uint confirmations = 6) => new(
        new FundingOutput(new OutPoint(TxId(question.ShortChannelId), question.ShortChannelId.OutputIndex), new Satoshi(capacity)), question.Script, confirmations);

    public static TxId TxId(ShortChannelId scid) => new(Hashes.Sha256(BitConverter.GetBytes(scid.Value)));

    /// <summary>Offers messages and follows them to their verdicts.</summary>
    public IReadOnlyList<GossipOutcome> Offer(params IEnumerable<SignedGossipMessage> messages)
    {
        foreach (var message in messages) Intake.Offer(new ReceivedGossip(Peer, message), Now, Height);
        return Settle();
    }

    /// <summary>The verdict of one message.</summary>
    public GossipVerdict Verdict(SignedGossipMessage message, NodeId? from = null)
    {
        Intake.Offer(new ReceivedGossip(from ?? Peer, message), Now, Height);
        return Settle().Last(outcome => ReferenceEquals(outcome.Gossip.Message, message)).Verdict;
    }

    public IgnoreReason? Ignored(SignedGossipMessage message) => Verdict(message) is GossipVerdict.Ignored ignored ? ignored.Reason : null;

    public IReadOnlyList<GossipOutcome> Settle()
    {
        var outcomes = new List<GossipOutcome>();
        while (true)
        {
            if (Intake.TakeSignatures(16) is { } batch)
            {
                Checks += batch.Checks.Length;
                Intake.Checked(batch, [.. batch.Checks.Select(check => IsTrusting || check.IsValid())], Now, Height);
            }
            else if (Intake.HasLookups)
            {
                foreach (var lookup in Intake.TakeLookups(4))
                {
                    Lookups++;
                    Intake.Answered(lookup, _fundings.GetValueOrDefault(lookup.Question.ShortChannelId) ?? Funding(lookup.Question), Now, Height);
                }
            }
            else
            {
                break;
            }
        }

        foreach (var outcome in Intake.TakeOutcomes())
        {
            Keep(outcome);
            Broadcast.Add(outcome);
            outcomes.Add(outcome);
        }

        return outcomes;
    }

    private static Key FundingKey(int scid, int index) => Key.FromBytes(Hashes.Sha256([(byte)index, .. BitConverter.GetBytes(scid)]).Span);

    // As the store does: what is kept has a place.
    private void Keep(GossipOutcome outcome)
    {
        if (outcome.Verdict is not GossipVerdict.Accepted { Kept: true }) return;
        Kept.Add(outcome.Gossip.Message);
        switch (outcome.Gossip.Message)
        {
            case ChannelAnnouncement announcement when Table.Find(announcement.ShortChannelId) is { } channel:
                Table.Locate(channel, Kept.Count - 1);
                break;
            case ChannelUpdate update when Table.Find(update.ShortChannelId) is { } channel:
                Table.Locate(channel, update.Direction, Kept.Count - 1);
                break;
            case NodeAnnouncement announcement when Table.Find(announcement.NodeId) is { } node:
                Table.Locate(node, Kept.Count - 1);
                break;
        }
    }
}
