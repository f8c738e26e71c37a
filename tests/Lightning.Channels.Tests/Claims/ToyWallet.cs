using System.Collections.Immutable;
using System.Text;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Claims;
using Lightning.Channels.Commands;

namespace Lightning.Channels.Tests.Claims;

/// <summary>A wallet with one key: adds coins to claims as the node's does, smallest coin that suffices first, and keeps them locked.</summary>
internal sealed class ToyWallet(string name = "toy wallet")
{
    private const long CoinWeight = 272, ChangeWeight = 124;
    private static readonly Satoshi Dust = new(330);
    private readonly Key _key = KeyOf(name);
    private readonly SortedDictionary<OutPoint, TxOut> _coins = [];
    private readonly Dictionary<ulong, ImmutableArray<ClaimCoin>> _locks = [];
    private readonly Dictionary<ulong, ChannelCommand.ClaimFunded> _given = [];

    /// <summary>Where its coins and its change are.</summary>
    public Script Script { get; } = ScriptTemplates.P2wpkh(KeyOf(name).PubKey);

    /// <summary>Where claims go; not among its coins, so that a test sees what came.</summary>
    public Script SweepScript { get; } = ScriptTemplates.P2wpkh(Hashes.Hash160(Encoding.UTF8.GetBytes(name)));

    /// <summary>Numbers whose coins it holds.</summary>
    public IEnumerable<ulong> Locked => _locks.Keys.Order();

    /// <summary>A block: what pays to it can be spent, what it spends is gone.</summary>
    public void Read(Transaction transaction)
    {
        foreach (var input in transaction.Inputs) _coins.Remove(input.PreviousOutput);
        for (var i = 0; i < transaction.Outputs.Length; i++)
        {
            if (transaction.Outputs[i].ScriptPubKey == Script) _coins[new OutPoint(transaction.TxId, (uint)i)] = transaction.Outputs[i];
        }
    }

    /// <summary>A reorganisation: only these are in blocks.</summary>
    public void Rebuild(IEnumerable<Transaction> mined)
    {
        _coins.Clear();
        var all = mined.ToList();
        foreach (var transaction in all) Read(transaction);
        foreach (var input in all.SelectMany(static transaction => transaction.Inputs)) _coins.Remove(input.PreviousOutput);
    }

    public void Release(ulong number, bool andLater = false)
    {
        foreach (var one in _locks.Keys.Where(one => one == number || (andLater && one > number)).ToList())
        {
            _locks.Remove(one);
            _given.Remove(one);
        }
    }

    /// <summary>The same number gets the same answer, whatever is asked.</summary>
    public ChannelCommand Fund(ulong number, CoinRequest request)
    {
        if (_given.TryGetValue(number, out var given)) return given;
        var answer = Make(number, request);
        if (answer is ChannelCommand.ClaimFunded funded) _given.Add(number, funded);
        return answer;
    }

    private ChannelCommand Make(ulong number, CoinRequest request)
    {
        var locked = _locks.Values.SelectMany(static coins => coins).Select(static coin => coin.OutPoint).ToHashSet();
        var chosen = request.Reuse.Items.ToList();
        var free = _coins.Where(coin => !locked.Contains(coin.Key)).Select(static coin => new ClaimCoin(coin.Key, coin.Value)).OrderBy(static coin => coin.Output.Value).ToList();
        while (true)
        {
            var weight = request.Weight + request.ParentWeight + (CoinWeight * chosen.Count) + ChangeWeight;
            var fee = Satoshi.Min(request.MaxFee, Satoshi.Max(request.MinFee, request.Feerate.Fee(weight) - request.ParentFee));
            var change = Sum(request.Spent.Items) + Sum(chosen.Select(static coin => coin.Output)) - request.Unsigned.OutputValue - fee;
            if (change >= Dust) return Funded(number, request, [.. chosen], fee, change);
            if (free.Count == 0) return new ChannelCommand.ClaimNotFunded(number, "no coins");
            var next = free.FirstOrDefault(coin => coin.Output.Value >= Dust - change + request.Feerate.Fee(CoinWeight)) ?? free[^1];
            free.Remove(next);
            chosen.Add(next);
        }
    }

    private ChannelCommand.ClaimFunded Funded(ulong number, CoinRequest request, ImmutableArray<ClaimCoin> coins, Satoshi fee, Satoshi change)
    {
        _locks[number] = coins;
        var own = request.Unsigned.Inputs.Length;
        var transaction = new Transaction(
            request.Unsigned.Version,
            [.. request.Unsigned.Inputs, .. coins.Select(static coin => new TxIn(coin.OutPoint, Script.Empty, 0xffff_fffd, Witness.Empty))],
            [.. request.Unsigned.Outputs, new TxOut(change, Script)],
            request.Unsigned.LockTime);
        for (var i = 0; i < coins.Length; i++)
        {
            var hash = SigHash.SegwitV0(transaction, own + i, ScriptTemplates.P2pkh(_key.PubKey), coins[i].Output.Value);
            transaction = transaction.WithWitness(own + i, Witness.Of([.. _key.Sign(hash).ToDer(), (byte)SigHashType.All], _key.PubKey.Span.ToArray()));
        }

        return new ChannelCommand.ClaimFunded(number, transaction, coins, fee);
    }

    private static Key KeyOf(string name) => Key.FromBytes(Hashes.Sha256(Encoding.UTF8.GetBytes(name)).Span);

    private static Satoshi Sum(IEnumerable<TxOut> outputs) => outputs.Aggregate(Satoshi.Zero, static (sum, output) => sum + output.Value);
}
