using Akka.Actor;
using Akka.TestKit;
using Lightning.Actors.Chain;
using Lightning.Actors.Channels;
using Lightning.Actors.Hosting;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using static Lightning.Actors.Tests.Chain.ScriptedChain;

namespace Lightning.Actors.Tests.Chain;

public sealed class ChainMonitorTests : ChainActors
{
    private static readonly LocalChannelKey Alice = new(1, 1);
    private static readonly LocalChannelKey Bob = new(1, 2);

    /// <summary>Stands for a channel's actor: hears of blocks too.</summary>
    private TestProbe Channel(NodeRuntime node)
    {
        Until(() => node.Tip.Known.IsCompleted);
        var probe = CreateTestProbe();
        Sys.EventStream.Subscribe(probe, typeof(NewTip));
        return probe;
    }

    private static WatchSpent Spent(OutPoint output, LocalChannelKey? channel = null, uint since = 0, bool isFunding = true) =>
        new(channel ?? Alice, since, output, Script.Empty, isFunding);

    private static T Told<T>(TestProbe channel)
        where T : ChannelCommand => Assert.IsType<T>(((ChannelRequest)channel.FishForMessage(static m => m is ChannelRequest, Wait)).Command);

    private static T Told<T>(TestProbe channel, Func<NewTip, bool> before)
        where T : ChannelCommand => Assert.IsType<T>(((ChannelRequest)channel.FishForMessage(m => m is not NewTip tip || !before(tip), Wait)).Command);

    [Fact]
    public void A_channel_hears_what_it_watches_and_then_of_the_block()
    {
        var (node, client) = StartClient(StartMonitor());
        var channel = Channel(node);
        var funding = Spend(Output(1));
        client.Tell(new WatchFunding(Alice, 100, new OutPoint(funding.TxId, 0), Script.Empty, 2), channel);
        client.Tell(Spent(Output(2)), channel);
        Settle(client);
        Chain.Mine(funding);
        Assert.Equal(100u, channel.ExpectMsg<NewTip>(Wait).Tip.Height);
        var spend = Spend(Output(2));
        var block = Chain.Mine(spend);
        Assert.Equal(
            new HashSet<ChannelCommand> { new ChannelCommand.FundingSpent(spend, 101), new ChannelCommand.FundingConfirmed(funding, 100, 1) },
            [channel.ExpectMsg<ChannelRequest>(Wait).Command, channel.ExpectMsg<ChannelRequest>(Wait).Command]);
        Assert.Equal(new NewTip(block.Tip, block.Time), channel.ExpectMsg<NewTip>(Wait));
        Assert.Equal(block.Tip, node.Tip.Tip);
    }

    [Fact]
    public void What_happened_before_the_watch_is_told()
    {
        var funding = Spend(Output(1));
        var commitment = Spend(new OutPoint(funding.TxId, 0));
        var claim = Spend(new OutPoint(commitment.TxId, 0), new OutPoint(commitment.TxId, 1));
        Chain.Mine(funding);
        Chain.Mine(commitment);
        Chain.Mine(claim);
        Chain.MineMany(5);
        var (node, client) = StartClient(StartMonitor());
        var channel = Channel(node);
        client.Tell(new WatchFunding(Alice, 100, new OutPoint(funding.TxId, 1), Script.Empty, 1), channel);
        Assert.Equal(new ChannelCommand.FundingConfirmed(funding, 100, 1), Told<ChannelCommand.FundingConfirmed>(channel));
        client.Tell(new WatchFunding(Alice, 100, new OutPoint(funding.TxId, 0), Script.Empty, 1), channel);
        Assert.Equal(new ChannelCommand.FundingConfirmed(funding, 100, 1), Told<ChannelCommand.FundingConfirmed>(channel));
        client.Tell(Spent(new OutPoint(funding.TxId, 0)), channel);
        Assert.Equal(new ChannelCommand.FundingSpent(commitment, 101), Told<ChannelCommand.FundingSpent>(channel));
        client.Tell(Spent(new OutPoint(commitment.TxId, 1), isFunding: false), channel);
        Assert.Equal(new ChannelCommand.OutputSpent(claim, 102), Told<ChannelCommand.OutputSpent>(channel));

        // No block before the one that made what is looked for.
        Assert.DoesNotContain(Chain.Reads, height => height < 99);
    }

