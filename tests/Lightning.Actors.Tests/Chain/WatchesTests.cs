using Lightning.Actors.Chain;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using static Lightning.Actors.Tests.Chain.ScriptedChain;

namespace Lightning.Actors.Tests.Chain;

public sealed class WatchesTests
{
    private static readonly LocalChannelKey Alice = new(1, 1);
    private static readonly LocalChannelKey Bob = new(1, 2);
    private readonly ScriptedChain _chain = new();
    private readonly Watches _watches = new();
    private readonly List<WatchAnswer> _answers = [];

    private IReadOnlyList<WatchAnswer> Mine(params Transaction[] transactions)
    {
        _answers.Clear();
        _watches.Connect(_chain.Mine(transactions), _answers);
        return _answers;
    }

    private void Add(Watch watch) => _watches.Add(watch, _chain.Height, _answers);

    private static WatchFunding Funding(Transaction transaction, uint depth, LocalChannelKey? channel = null) =>
        new(channel ?? Alice, 0, new OutPoint(transaction.TxId, 0), Script.Empty, depth);

    [Fact]
    public void A_funding_is_told_at_the_depth_asked_for_with_its_place_in_the_block()
    {
        var funding = Spend(Output(1));
        Add(Funding(funding, depth: 3));
        Assert.Empty(Mine(Spend(Output(2)), funding));
        Assert.Empty(Mine());
        var answer = Assert.Single(Mine());
        Assert.Equal(new WatchAnswer(Alice, new ChannelCommand.FundingConfirmed(funding, 100, 2)), answer);
        Assert.Empty(Mine());
    }

    [Fact]
    public void A_confirmation_whose_block_goes_is_forgotten_and_told_again_when_it_is_as_deep_again()
    {
        var funding = Spend(Output(1));
        Add(Funding(funding, depth: 2));
        Mine(funding);
        Assert.Single(Mine());
        _watches.Disconnect(101, _answers);
        _watches.Disconnect(100, _answers);
        _chain.Reorganize(2);
        Assert.Empty(Mine());
        Assert.Empty(Mine(funding));
        Assert.Equal(new ChannelCommand.FundingConfirmed(funding, 101, 1), Assert.Single(Mine()).Command);
    }

    [Fact]
    public void A_confirmation_that_only_lost_depth_is_not_told_twice()
    {
        var funding = Spend(Output(1));
        Add(Funding(funding, depth: 2));
        Mine(funding);
        Assert.Single(Mine());
        _watches.Disconnect(101, _answers);
        _chain.Reorganize(1);
        Assert.Empty(Mine());
    }

    [Fact]
    public void All_who_watch_an_output_are_told_of_its_spend_each_in_its_way()
    {
        var output = Output(1);
        Add(new WatchSpent(Alice, 0, output, Script.Empty, IsFunding: true));
        Add(new WatchSpent(Bob, 0, output, Script.Empty, IsFunding: false));
        var spend = Spend(Output(9), output);
        Assert.Equal(
            [new WatchAnswer(Alice, new ChannelCommand.FundingSpent(spend, 100)), new WatchAnswer(Bob, new ChannelCommand.OutputSpent(spend, 100))],
            Mine(spend));
    }

    [Fact]
    public void After_a_reorganisation_the_rival_spend_is_told()
    {
        var output = Output(1);
        Add(new WatchSpent(Alice, 0, output, Script.Empty, IsFunding: true));
        Assert.Single(Mine(Spend(output)));
        _watches.Disconnect(100, _answers);
        _chain.Reorganize(1);
        var rival = Spend(output);
        Assert.Equal(new ChannelCommand.FundingSpent(rival, 100), Assert.Single(Mine(rival)).Command);
    }

    [Fact]
    public void A_spend_whose_block_goes_is_undone_for_each_output_that_it_spent()
    {
        var (first, second) = (Output(1), Output(2));
        Add(new WatchSpent(Alice, 0, first, Script.Empty, IsFunding: true));
        Add(new WatchSpent(Bob, 0, second, Script.Empty, IsFunding: false));
        Add(new WatchSpent(Bob, 0, Output(3), Script.Empty, IsFunding: false));
        var spend = Spend(first, second);
        Mine(spend);
        Mine(Spend(Output(3)));
        _answers.Clear();
        _watches.Disconnect(101, _answers);
        Assert.Equal(Output(3), ((ChannelCommand.SpendUndone)Assert.Single(_answers).Command).Output);
        _answers.Clear();
        _watches.Disconnect(100, _answers);
        Assert.Equal(
            [new WatchAnswer(Alice, new ChannelCommand.SpendUndone(first, spend.TxId)), new WatchAnswer(Bob, new ChannelCommand.SpendUndone(second, spend.TxId))],
            _answers);
        _answers.Clear();
        _watches.Disconnect(100, _answers);
        Assert.Empty(_answers);
    }

