using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain;

namespace Lightning.Actors.Tests.Chain;

/// <summary>A chain that does exactly what a test says: blocks of any content, reorganisations, refusals, failures.</summary>
internal sealed class ScriptedChain : IChainBackend
{
    private readonly Lock _gate = new();
    private readonly List<ChainBlock> _blocks = [];
    private readonly Dictionary<BlockHash, ChainBlock> _all = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private uint _made;

    public ScriptedChain(int blocks = 100)
    {
        for (var i = 0; i < blocks - 1; i++) Mine();
        Mine(Spend(SpentAtFirst));
    }

    /// <summary>An output that the last of the first blocks spends.</summary>
    public static OutPoint SpentAtFirst { get; } = Output(-1);

    public Network Network => Network.Regtest;

    /// <summary>What a broadcast is answered.</summary>
    public Func<Transaction, BroadcastResult> Answer { get; set; } = static _ => new BroadcastResult(BroadcastOutcome.Accepted);

    /// <summary>What a package is answered; null for as its child alone.</summary>
    public Func<BroadcastResult>? PackageAnswer { get; set; }

    /// <summary>What was broadcast, in order; for a package the parent and the child.</summary>
    public ConcurrentQueue<Transaction> Broadcasts { get; } = new();

    /// <summary>What the mempool asks for.</summary>
    public MempoolFloor Floor { get; set; } = new(new(250), new(250));

    /// <summary>What it estimates, by the number of blocks; nothing for others.</summary>
    public ConcurrentDictionary<uint, FeeratePerKw> Feerates { get; } = new();

    /// <summary>What waits in the mempool: nothing of what is broadcast gets here by itself.</summary>
    public ConcurrentQueue<Transaction> Mempool { get; } = new();

    /// <summary>Heights of blocks that were read.</summary>
    public ConcurrentQueue<uint> Reads { get; } = new();

    /// <summary>So many calls fail first.</summary>
    public int Failures;

    public uint Height
    {
        get
        {
            lock (_gate) return (uint)_blocks.Count - 1;
        }
    }

    /// <summary>A transaction unlike any other.</summary>
    public static Transaction Spend(params OutPoint[] inputs) => Spend(witnessSize: 1, inputs);

    public static Transaction Spend(int witnessSize, params OutPoint[] inputs) => new(
        2,
        [.. inputs.Select(input => new TxIn(input, Script.Empty, 0, Witness.Of(new byte[witnessSize])))],
        [new TxOut(new Satoshi(10_000), Script.FromHex("0014" + new string('a', 40))), new TxOut(new Satoshi(20_000), Script.FromHex("0014" + new string('b', 40)))],
        (uint)Interlocked.Increment(ref s_number));

    /// <summary>An output that nobody made.</summary>
    public static OutPoint Output(int number)
    {
        Span<byte> id = stackalloc byte[32];
        BinaryPrimitives.WriteInt32BigEndian(id, number);
        return new OutPoint(new TxId(new Bytes32(id)), 0);
    }

    private static int s_number;

    public ChainBlock Mine(params Transaction[] transactions)
    {
        lock (_gate)
        {
            Span<byte> seed = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(seed, ++_made);
            var hash = new BlockHash(Hashes.Sha256(seed));
            var coinbase = Spend(new OutPoint(default, uint.MaxValue));
            var block = new ChainBlock((uint)_blocks.Count, hash, _blocks.Count == 0 ? default : _blocks[^1].Hash, 1_700_000_000 + (uint)_blocks.Count, [coinbase, .. transactions]);
            _blocks.Add(block);
            _all.Add(hash, block);
            Signal();
            return block;
        }
    }

    public void MineMany(int count)
    {
        for (var i = 0; i < count; i++) Mine();
    }

    /// <summary>Takes blocks away and puts others in their place, one more by default.</summary>
    public void Reorganize(int depth, params Transaction[][] blocks)
    {
        lock (_gate)
        {
            _blocks.RemoveRange(_blocks.Count - depth, depth);
            foreach (var transactions in blocks) Mine(transactions);
            Signal();
        }
    }

