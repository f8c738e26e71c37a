using CsCheck;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Chain.Tests.Simulated;

public sealed class SimulatedReorganisationTests
{
    private readonly World _world = new();

    [Fact]
    public void Transactions_of_disconnected_blocks_go_back_into_the_mempool_and_confirm_again()
    {
        var coin = _world.NewCoin();
        var parent = _world.Spend(1000, coin);
        _world.Send(parent);
        _world.Chain.Mine();
        var child = _world.Spend(1000, _world.Coin(parent));
        _world.Send(child);
        var old = _world.Chain.Mine()[0];

        _world.Chain.InvalidateTip(2);

        Assert.Equal([parent, child], _world.Mempool);
        Assert.Equal(0u, _world.Chain.Confirmations(parent.TxId));
        var block = _world.Chain.Mine()[0];
        Assert.Equal(old.Height - 1, block.Height);
        Assert.Equal(1u, _world.Chain.Confirmations(child.TxId));
        Assert.NotEqual(old.Hash, _world.Chain.Mine()[0].Hash);
    }

    [Fact]
    public void The_other_side_of_a_double_spend_may_win_after_a_reorganisation()
    {
        var coin = _world.NewCoin();
        var first = _world.Spend(1000, coin);
        var second = _world.Spend(500, coin);
        _world.Send(first);
        _world.Chain.Mine();

        _world.Chain.InvalidateTip();
        _world.Chain.MineOnly(second);

        Assert.Null(_world.Chain.Confirmations(first.TxId));
        Assert.Equal(1u, _world.Chain.Confirmations(second.TxId));
        Assert.Equal(BroadcastOutcome.MissingInputs, _world.Send(first));
    }

    [Fact]
    public void What_spends_a_lost_coinbase_is_lost_with_all_that_follows_it()
    {
        var coinbase = _world.Chain.Mine(to: _world.Address)[0].Transactions[0];
        _world.Chain.Mine(99);
        var spend = _world.Spend(1000, _world.Coin(coinbase));
        Assert.Equal(BroadcastOutcome.Accepted, _world.Send(spend));
        _world.Send(_world.Spend(1000, _world.Coin(spend)));

        _world.Chain.InvalidateTip();

        Assert.Empty(_world.Chain.Mempool);
        _world.Chain.Mine();
        Assert.Equal(BroadcastOutcome.Accepted, _world.Send(spend));
        _world.Chain.InvalidateTip(100);
        Assert.Equal(BroadcastOutcome.MissingInputs, _world.Send(spend));
    }

    [Fact]
    public void The_first_block_stays() => Assert.Throws<InvalidOperationException>(() => _world.Chain.InvalidateTip());

    [Fact]
    public async Task Followers_see_every_step_of_a_reorganisation_in_order()
    {
        var blocks = _world.Chain.Mine(3);
        await using var events = _world.Chain.FollowAsync(blocks[0].Tip, default).GetAsyncEnumerator();
        await AssertConnected(events, blocks[1]);
        await AssertConnected(events, blocks[2]);

        _world.Chain.InvalidateTip(2);
        var others = _world.Chain.Mine(2);

        Assert.True(await events.MoveNextAsync());
        Assert.Equal(new ChainEvent.BlockDisconnected(blocks[2].Tip, blocks[1].Hash), events.Current);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(new ChainEvent.BlockDisconnected(blocks[1].Tip, blocks[0].Hash), events.Current);
        await AssertConnected(events, others[0]);
        await AssertConnected(events, others[1]);
    }

    [Fact]
    public async Task A_node_that_was_away_learns_first_what_was_disconnected_meanwhile()
    {
        var blocks = _world.Chain.Mine(5);
        _world.Chain.InvalidateTip(4);
        var others = _world.Chain.Mine(1);

        await using var events = _world.Chain.FollowAsync(blocks[3].Tip, default).GetAsyncEnumerator();
        for (var i = 3; i >= 1; i--)
        {
            Assert.True(await events.MoveNextAsync());
            Assert.Equal(new ChainEvent.BlockDisconnected(blocks[i].Tip, blocks[i - 1].Hash), events.Current);
        }

        await AssertConnected(events, others[0]);
    }

    [Fact]
    public async Task A_follower_without_a_start_sees_only_what_comes_after_the_call()
    {
        _world.Chain.Mine(3);
        var stream = _world.Chain.FollowAsync(null, default);
        var block = _world.Chain.Mine()[0];

        await using var events = stream.GetAsyncEnumerator();
        await AssertConnected(events, block);
        var next = events.MoveNextAsync();
        Assert.False(next.IsCompleted);
        var later = _world.Chain.Mine()[0];
        Assert.True(await next);
        Assert.Equal(new ChainEvent.BlockConnected(later), events.Current);
    }