    [Fact]
    public void A_funding_whose_block_goes_is_undone_once_it_was_told()
    {
        var (told, waiting) = (Spend(Output(1)), Spend(Output(2)));
        Add(new WatchFunding(Alice, 0, new OutPoint(told.TxId, 0), Script.Empty, 1));
        Add(new WatchFunding(Bob, 0, new OutPoint(waiting.TxId, 0), Script.Empty, 3));
        Mine(told, waiting);
        _answers.Clear();
        _watches.Disconnect(100, _answers);
        Assert.Equal([new WatchAnswer(Alice, new ChannelCommand.FundingUndone(new OutPoint(told.TxId, 0)))], _answers);
    }

    [Fact]
    public void A_spend_that_the_channel_knows_of_is_undone_when_the_search_finds_none()
    {
        var spend = Spend(Output(1));
        var watch = new WatchSpent(Alice, 50, Output(1), Script.Empty, IsFunding: true, new KnownSpend(spend.TxId, 90));
        Add(watch);
        _watches.Found(watch, null, tipHeight: 99, _answers);
        Assert.Equal([new WatchAnswer(Alice, new ChannelCommand.SpendUndone(Output(1), spend.TxId))], _answers);
        _answers.Clear();
        _watches.Found(watch, null, tipHeight: 99, _answers);
        Assert.Empty(_answers);
    }

