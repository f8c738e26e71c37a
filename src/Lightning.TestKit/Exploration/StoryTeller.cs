using System.Globalization;

namespace Lightning.TestKit.Exploration;

/// <summary>Makes stories up. What happens does not depend on what has happened, so that steps can be left out.</summary>
internal sealed class StoryTeller
{
    private static readonly string[] Kinds = ["channel", "payment", "invoice", "peer"];
    private readonly Random _random;
    private readonly string[] _names;
    private readonly ExplorationSetup _setup;
    private readonly List<ExplorationStep> _story = [];
    private readonly List<int> _held = [];
    private int _payments;
    private int _blocks;
    private bool _closes;

    private StoryTeller(int seed, ExplorationSetup setup)
    {
        _random = new Random(seed ^ 0x5eed);
        _setup = setup;
        _names = ["alice", "bob", "carol"];
        _names = _names[..setup.Nodes];
    }

    /// <summary>The network of a seed.</summary>
    public static ExplorationSetup Setup(int seed)
    {
        var random = new Random(seed);
        return new ExplorationSetup
        {
            Seed = seed,
            Nodes = random.Next(3) == 0 ? 2 : 3,
            Capacity = random.Next(4) == 0 ? new(60_000) : new(1_000_000),
            Push = random.Next(2) == 0 ? new(20_000_000) : new(0),
            Channels = random.Next(3) == 0 ? 2 : 1,
            MaxAcceptedHtlcs = (ushort)random.Next(2, 30),
        };
    }

    /// <summary>The story of a seed.</summary>
    public static IReadOnlyList<ExplorationStep> Tell(int seed, ExplorationSetup setup, int steps)
    {
        var teller = new StoryTeller(seed, setup);
        while (teller._story.Count < steps) teller.Next();
        return teller._story[..steps];
    }

    private void Next()
    {
        switch (_random.Next(100))
        {
            case < 40:
                var (from, to) = Neighbours();
                var count = _random.Next(4) == 0 ? _random.Next(2, 8) : 1;
                Add(string.Create(CultureInfo.InvariantCulture, $"Deliver(\"{from}\", \"{to}\", {count})"), story => story.Deliver(from, to, count));
                break;
            case < 48:
                Add("DeliverAll()", static story => story.DeliverAll());
                break;
            case < 66:
                Pay();
                break;
            case < 74:
                Resolve();
                break;
            case < 80:
                var seconds = _random.Next(4) == 0 ? _random.Next(10, 90) : _random.Next(1, 60) / 10.0;
                Add(string.Create(CultureInfo.InvariantCulture, $"Advance({seconds})"), story => story.Advance(seconds));
                break;
            case < 84:
                var (one, other) = Neighbours();
                Add($"Cut(\"{one}\", \"{other}\")", story => story.Cut(one, other));
                Reconnect();
                break;
            case < 88:
                Die();
                break;
            case < 95:
                Fault();
                break;
            default:
                Rare();
                break;
        }
    }

    private void Pay()
    {
        var id = ++_payments;
        var from = Name();
        var to = Name();
        if (from == to) to = from == "bob" ? "alice" : "bob";
        var amount = _random.Next(5) switch
        {
            0 => _random.Next(1, 400_000),
            1 => _random.Next(300_000, 4_000_000),
            2 => _random.Next(1_000_000, 30_000_000),
            3 => _random.Next(10_000_000, 60_000_000),
            _ => _setup.Capacity.Value * _random.Next(1, 90) * 10,
        };
        var isHeld = _random.Next(3) == 0;
        if (isHeld) _held.Add(id);
        Add(
            string.Create(CultureInfo.InvariantCulture, $"Pay({id}, \"{from}\", \"{to}\", {amount}{(isHeld ? ", hold: true" : "")})"),
            story => story.Pay(id, from, to, amount, isHeld));
    }

    private void Resolve()
    {
        if (_held.Count == 0) return;
        var at = _random.Next(_held.Count);
        var id = _held[at];
        if (_random.Next(3) > 0) _held.RemoveAt(at);
        var settle = _random.Next(3) > 0;
        Add(string.Create(CultureInfo.InvariantCulture, $"Resolve({id}, settle: {(settle ? "true" : "false")})"), story => story.Resolve(id, settle));
    }