    [Fact]
    public async Task A_follower_ends_with_its_token()
    {
        using var stop = new CancellationTokenSource();
        await using var events = _world.Chain.FollowAsync(null, stop.Token).GetAsyncEnumerator();
        var next = events.MoveNextAsync();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    [Fact]
    public void A_block_of_another_chain_is_no_start() =>
        Assert.Throws<ArgumentException>(() => _world.Chain.FollowAsync(new ChainTip(1, Network.Mainnet.GenesisHash), default));

    [Fact]
    public async Task A_follower_may_mine_and_broadcast_while_it_is_told()
    {
        // Nothing of a subscriber runs under the chain's lock, so this cannot block.
        var start = _world.Chain.Tip.Height;
        var seen = 0u;
        var stream = _world.Chain.FollowAsync(null, default);
        _world.Chain.Mine();

        await foreach (var _ in stream)
        {
            if (++seen == 20) break;
            await Task.Run(() => _world.Chain.Mine());
        }

        Assert.Equal(start + 20, _world.Chain.Tip.Height);
    }

    [Fact]
    public void Whatever_happens_the_unspent_outputs_are_those_that_the_blocks_leave() =>
        Gen.Int[0, 3].Array[1, 30].Sample(
            steps =>
            {
                var world = new World();
                for (var i = 0; i < 5; i++) world.Chain.Fund(world.Address, new Satoshi(100_000));
                foreach (var step in steps)
                {
                    var coins = world.Wallet.ListUnspentAsync(default).GetAwaiter().GetResult();
                    if (step == 0) world.Chain.Mine();
                    else if (step == 1 && world.Chain.Tip.Height > 125) world.Chain.InvalidateTip(3);
                    else if (step == 2 && coins.Length > 0) world.Chain.Broadcast(world.Spend(500, coins[0].OutPoint));
                    else if (coins.LastOrDefault(c => c.Confirmations > 0) is { } confirmed) world.Chain.MineOnly(world.Spend(500, confirmed.OutPoint));
                }

                AssertUnspentOutputs(world);
            },
            iter: 30);

    private static void AssertUnspentOutputs(World world)
    {
        var (made, spent) = (new HashSet<OutPoint>(), new HashSet<OutPoint>());
        for (var height = 1u; height <= world.Chain.Tip.Height; height++)
        {
            foreach (var transaction in world.Chain.GetBlockAsync(height, default).GetAwaiter().GetResult()!.Transactions)
            {
                for (var i = 0; i < transaction.Outputs.Length; i++) made.Add(world.Coin(transaction, (uint)i));
                foreach (var input in transaction.Inputs) Assert.True(spent.Add(input.PreviousOutput) || transaction.IsCoinbase);
            }
        }

        foreach (var outPoint in made)
        {
            var dataOnly = world.Chain.FindTransaction(outPoint.TxId)!.Outputs[(int)outPoint.Index].Value == Satoshi.Zero;
            Assert.Equal(!spent.Contains(outPoint) && !dataOnly, world.Chain.GetUnspentAsync(outPoint, default).GetAwaiter().GetResult() is not null);
        }
    }

    [Fact]
    public async Task Many_threads_leave_every_follower_with_the_same_chain()
    {
        var world = new World();
        for (var i = 0; i < 20; i++) world.Chain.Fund(world.Address, new Satoshi(1_000_000));
        world.Chain.Mine();
        var start = world.Chain.Tip;
        var coins = await world.Wallet.ListUnspentAsync(default);
        var work = new List<Task>
        {
            Task.Run(() =>
            {
                for (var i = 0; i < 100; i++)
                {
                    world.Chain.Mine(2);
                    world.Chain.InvalidateTip();
                }
            }),
            Task.Run(() =>
            {
                foreach (var coin in coins) world.Chain.Broadcast(world.Spend(1000, coin.OutPoint));
            }),
        };
        await Task.WhenAll(work);
        var tip = world.Chain.Mine()[0].Tip;

        var walks = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Walk(world, start, tip))));

        Assert.All(walks, end => Assert.Equal(tip, end));
        Assert.Empty(world.Chain.Mempool);
        Assert.Equal(20 * (1_000_000 - 1000), (await world.Wallet.ListUnspentAsync(default)).Sum(c => c.Output.Value.Value));
    }

    private static async Task<ChainTip> Walk(World world, ChainTip position, ChainTip end)
    {
        await foreach (var step in world.Chain.FollowAsync(position, default))
        {
            switch (step)
            {
                case ChainEvent.BlockConnected connected:
                    Assert.Equal(position.Hash, connected.Block.PreviousHash);
                    position = connected.Block.Tip;
                    break;
                case ChainEvent.BlockDisconnected disconnected:
                    Assert.Equal(position, disconnected.Tip);
                    position = new ChainTip(position.Height - 1, disconnected.PreviousHash);
                    break;
                default:
                    Assert.Fail($"Unknown step {step}");
                    break;
            }

            if (position == end) break;
        }

        return position;
    }

    private static async Task AssertConnected(IAsyncEnumerator<ChainEvent> events, ChainBlock block)
    {
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(new ChainEvent.BlockConnected(block), events.Current);
    }
}
