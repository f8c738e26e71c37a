using Lightning.Actors.Chain;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
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
    public void A_spend_whose_block_goes_is_undone_also_for_who_asks_later()
    {
        var (output, spend) = (Output(1), Spend(Output(1)));
        var watch = new WatchSpent(Alice, 0, output, Script.Empty, IsFunding: false);
        Add(watch);
        Mine(spend);
        _answers.Clear();
        _watches.Disconnect(100, _answers);
        Assert.Equal(new WatchAnswer(Alice, new ChannelCommand.SpendUndone(output, spend.TxId)), Assert.Single(_answers));
        _answers.Clear();
        Add(watch);
        Assert.Equal(new WatchAnswer(Alice, new ChannelCommand.SpendUndone(output, default)), Assert.Single(_answers));
        _chain.Reorganize(1);
        Assert.Equal(new ChannelCommand.OutputSpent(spend, 100), Assert.Single(Mine(spend)).Command);
        _answers.Clear();
        _watches.Unspent(watch, _answers);
        Assert.Empty(_answers);
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
        Add(new WatchTransaction(Alice, 0, Spend(Output(2)), 1));
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
