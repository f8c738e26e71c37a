using Lightning.Actors.Journal;
using Lightning.TestKit.Simulation;

namespace Lightning.TestKit.Journals;

/// <summary>The trouble that a test has ordered for one node's journal.</summary>
internal sealed class JournalTrouble(VirtualTime time)
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(30);
    private readonly List<Order> _orders = [];
    private readonly Queue<(SimulatedProcess Process, Action Answer)> _held = new();
    private readonly Queue<(SimulatedProcess Process, Action Write)> _unwritten = new();
    private TimeSpan? _hurtAt;
    private int _failingReads;

    /// <summary>Atomic writes so far.</summary>
    public int Writes { get; private set; }

    /// <summary>Reads so far.</summary>
    public int Reads { get; private set; }

    /// <summary>Of the writes, how many came after another incarnation's.</summary>
    public int Refused { get; set; }

    /// <summary>How many orders have come to pass.</summary>
    public int Faults { get; private set; }

    /// <summary>Whether every write fails.</summary>
    public bool IsFull { get; set; }

    /// <summary>Whether any of it came to pass a short while ago: entities may be waiting to start again.</summary>
    public bool HasHurt => _hurtAt is { } at && time.Elapsed - at < Recovery;

    /// <summary>Whether two processes write at the same time, so that either may be behind the other.</summary>
    public bool IsShared { get; set; }

    /// <summary>Whether writes wait before they are done.</summary>
    public bool IsHoldingWrites { get; private set; }

    /// <summary>Whether answers are kept back.</summary>
    public bool IsHolding { get; private set; }

    /// <summary>How long the answer to a write takes.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Orders trouble for one write.</summary>
    /// <param name="fault">Which.</param>
    /// <param name="after">So many writes go well before it.</param>
    /// <param name="matches">Only these writes count.</param>
    public void Add(WriteFault fault, int after, Func<JournalWrite, bool>? matches) => _orders.Add(new Order(fault, matches ?? (static _ => true)) { Left = after });

    /// <summary>Orders so many reads to fail.</summary>
    public void FailReads(int count) => _failingReads = count;

    /// <summary>Keeps the answers to writes back.</summary>
    public void Hold() => IsHolding = true;

    /// <summary>Lets them go.</summary>
    public void Release()
    {
        IsHolding = false;
        while (_held.TryDequeue(out var next)) next.Process.Enqueue("/journal", next.Answer);
    }

    /// <summary>Keeps writes back before anything of them is on the disk.</summary>
    public void HoldWrites() => IsHoldingWrites = true;

    /// <summary>Does them, in their order, but for those whose process has died.</summary>
    public void ReleaseWrites()
    {
        IsHoldingWrites = false;
        while (_unwritten.TryDequeue(out var next)) next.Process.Enqueue("/journal", next.Write);
    }

    /// <summary>A write waits.</summary>
    public void Wait(SimulatedProcess process, Action write) => _unwritten.Enqueue((process, write));

    /// <summary>The node starts anew.</summary>
    public void Forget() => (_hurtAt, IsShared) = (null, false);

    /// <summary>All is well again.</summary>
    public void Clear()
    {
        ReleaseWrites();
        _orders.Clear();
        _failingReads = 0;
        IsFull = false;
        Delay = TimeSpan.Zero;
        Release();
    }

    internal WriteFault Take(JournalWrite write)
    {
        Writes++;
        if (IsFull)
        {
            Hurt();
            return WriteFault.Fail;
        }

        foreach (var order in _orders.ToArray())
        {
            if (!order.Matches(write) || order.Left-- > 0) continue;
            _orders.Remove(order);
            Hurt();
            Faults++;
            return order.Fault;
        }

        return WriteFault.None;
    }

    internal bool TakeRead()
    {
        Reads++;
        if (_failingReads == 0) return false;
        Hurt();
        _failingReads--;
        return true;
    }

    internal void Answer(SimulatedProcess process, Action answer)
    {
        if (IsHolding) _held.Enqueue((process, answer));
        else if (Delay > TimeSpan.Zero) process.Loop.Time.Schedule(Delay, () => process.Enqueue("/journal", answer), () => process.IsDead);
        else answer();
    }

    /// <summary>There is trouble now.</summary>
    public void Hurt() => _hurtAt = time.Elapsed;

    private sealed record Order(WriteFault Fault, Func<JournalWrite, bool> Matches)
    {
        public int Left { get; set; }
    }
}