    public Task<ChainTip> GetTipAsync(CancellationToken cancellationToken) => Call(() => _blocks[^1].Tip);

    public Task<BlockHash?> GetBlockHashAsync(uint height, CancellationToken cancellationToken) => Call(() => height < _blocks.Count ? _blocks[(int)height].Hash : (BlockHash?)null);

    public Task<ChainBlock?> GetBlockAsync(uint height, CancellationToken cancellationToken) => Call(() =>
    {
        Reads.Enqueue(height);
        return height < _blocks.Count ? _blocks[(int)height] : null;
    });

    public async IAsyncEnumerable<ChainEvent> FollowAsync(ChainTip? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = from ?? await GetTipAsync(cancellationToken);
        while (true)
        {
            ChainEvent? next = null;
            Task changed;
            lock (_gate)
            {
                Fail();
                changed = _changed.Task;
                if (last.Height >= _blocks.Count || _blocks[(int)last.Height].Hash != last.Hash) next = new ChainEvent.BlockDisconnected(last, _all[last.Hash].PreviousHash);
                else if (last.Height + 1 < _blocks.Count) next = new ChainEvent.BlockConnected(_blocks[(int)last.Height + 1]);
            }

            switch (next)
            {
                case null:
                    await changed.WaitAsync(cancellationToken);
                    continue;
                case ChainEvent.BlockConnected connected:
                    last = connected.Block.Tip;
                    break;
                case ChainEvent.BlockDisconnected gone:
                    last = new ChainTip(gone.Tip.Height - 1, gone.PreviousHash);
                    break;
            }

            yield return next;
        }
    }

    public Task<UnspentOutput?> GetUnspentAsync(OutPoint outPoint, CancellationToken cancellationToken) => Call(() =>
    {
        UnspentOutput? found = null;
        foreach (var block in _blocks)
        {
            foreach (var transaction in block.Transactions)
            {
                if (transaction.TxId == outPoint.TxId && outPoint.Index < transaction.Outputs.Length)
                    found = new UnspentOutput(transaction.Outputs[(int)outPoint.Index], (uint)_blocks.Count - block.Height, transaction.IsCoinbase);
                if (transaction.Inputs.Any(input => input.PreviousOutput == outPoint)) found = null;
            }
        }

        return found;
    });

    public Task<BroadcastResult> BroadcastAsync(Transaction transaction, CancellationToken cancellationToken) => Call(() =>
    {
        Broadcasts.Enqueue(transaction);
        return Answer(transaction);
    });

    public Task<BroadcastResult> BroadcastPackageAsync(Transaction parent, Transaction child, CancellationToken cancellationToken) => Call(() =>
    {
        Broadcasts.Enqueue(parent);
        Broadcasts.Enqueue(child);
        return PackageAnswer?.Invoke() ?? Answer(child);
    });

    public Task<FeeratePerKw?> EstimateFeerateAsync(uint blocks, CancellationToken cancellationToken) => Task.FromResult(Feerates.TryGetValue(blocks, out var feerate) ? feerate : (FeeratePerKw?)null);

    public Task<MempoolFloor> GetMempoolFloorAsync(CancellationToken cancellationToken) => Call(() => Floor);

    public Task<Transaction?> FindMempoolSpenderAsync(OutPoint outPoint, CancellationToken cancellationToken) =>
        Call(() => Mempool.FirstOrDefault(transaction => transaction.Inputs.Any(input => input.PreviousOutput == outPoint)));

    public ValueTask DisposeAsync() => default;

    private Task<T> Call<T>(Func<T> call)
    {
        lock (_gate)
        {
            try
            {
                Fail();
                return Task.FromResult(call());
            }
            catch (HttpRequestException e)
            {
                return Task.FromException<T>(e);
            }
        }
    }

    private void Fail()
    {
        if (Failures <= 0) return;
        Failures--;
        throw new HttpRequestException("connection refused");
    }

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