    [Fact]
    public void An_unspent_output_costs_no_search()
    {
        var funding = Spend(Output(1));
        Chain.Mine(funding);
        Chain.MineMany(20);
        var (node, client) = StartClient(StartMonitor());
        var channel = Channel(node);
        Chain.Reads.Clear();
        client.Tell(Spent(new OutPoint(funding.TxId, 0)), channel);
        client.Tell(Spent(Output(5), since: 119), channel);
        Until(() => !Chain.Reads.IsEmpty);
        Chain.Mine();
        channel.ExpectMsg<NewTip>(Wait);
        Assert.DoesNotContain(Chain.Reads, height => height < 119);
    }

    [Fact]
    public void After_a_reorganisation_confirmations_are_told_again()
    {
        var (node, client) = StartClient(StartMonitor());
        var channel = Channel(node);
        var funding = Spend(Output(1));
        client.Tell(new WatchFunding(Alice, 100, new OutPoint(funding.TxId, 0), Script.Empty, 1), channel);
        Settle(client);
        Chain.Mine(funding);
        Assert.Equal(100u, Told<ChannelCommand.FundingConfirmed>(channel).BlockHeight);
        channel.FishForMessage<NewTip>(static tip => tip.Tip.Height == 100, Wait);
        Chain.Reorganize(1, [], [funding]);
        Assert.Equal(new OutPoint(funding.TxId, 0), Told<ChannelCommand.FundingUndone>(channel).Funding);
        Assert.Equal(101u, Told<ChannelCommand.FundingConfirmed>(channel).BlockHeight);
        Assert.Equal(101u, channel.FishForMessage<NewTip>(static tip => tip.Tip.Height == 101, Wait).Tip.Height);
    }

    [Fact]
    public void A_spend_whose_block_goes_is_undone_before_the_next_tip()
    {
        var (node, client) = StartClient(StartMonitor());
        var channel = Channel(node);
        var (spend, rival) = (Spend(Output(1)), Spend(Output(1)));
        client.Tell(Spent(Output(1)), channel);
        Settle(client);
        Chain.Mine(spend);
        Assert.Equal(new ChannelCommand.FundingSpent(spend, 100), channel.ExpectMsg<ChannelRequest>(Wait).Command);
        Assert.Equal(100u, channel.ExpectMsg<NewTip>(Wait).Tip.Height);
        Chain.Reorganize(1, [], [rival]);
        Assert.Equal(new ChannelCommand.SpendUndone(Output(1), spend.TxId), channel.ExpectMsg<ChannelRequest>(Wait).Command);
        Assert.Equal(new ChannelCommand.FundingSpent(rival, 101), Told<ChannelCommand.FundingSpent>(channel, static tip => tip.Tip.Height < 101));
        Assert.Equal(101u, channel.ExpectMsg<NewTip>(Wait).Tip.Height);
    }

    [Fact]
    public void A_spend_that_is_gone_after_a_restart_of_the_monitor_is_undone()
    {
        var relay = Sys.ActorOf(Akka.Actor.Props.Create(() => new Relay()));
        var monitor = StartMonitor();
        relay.Tell(new Relay.To(monitor));
        var (node, client) = StartClient(relay);
        var channel = Channel(node);
        var (gone, moved) = (Spend(Output(1)), Spend(Output(2)));
        client.Tell(Spent(Output(1)), channel);
        client.Tell(Spent(Output(2), Bob), channel);
        Settle(client);
        Chain.Mine(gone, moved);
        Assert.Equal(gone, Told<ChannelCommand.FundingSpent>(channel).Transaction);
        Assert.Equal(moved, Told<ChannelCommand.FundingSpent>(channel).Transaction);
        channel.ExpectMsg<NewTip>(Wait);

        // The journal may have less than what was told: the channels hear of it even if no block is disconnected for the next monitor.
        Kill(monitor);
        Chain.Reorganize(1, [], [moved], []);
        relay.Tell(new Relay.To(StartMonitor()));
        var told = Enumerable.Range(0, 3).Select(_ => (ChannelRequest)channel.FishForMessage(static m => m is ChannelRequest, Wait)).ToList();
        Assert.Equal(new ChannelCommand.SpendUndone(Output(1), gone.TxId), Assert.Single(told, static request => request.Channel == Alice).Command);
        Assert.Equal(
            [new ChannelCommand.SpendUndone(Output(2), moved.TxId), new ChannelCommand.FundingSpent(moved, 101)],
            told.Where(static request => request.Channel == Bob).Select(static request => request.Command));
    }