    private void Die()
    {
        var node = Name();
        if (_random.Next(6) == 0)
        {
            Add($"StartSecondProcess(\"{node}\")", story => story.StartSecondProcess(node));
            for (var i = _random.Next(6); i > 0; i--) Next();
            Add($"CrashFirstProcess(\"{node}\")", story => story.CrashFirstProcess(node));
            return;
        }

        Add($"Crash(\"{node}\")", story => story.Crash(node));
        for (var i = _random.Next(4); i > 0; i--) Next();
        Add($"Start(\"{node}\")", story => story.Start(node));
        Reconnect();
    }

    private void Fault()
    {
        var node = Name();
        var after = _random.Next(6);
        var of = _random.Next(3) == 0 ? null : Kinds[_random.Next(Kinds.Length)];
        var arguments = string.Create(CultureInfo.InvariantCulture, $"(\"{node}\", {after}, {(of is null ? "null" : $"\"{of}\"")})");
        switch (_random.Next(6))
        {
            case 0:
                Add("CrashBeforeWrite" + arguments, story => story.CrashBeforeWrite(node, after, of));
                break;
            case 1:
                Add("CrashAfterWrite" + arguments, story => story.CrashAfterWrite(node, after, of));
                break;
            case 2:
                Add("LoseAnswer" + arguments, story => story.LoseAnswer(node, after, of));
                break;
            case 3:
                Add("FailWrite" + arguments, story => story.FailWrite(node, after, of));
                break;
            case 4:
                Add($"HoldWrites(\"{node}\")", story => story.HoldWrites(node));
                for (var i = _random.Next(6); i > 0; i--) Next();
                Add($"ReleaseWrites(\"{node}\")", story => story.ReleaseWrites(node));
                return;
            default:
                Add($"HoldAnswers(\"{node}\")", story => story.HoldAnswers(node));
                for (var i = _random.Next(6); i > 0; i--) Next();
                Add($"ReleaseAnswers(\"{node}\")", story => story.ReleaseAnswers(node));
                return;
        }

        for (var i = _random.Next(8); i > 0; i--) Next();
        Add($"Start(\"{node}\")", story => story.Start(node));
        Reconnect();
    }

    private void Rare()
    {
        var node = Name();
        switch (_random.Next(6))
        {
            case 0:
                Add($"FillDisk(\"{node}\", true)", story => story.FillDisk(node, isFull: true));
                for (var i = _random.Next(6); i > 0; i--) Next();
                Add($"FillDisk(\"{node}\", false)", story => story.FillDisk(node, isFull: false));
                break;
            case 1:
                var count = _random.Next(1, 4);
                Add(string.Create(CultureInfo.InvariantCulture, $"FailReads(\"{node}\", {count})"), story => story.FailReads(node, count));
                break;
            case 2:
                Add($"Chain(\"{node}\", false)", story => story.Chain(node, isThere: false));
                for (var i = _random.Next(8); i > 0; i--) Next();
                Add($"Chain(\"{node}\", true)", story => story.Chain(node, isThere: true));
                break;
            case 3:
                var feerate = (uint)_random.Next(400, 4_000);
                Add(string.Create(CultureInfo.InvariantCulture, $"Feerate({feerate})"), story => story.Feerate(feerate));
                break;
            case 4:
                Close();
                break;
            default:
                // Few: an HTLC that nobody settles must not come near its expiry.
                if (++_blocks <= 8) Add("Mine()", static story => story.Mine());
                break;
        }
    }

    // At most one a story, and not in each: without channels nothing would happen any more.
    private void Close()
    {
        if (_closes || _random.Next(3) > 0) return;
        _closes = true;
        var channel = _random.Next(_setup.Channels * (_setup.Nodes - 1));
        var node = _names[(channel / _setup.Channels) + _random.Next(2)];
        Add(string.Create(CultureInfo.InvariantCulture, $"Close(\"{node}\", {channel})"), story => story.Close(node, channel));
    }

    // Nodes call each other again after a second or two.
    private void Reconnect()
    {
        if (_random.Next(3) > 0) Add("Advance(3)", static story => story.Advance(3));
    }

    private (string From, string To) Neighbours()
    {
        var at = _random.Next(_names.Length - 1);
        return _random.Next(2) == 0 ? (_names[at], _names[at + 1]) : (_names[at + 1], _names[at]);
    }

    private string Name() => _names[_random.Next(_names.Length)];

    private void Add(string code, Func<ExploredNetwork, Task> step) => _story.Add(new ExplorationStep(code, step));
}
