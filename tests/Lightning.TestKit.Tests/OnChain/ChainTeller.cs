using System.Globalization;

namespace Lightning.TestKit.Tests.OnChain;

/// <summary>Makes stories on chain up. What happens does not depend on what has happened, so that steps can be left out.</summary>
internal sealed class ChainTeller(Random random)
{
    private readonly List<ChainStep> _story = [];
    private readonly List<int> _held = [];
    private int _payments;

    /// <summary>The setup of a seed.</summary>
    public static ChainSetup Setup(int seed)
    {
        var random = new Random(seed);
        return new ChainSetup { Seed = seed, PushSat = random.Next(4) == 0 ? 100_000 : 900_000, BobsCoins = random.Next(4) == 0 ? 30_000 : 200_000 };
    }

    /// <summary>The story of a seed.</summary>
    public static IReadOnlyList<ChainStep> Tell(int seed, int steps)
    {
        var random = new Random(seed ^ 0xc4a1);
        var teller = new ChainTeller(random);

        // First payments, some held, then an end, then what may go wrong on the way.
        var closesAt = random.Next(steps / 6, steps / 2);
        var keepsAt = random.Next(3) > 0 ? random.Next(closesAt) : -1;
        while (teller._story.Count < steps)
        {
            if (keepsAt >= 0 && teller._story.Count >= keepsAt)
            {
                var cheater = teller.Name();
                teller.Add($"Keep(\"{cheater}\")", story => story.Keep(cheater));

                // What was kept is an old one after it, often.
                teller.Pay();
                keepsAt = -1;
            }

            if (teller._story.Count >= closesAt)
            {
                teller.Close();
                closesAt = random.Next(3) == 0 ? teller._story.Count + random.Next(1, 10) : int.MaxValue;
            }

            teller.Next(teller._story.Count > steps / 3);
        }

        return teller._story[..steps];
    }

    private void Next(bool isLate)
    {
        switch (random.Next(100))
        {
            case < 24 when !isLate:
            case < 6:
                Pay();
                break;
            case < 36 when !isLate:
                var (from, count) = (Name(), random.Next(1, 5));
                Add(Code($"Deliver(\"{from}\", {count})"), story => story.Deliver(from, count));
                break;
            case < 40:
                Add("DeliverAll()", static story => story.DeliverAll());
                break;
            case < 48:
                Resolve();
                break;
            case < 68:
                var blocks = random.Next(4) == 0 ? random.Next(5, 13) : random.Next(1, 4);
                Add(Code($"Mine({blocks})"), story => story.Mine(blocks));
                break;
            case < 74:
                var seconds = random.Next(3, 70);
                Add(Code($"Advance({seconds})"), story => story.Advance(seconds));
                break;
            case < 79:
                var depth = random.Next(3) == 0 ? random.Next(4, 11) : random.Next(1, 4);
                var isEmpty = random.Next(3) == 0;
                Add(Code($"Reorg({depth}, isEmpty: {(isEmpty ? "true" : "false")})"), story => story.Reorg(depth, isEmpty));
                break;
            case < 86:
                Die();
                break;
            case < 90:
                Fees();
                break;
            case < 94:
                Hide();
                break;
            case < 97:
                Add("Cut()", static story => story.Cut());
                break;
            default:
                var away = Name();
                Add($"Chain(\"{away}\", false)", story => story.Chain(away, isThere: false));
                for (var i = random.Next(4); i > 0; i--) Next(isLate);
                Add($"Chain(\"{away}\", true)", story => story.Chain(away, isThere: true));
                break;
        }
    }

    private void Pay()
    {
        var id = ++_payments;
        var from = Name();
        var msat = random.Next(6) switch
        {
            0 => random.Next(1_000, 340_000),
            1 => random.Next(360_000, 5_000_000),
            _ => random.Next(20_000_000, 90_000_000),
        };
        var isHeld = random.Next(3) > 0;
        if (isHeld) _held.Add(id);
        Add(Code($"Pay({id}, \"{from}\", {msat}{(isHeld ? ", hold: true" : "")})"), story => story.Pay(id, from, msat, isHeld));
        if (random.Next(2) == 0) Add("DeliverAll()", static story => story.DeliverAll());
    }

    private void Resolve()
    {
        if (_held.Count == 0) return;
        var id = _held[random.Next(_held.Count)];
        _held.Remove(id);
        var settle = random.Next(3) > 0;
        Add(Code($"Resolve({id}, settle: {(settle ? "true" : "false")})"), story => story.Resolve(id, settle));
    }

    private void Close()
    {
        var node = Name();
        switch (random.Next(6))
        {
            case 0:
                Add($"Close(\"{node}\")", story => story.Close(node));
                Add("DeliverAll()", static story => story.DeliverAll());
                break;
            case 1 or 2:
                Add($"ForceClose(\"{node}\")", story => story.ForceClose(node));
                break;
            case 3:
                Add("ForceClose(\"alice\")", static story => story.ForceClose("alice"));
                Add("ForceClose(\"bob\")", static story => story.ForceClose("bob"));
                break;
            default:
                Add("Cheat()", static story => story.Cheat());
                break;
        }

        if (random.Next(3) > 0) Add("Mine(1)", static story => story.Mine(1));
    }

    private void Die()
    {
        var node = Name();
        switch (random.Next(4))
        {
            case 0:
                Add($"Crash(\"{node}\")", story => story.Crash(node));
                break;
            case 1:
                var before = random.Next(4);
                Add(Code($"CrashBeforeWrite(\"{node}\", {before})"), story => story.CrashBeforeWrite(node, before));
                break;
            case 2:
                var after = random.Next(4);
                Add(Code($"CrashAfterWrite(\"{node}\", {after})"), story => story.CrashAfterWrite(node, after));
                break;
            default:
                Add($"Restart(\"{node}\")", story => story.Restart(node));
                return;
        }

        for (var i = random.Next(5); i > 0; i--) Next(isLate: true);
        Add($"Start(\"{node}\")", story => story.Start(node));
    }

    private void Fees()
    {
        switch (random.Next(3))
        {
            case 0:
                var feerate = random.Next(253, 4_000);
                Add(Code($"Feerate({feerate})"), story => story.Feerate(feerate));
                break;
            case 1:
                var minimum = random.Next(300, 4_000);
                Add(Code($"Mempool({minimum})"), story => story.Mempool(minimum));
                for (var i = random.Next(5); i > 0; i--) Next(isLate: true);
                Add("Mempool(250)", static story => story.Mempool(250));
                break;
            default:
                var asked = random.Next(300, 3_000);
                Add(Code($"Miners({asked})"), story => story.Miners(asked));
                for (var i = random.Next(5); i > 0; i--) Next(isLate: true);
                Add("Miners(0)", static story => story.Miners(0));
                break;
        }
    }

    private void Hide()
    {
        var at = random.Next(3);
        if (random.Next(3) == 0)
        {
            Add(Code($"Evict({at})"), story => story.Evict(at));
            return;
        }

        Add(Code($"Withhold({at})"), story => story.Withhold(at));
        for (var i = random.Next(5); i > 0; i--) Next(isLate: true);
        Add("AllowAll()", static story => story.AllowAll());
    }

    private string Name() => random.Next(2) == 0 ? "alice" : "bob";

    private static string Code(FormattableString code) => code.ToString(CultureInfo.InvariantCulture);

    private void Add(string code, Func<ChainStory, Task> step) => _story.Add(new ChainStep(code, step));
}