    [Fact]
    public void A_spend_that_a_channel_knows_of_is_looked_for_in_its_block_first()
    {
        var (spend, gone) = (Spend(Output(1)), Spend(Output(2)));
        Chain.Mine(spend);
        Chain.MineMany(30);
        var (node, client) = StartClient(StartMonitor());
        var channel = Channel(node);
        Chain.Reads.Clear();
        client.Tell(Spent(Output(1), since: 10) with { Known = new KnownSpend(spend.TxId, 100) }, channel);
        Assert.Equal(new ChannelCommand.FundingSpent(spend, 100), Told<ChannelCommand.FundingSpent>(channel));
        Assert.Equal([100u], Chain.Reads);
        client.Tell(Spent(Output(2), since: 10) with { Known = new KnownSpend(gone.TxId, 100) }, channel);
        Assert.Equal(new ChannelCommand.SpendUndone(Output(2), gone.TxId), Told<ChannelCommand.SpendUndone>(channel));
        Assert.Equal(10u, Chain.Reads.Min());
    }

    [Fact]
    public void How_a_funding_stands_is_answered_whatever_it_is()
    {
        var (unspent, spent) = (Spend(Output(1)), Spend(Output(2)));
        Chain.Mine(unspent, spent);
        Chain.Mine(Spend(new OutPoint(spent.TxId, 0)));
        var (node, client) = StartClient(StartMonitor());
        var channel = Channel(node);
        Assert.Equal(FundingStatus.Unspent, Check(new OutPoint(unspent.TxId, 0)));
        Assert.Equal(FundingStatus.Spent, Check(new OutPoint(spent.TxId, 0)));
        Chain.Reads.Clear();
        Assert.Equal(FundingStatus.Missing, Check(Output(3)));
        Assert.Equal(Enumerable.Range(90, 12).Select(static height => (uint)height), Chain.Reads.Order());

        FundingStatus Check(OutPoint funding)
        {
            client.Tell(new CheckFunding(Alice, 90, funding, Script.Empty), channel);
            var answer = Told<ChannelCommand.FundingChecked>(channel);
            Assert.Equal((funding, 101u), (answer.Funding, answer.BlockHeight));
            return answer.Status;
        }
    }

    [Fact]
    public void How_a_funding_stands_is_asked_of_the_next_monitor_until_it_is_answered()
    {
        var relay = Sys.ActorOf(Akka.Actor.Props.Create(() => new Relay()));
        relay.Tell(new Relay.To(StartMonitor()));
        var (node, client) = StartClient(relay);
        var channel = Channel(node);
        var nowhere = CreateTestProbe();
        relay.Tell(new Relay.To(nowhere));
        client.Tell(new CheckFunding(Alice, 90, Output(1), Script.Empty), channel);
        nowhere.FishForMessage(static m => m is ChainRequest, Wait);
        relay.Tell(new Relay.To(StartMonitor()));
        Assert.Equal(FundingStatus.Missing, Told<ChannelCommand.FundingChecked>(channel).Status);

        // Once only.
        relay.Tell(new Relay.To(StartMonitor(Another())));
        client.Tell(Spent(SpentAtFirst), channel);
        Assert.IsType<ChannelCommand.FundingSpent>(((ChannelRequest)channel.FishForMessage(static m => m is ChannelRequest, Wait)).Command);
    }

    [Fact]
    public void A_funding_that_is_spent_in_a_block_still_to_be_read_in_is_not_taken_for_missing()
    {
        var monitor = StartMonitor();
        Channel(StartClient(monitor).Node);
        Until(() => Events("chain-monitor") >= 1);
        Kill(monitor);
        var funding = Spend(Output(1));
        Chain.MineMany(30);
        Chain.Mine(funding);
        Chain.Mine(Spend(new OutPoint(funding.TxId, 0)));
        Chain.MineMany(30);
        var (_, client) = StartClient(StartMonitor());
        var channel = CreateTestProbe();
        client.Tell(new CheckFunding(Alice, 90, new OutPoint(funding.TxId, 0), Script.Empty), channel);
        Assert.Equal(FundingStatus.Spent, Told<ChannelCommand.FundingChecked>(channel).Status);
    }

    [Fact]
    public void A_tip_that_went_is_announced()
    {
        var (node, _) = StartClient(StartMonitor());
        Channel(node);
        Chain.Reorganize(2);
        Until(() => node.Tip.Height == 97);
    }

