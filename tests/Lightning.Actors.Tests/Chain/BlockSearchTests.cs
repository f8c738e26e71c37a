using Lightning.Actors.Chain;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Parameters;
using static Lightning.Actors.Tests.Chain.ScriptedChain;

namespace Lightning.Actors.Tests.Chain;

public sealed class BlockSearchTests
{
    private readonly ScriptedChain _chain = new(50);
    private readonly BlockSearch _search = new();
    private readonly List<uint> _read = [];

    private static WatchSpent Spent(OutPoint output, int channel = 1) => new(new LocalChannelKey(0, (uint)channel), 0, output, Script.Empty, IsFunding: true);

    private async Task<List<ChainHistory.Searched>> Run(int steps = int.MaxValue)
    {
        List<ChainHistory.Searched> over = [];
        while (steps-- > 0 && _search.NextHeight is { } height)
        {
            _read.Add(height);
            over.AddRange(_search.Examine(height, await _chain.GetBlockAsync(height, CancellationToken.None)));
        }

        return over;
    }

    [Fact]
    public async Task A_spend_is_found_from_the_newest_block_downwards_and_the_search_ends_there()
    {
        var spend = Spend(Output(1));
        var block = _chain.Mine(spend);
        _chain.MineMany(3);
        _search.Add(new ChainHistory.Search(Spent(Output(1)), 0, 53));
        Assert.Equal(new ChainHistory.Searched(Spent(Output(1)), SearchEnd.Found, new Sighting(spend, 50, block.Hash, 1)), Assert.Single(await Run()));
        Assert.Equal([53u, 52, 51, 50], _read);
    }

    [Fact]
    public async Task Nothing_is_searched_for_below_the_block_that_made_the_output()
    {
        var parent = Spend(Output(1));
        _chain.Mine(parent);
        _chain.MineMany(2);
        _search.Add(new ChainHistory.Search(Spent(new OutPoint(parent.TxId, 1)), 0, 52));
        Assert.Equal(SearchEnd.Unspent, Assert.Single(await Run()).End);
        Assert.Equal([52u, 51, 50], _read);
    }

    [Fact]
    public async Task An_output_made_and_spent_in_one_block_is_found()
    {
        var parent = Spend(Output(1));
        var child = Spend(new OutPoint(parent.TxId, 0));
        _chain.Mine(parent, child);
        _search.Add(new ChainHistory.Search(Spent(new OutPoint(parent.TxId, 0)), 0, 50));
        Assert.Equal(child, Assert.Single(await Run()).Sighting!.Transaction);
    }

    [Fact]
    public async Task The_search_ends_at_the_height_where_it_is_to_end()
    {
        _search.Add(new ChainHistory.Search(Spent(Output(1)), 47, 49));
        Assert.Equal(SearchEnd.NotFound, Assert.Single(await Run()).End);
        Assert.Equal([49u, 48, 47], _read);
        _search.Add(new ChainHistory.Search(Spent(Output(1)), 0, 1));
        Assert.Null(Assert.Single(await Run()).Sighting);
        Assert.Null(_search.NextHeight);
    }

    [Fact]
    public async Task A_later_search_joins_those_under_way_and_no_block_is_read_twice()
    {
        var first = Spend(Output(1));
        var second = Spend(Output(2));
        _chain.Mine(first);
        _chain.Mine(second);
        _chain.MineMany(8);
        _search.Add(new ChainHistory.Search(Spent(Output(1)), 0, 55));
        await Run(steps: 2);
        _search.Add(new ChainHistory.Search(Spent(Output(2), 2), 0, 59));
        var over = await Run();
        Assert.Equal([second, first], over.Select(found => found.Sighting!.Transaction));
        Assert.Equal([55u, 54, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50], _read);
    }

    [Fact]
    public async Task A_search_that_begins_above_while_a_block_is_read_changes_nothing_for_that_block()
    {
        var spend = Spend(Output(1));
        _chain.Mine(spend);
        _search.Add(new ChainHistory.Search(Spent(Output(1)), 0, 50));
        _chain.Mine();
        _search.Add(new ChainHistory.Search(Spent(Output(2), 2), 50, 51));
        Assert.Equal(spend, Assert.Single(_search.Examine(50, await _chain.GetBlockAsync(50, CancellationToken.None))).Sighting!.Transaction);
        Assert.Equal(51u, _search.NextHeight);
        Assert.Null(Assert.Single(await Run()).Sighting);
    }

    [Fact]
    public async Task A_thousand_searches_read_each_block_once()
    {
        for (var i = 0; i < 1000; i++) _search.Add(new ChainHistory.Search(Spent(Output(1000 + i), i), 10, 49));
        Assert.Equal(1000, (await Run()).Count);
        Assert.Equal(40, _read.Count);
    }
}