    [Fact]
    public void A_spend_that_the_channel_knows_of_and_the_search_finds_is_told_and_not_undone()
    {
        var spend = Spend(Output(1));
        var watch = new WatchSpent(Alice, 50, Output(1), Script.Empty, IsFunding: true, new KnownSpend(spend.TxId, 90));
        Add(watch);
        _watches.Found(watch, new Sighting(spend, 90, default, 3), tipHeight: 99, _answers);
        Assert.Equal(new ChannelCommand.FundingSpent(spend, 90), Assert.Single(_answers).Command);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_spend_that_the_channel_knows_of_is_undone_before_what_took_its_place_is_told(bool isMined)
    {
        var (gone, spend) = (Spend(Output(1)), Spend(Output(1)));
        var watch = new WatchSpent(Alice, 50, Output(1), Script.Empty, IsFunding: false, new KnownSpend(gone.TxId, 90));
        Add(watch);
        if (isMined) Mine(spend);
        else _watches.Found(watch, new Sighting(spend, 100, default, 3), tipHeight: 100, _answers);
        Assert.Equal([new ChannelCommand.SpendUndone(Output(1), gone.TxId), new ChannelCommand.OutputSpent(spend, 100)], _answers.Select(static answer => answer.Command));
    }

    [Fact]
    public void A_spend_that_came_back_in_another_block_is_undone_and_told()
    {
        var spend = Spend(Output(1));
        Add(new WatchSpent(Alice, 50, Output(1), Script.Empty, IsFunding: false, new KnownSpend(spend.TxId, 99)));
        Assert.Equal([new ChannelCommand.SpendUndone(Output(1), spend.TxId), new ChannelCommand.OutputSpent(spend, 100)], Mine(spend).Select(static answer => answer.Command));
    }

    [Fact]
    public void Only_a_search_that_knew_of_the_spend_says_that_it_is_gone()
    {
        var before = new WatchSpent(Alice, 50, Output(1), Script.Empty, IsFunding: true);
        Add(before);
        var watch = before with { Known = new KnownSpend(Spend(Output(1)).TxId, 90) };
        Assert.True(_watches.Add(watch, 99, _answers));
        _watches.Found(before, null, tipHeight: 99, _answers);
        Assert.Empty(_answers);
        _watches.Found(watch, null, tipHeight: 99, _answers);
        Assert.Single(_answers);
    }

    [Fact]
    public void A_spend_in_the_mempool_is_told_once_and_again_when_it_is_mined()
    {
        var spend = Spend(Output(1), Output(2));
        var watch = new WatchSpent(Alice, 0, Output(1), Script.Empty, IsFunding: true);
        Add(watch);
        Add(new WatchSpent(Bob, 0, Output(2), Script.Empty, IsFunding: false));
        _watches.SeeInMempool(spend, _answers);
        _watches.SeeInMempool(spend, _answers);
        Assert.Equal([new WatchAnswer(Alice, new ChannelCommand.FundingSpent(spend, 0)), new WatchAnswer(Bob, new ChannelCommand.OutputSpent(spend, 0))], _answers);
        _answers.Clear();
        Add(watch);
        _watches.SeeInMempool(spend, _answers);
        Assert.Equal(new WatchAnswer(Alice, new ChannelCommand.FundingSpent(spend, 0)), Assert.Single(_answers));
        Assert.Equal(2, Mine(spend).Count);
        _answers.Clear();
        _watches.SeeInMempool(Spend(Output(1)), _answers);
        Assert.Empty(_answers);
    }

    [Fact]
    public void The_mempool_is_asked_for_some_outputs_at_a_time_in_turn()
    {
        for (var i = 1; i <= 5; i++) Add(new WatchSpent(i == 4 ? Bob : Alice, 0, Output(i), Script.Empty, IsFunding: i == 3));
        Assert.Equal<OutPoint>([Output(1), Output(2)], _watches.NextUnspent(2));
        Assert.Equal<OutPoint>([Output(4), Output(5)], _watches.NextUnspent(2));
        Mine(Spend(Output(1)));
        _watches.Remove(Bob);
        Assert.Equal<OutPoint>([Output(2), Output(5)], _watches.NextUnspent(64));
        _watches.Remove(Alice);
        Assert.Empty(_watches.NextUnspent(64));
    }

    [Fact]
    public void A_repeated_watch_is_answered_again_without_a_search()
    {
        var spend = Spend(Output(1));
        var watch = new WatchSpent(Alice, 50, Output(1), Script.Empty, IsFunding: true);
        Assert.True(_watches.Add(watch, _chain.Height, _answers));
        Mine(spend);
        _answers.Clear();
        Assert.False(_watches.Add(watch, _chain.Height, _answers));
        Assert.Equal(new ChannelCommand.FundingSpent(spend, 100), Assert.Single(_answers).Command);
    }

    [Fact]
    public void A_repeated_watch_from_an_earlier_height_is_searched_for_again()
    {
        Assert.True(_watches.Add(new WatchSpent(Alice, 50, Output(1), Script.Empty, IsFunding: true), 100, _answers));
        Assert.False(_watches.Add(new WatchSpent(Alice, 50, Output(1), Script.Empty, IsFunding: true), 100, _answers));
        Assert.True(_watches.Add(new WatchSpent(Alice, 40, Output(1), Script.Empty, IsFunding: true), 100, _answers));
        Assert.Equal(1, _watches.Count);
    }

    [Fact]
    public void What_a_search_finds_is_told_once_it_is_deep_enough()
    {
        var funding = Spend(Output(1));
        var watch = Funding(funding, depth: 2);
        Add(watch);
        _watches.Found(watch, new Sighting(funding, 99, default, 4), tipHeight: 99, _answers);
        Assert.Empty(_answers);
        Assert.Equal(new ChannelCommand.FundingConfirmed(funding, 99, 4), Assert.Single(Mine(), static answer => answer.Channel == Alice).Command);
    }

    [Fact]
    public void What_is_not_watched_any_more_is_not_told()
    {
        Add(new WatchSpent(Alice, 0, Output(1), Script.Empty, IsFunding: true));
        Add(new WatchSpent(Bob, 0, Output(1), Script.Empty, IsFunding: true));
        Add(new WatchFunding(Alice, 0, Output(2), Script.Empty, 1));
        _watches.Remove(Alice);
        Assert.Equal(Bob, Assert.Single(Mine(Spend(Output(1)))).Channel);
        _watches.Remove(Bob);
        Assert.Equal(0, _watches.Count);
        Assert.Empty(Mine(Spend(Output(1))));
    }

    [Fact]
    public void A_spend_with_a_very_large_witness_elsewhere_is_told_with_the_witness_that_matters()
    {
        Add(new WatchSpent(Alice, 0, Output(1), Script.Empty, IsFunding: true));
        var ours = new TxIn(Output(1), Script.Empty, 0, Witness.Of([1, 2, 3]));
        var huge = new TxIn(Output(2), Script.Empty, 0, Witness.Of(new byte[3_900_000]));
        var spend = new Transaction(2, [huge, ours], [new TxOut(new Satoshi(1), Script.Empty)], 0);
        var told = ((ChannelCommand.FundingSpent)Assert.Single(Mine(spend)).Command).Transaction;
        Assert.Equal(spend.TxId, told.TxId);
        Assert.Equal(ours.Witness, told.Inputs[1].Witness);
        Assert.True(told.TotalSize < 1_000);
    }

    [Fact]
    public void Blocks_of_odd_content_are_taken()
    {
        Add(new WatchSpent(Alice, 0, Output(1), Script.Empty, IsFunding: true));
        var twice = new Transaction(2, [new TxIn(Output(1), Script.Empty, 0, Witness.Empty), new TxIn(Output(1), Script.Empty, 0, Witness.Empty)], [], 0);
        var nothing = new Transaction(uint.MaxValue, [], [], uint.MaxValue);
        Assert.NotEmpty(Mine(nothing, twice, twice));
        _answers.Clear();
        _watches.Connect(new Lightning.Chain.ChainBlock(101, default, default, 0, []), _answers);
        Assert.Empty(_answers);
    }
}