    [Fact]
    public void After_the_monitor_starts_again_channels_hear_what_they_missed_without_asking()
    {
        var monitor = StartMonitor();
        var relay = Sys.ActorOf(Akka.Actor.Props.Create(() => new Relay()));
        relay.Tell(new Relay.To(monitor));
        var (node, client) = StartClient(relay);
        var channel = Channel(node);
        client.Tell(Spent(Output(1)), channel);
        client.Tell(Spent(Output(2), Bob), channel);
        Chain.Mine();
        channel.ExpectMsg<NewTip>(Wait);
        Kill(monitor);
        var spend = Spend(Output(1));
        Chain.Mine(spend);
        Chain.MineMany(3);
        relay.Tell(new Relay.To(StartMonitor()));
        Assert.Equal(spend, Told<ChannelCommand.FundingSpent>(channel).Transaction);
        var later = Spend(Output(2));
        Chain.Mine(later);
        Assert.Equal(later, Told<ChannelCommand.FundingSpent>(channel).Transaction);
    }

    [Fact]
    public void A_reorganisation_while_the_monitor_was_away_is_noticed()
    {
        var monitor = StartMonitor();
        var (node, _) = StartClient(monitor);
        Channel(node);
        Chain.Mine(Spend(Output(1)));
        Until(() => Events("chain-monitor") == 2 && node.Tip.Height == 100);
        Kill(monitor);
        var funding = Spend(Output(2));
        Chain.Reorganize(1, [funding], []);
        (node, var client) = StartClient(StartMonitor());
        Until(() => node.Tip.Height == 101);
        var channel = CreateTestProbe();
        client.Tell(new WatchFunding(Alice, 100, new OutPoint(funding.TxId, 0), Script.Empty, 2), channel);
        Assert.Equal(100u, Told<ChannelCommand.FundingConfirmed>(channel).BlockHeight);
    }

    [Fact]
    public void After_a_long_pause_the_monitor_begins_at_the_best_block_and_watches_are_searched()
    {
        var monitor = StartMonitor();
        var (node, _) = StartClient(monitor);
        Channel(node);
        Chain.Mine();
        Until(() => Events("chain-monitor") == 2);
        Kill(monitor);
        var spend = Spend(Output(1));
        Chain.Mine(spend);
        Chain.MineMany(400);
        Chain.Reads.Clear();
        (node, var client) = StartClient(StartMonitor());
        Until(() => node.Tip.Height == Chain.Height);
        Assert.Single(Chain.Reads);
        var channel = CreateTestProbe();
        client.Tell(Spent(Output(1), since: 90), channel);
        Assert.Equal(spend, Told<ChannelCommand.FundingSpent>(channel).Transaction);
    }

    [Fact]
    public void A_channel_whose_actor_is_gone_is_told_through_its_shard()
    {
        var (node, client) = StartClient(StartMonitor());
        var channel = Channel(node);
        client.Tell(Spent(Output(1)), channel);
        Settle(client);
        Watch(channel);
        channel.Tell(PoisonPill.Instance);
        ExpectTerminated(channel, Wait);

        // That the test has heard of it does not mean that the client has: what it is told now, it is told after.
        Settle(client);
        var spend = Spend(Output(1));
        Chain.Mine(spend);
        Assert.Equal(new ChannelRequest(Alice, new ChannelCommand.FundingSpent(spend, 100)), Region.ExpectMsg<ChannelRequest>(Wait));
    }

    [Fact]
    public void Nothing_is_told_to_a_channel_that_is_over()
    {
        var (node, client) = StartClient(StartMonitor());
        var channel = Channel(node);
        client.Tell(Spent(Output(1)), channel);
        client.Tell(new Unwatch(Alice), channel);
        client.Tell(Spent(Output(1), Bob), channel);
        Settle(client);
        Chain.Mine(Spend(Output(1)));
        Assert.Equal(Bob, channel.ExpectMsg<ChannelRequest>(Wait).Channel);
        channel.ExpectMsg<NewTip>(Wait);
    }

    [Fact]
    public void Whatever_is_lost_between_client_and_monitor_is_sent_again_and_blocks_wait_for_their_notices()
    {
        var relay = Sys.ActorOf(Akka.Actor.Props.Create(() => new Relay(7)));
        relay.Tell(new Relay.To(StartMonitor()));
        var (node, client) = StartClient(relay);
        var channel = Channel(node);
        var spends = Enumerable.Range(1, 6).Select(i => Spend(Output(i))).ToArray();
        for (var i = 1; i <= spends.Length; i++) client.Tell(Spent(Output(i), new LocalChannelKey(1, (uint)i)), channel);

        // Whether they are mined before or after the monitor has the watches does not matter.
        foreach (var spend in spends) Chain.Mine(spend);
        var told = Enumerable.Range(0, spends.Length).Select(_ => Told<ChannelCommand.FundingSpent>(channel).Transaction).ToHashSet();
        Assert.Equal(spends.ToHashSet(), told);
        var last = Spend(Output(100));
        client.Tell(Spent(Output(100)), channel);
        Chain.Mine(last);
        Assert.Equal(last, Told<ChannelCommand.FundingSpent>(channel).Transaction);
        Until(() => node.Tip.Height == Chain.Height);
    }

    [Fact]
    public void A_backend_that_fails_is_asked_again()
    {
        var spend = Spend(Output(1));
        Chain.Mine(spend);
        Chain.Mine();
        Chain.Failures = 2;
        var (node, client) = StartClient(StartMonitor());
        var channel = Channel(node);
        Chain.Failures = 2;
        client.Tell(Spent(Output(1)), channel);
        Assert.Equal(spend, Told<ChannelCommand.FundingSpent>(channel).Transaction);
        Chain.Failures = 1;
        Chain.Mine();
        Until(() => node.Tip.Height == Chain.Height);
    }

    [Fact]
    public void The_journal_grows_slowly()
    {
        var monitor = StartMonitor();
        var (node, _) = StartClient(monitor);
        Channel(node);
        for (var i = 0; i < 12; i++)
        {
            Chain.MineMany(10);
            var height = Chain.Height;
            Until(() => node.Tip.Height == height);
        }

        Assert.InRange(Events("chain-monitor"), 10, 13);
    }

    [Fact]
    public void Of_two_incarnations_the_later_one_is_believed()
    {
        var relay = Sys.ActorOf(Akka.Actor.Props.Create(() => new Relay()));
        var first = StartMonitor();
        relay.Tell(new Relay.To(first));
        var (node, client) = StartClient(relay);
        var channel = Channel(node);
        client.Tell(Spent(Output(1)), channel);
        Chain.Mine();
        channel.ExpectMsg<NewTip>(Wait);

        // The block is announced before it is written: a second monitor that begins in between may take the place of that event, which then never comes.
        Until(() => Events("chain-monitor") == 2);

        // Both live for a while: the first goes on telling, and is not heard.
        var second = StartMonitor(Another());
        relay.Tell(new Relay.To(second));
        Until(() => Events("chain-monitor") >= 3);
        var spend = Spend(Output(1));
        Chain.Mine(spend);
        Assert.Equal(spend, Told<ChannelCommand.FundingSpent>(channel).Transaction);
        Until(() => node.Tip.Height == Chain.Height);
    }

    [Fact]
    public void The_process_knows_the_feerates_that_its_chain_tells()
    {
        Chain.Floor = new MempoolFloor(new(600), new(300));
        Chain.Feerates[6] = new(7_000);
        var (node, _) = StartClient(StartMonitor());
        Channel(node);
        Until(() => node.FeeView.Estimates.Minimum == new FeeratePerKw(600));
        Assert.Equal(new FeeEstimates(new(600), new(7_000), new(1_000), new(7_000)) { Incremental = new(300) }, node.FeeView.Estimates with { Slow = default });
    }

    /// <summary>Stands between client and monitor, as a proxy of the singleton does; may lose every n-th message.</summary>
    private sealed class Relay(int loseEvery = 0) : UntypedActor, IWithUnboundedStash
    {
        private readonly Dictionary<IActorRef, IActorRef> _fronts = [];
        private IActorRef? _monitor;
        private int _seen;

        public IStash Stash { get; set; } = null!;

        public sealed record To(IActorRef Monitor);

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case To to:
                    _monitor = to.Monitor;
                    _fronts.Clear();
                    Stash.UnstashAll();
                    break;
                case Back back:
                    if (!IsLost()) back.Client.Tell(back.Message);
                    break;
                case var _ when _monitor is null:
                    Stash.Stash();
                    break;
                default:
                    if (!_fronts.TryGetValue(Sender, out var front))
                    {
                        var (self, client) = (Self, Sender);
                        _fronts.Add(Sender, front = Context.ActorOf(Akka.Actor.Props.Create(() => new Front(self, client))));
                    }

                    if (!IsLost()) _monitor.Tell(message, front);
                    break;
            }
        }

        private bool IsLost() => loseEvery > 0 && ++_seen % loseEvery == 0;

        public sealed record Back(IActorRef Client, object Message);

        private sealed class Front(IActorRef relay, IActorRef client) : UntypedActor
        {
            protected override void OnReceive(object message) => relay.Tell(new Back(client, message));
        }
    }
}
