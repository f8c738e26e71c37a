using Lightning.Actors.Hosting;

namespace Lightning.TestKit;

/// <content>How it starts, dies, and is put into trouble.</content>
public sealed partial class ScenarioNode
{
    /// <summary>Starts it, perhaps again, on what is on its disk.</summary>
    public async Task Start()
    {
        if (IsRunning) throw _network.Failure($"{Name} runs already.");
        await StartProcess(restored: null).ConfigureAwait(false);
    }

    /// <summary>Kills it at once, as a power cut would. What it has sent still arrives.</summary>
    public async Task Crash()
    {
        KillAll();
        await _network.Rest().ConfigureAwait(false);
    }

    /// <summary>Kills it, and starts it again.</summary>
    public async Task Restart()
    {
        KillAll();
        await Start().ConfigureAwait(false);
    }

    /// <summary>A copy of its database as it is now. The node does not notice.</summary>
    public DatabaseCopy CopyDatabase() => new(this, _disk.Copy());

    /// <summary>Kills it, and starts it on an older copy of its database.</summary>
    /// <param name="copy">From <see cref="CopyDatabase"/>.</param>
    /// <param name="isKnown">Whether the node can tell that it is an old copy, as it does where its data folder survived or its operator says so.</param>
    public async Task RestartWith(DatabaseCopy copy, bool isKnown = true)
    {
        ArgumentNullException.ThrowIfNull(copy);
        if (copy.Node != this) throw _network.Failure($"{Name} cannot start on a copy of {copy.Node.Name}'s database.");
        KillAll();
        _hasForgotten = true;
        copy.Restore();
        Guard.Restart(_disk.Entities().SelectMany(entity => _disk.Read(entity, 1, long.MaxValue, long.MaxValue)));
        await StartProcess(isKnown ? RestoredDatabase.InMemory() : null).ConfigureAwait(false);
    }

    /// <summary>Kills it, and starts it with nothing but its seed: neither its database nor its data folder is left. Its on-chain wallet, which has a seed of its own, is.</summary>
    /// <param name="keepsFolder">Whether the data folder is left, with the channel backup in it.</param>
    public async Task RestartEmpty(bool keepsFolder = false)
    {
        KillAll();
        _hasForgotten = true;
        _disk.Clear();
        if (!keepsFolder) Backup.Content = null;
        Guard.Restart([]);
        await StartProcess(restored: null).ConfigureAwait(false);
    }

    /// <summary>
    /// Starts a second process of this node on the same database without the first one knowing: as after a network partition, when both believe that they own
    /// every channel. <see cref="Api"/> is the new one's from here on.
    /// </summary>
    public async Task StartSecondProcess()
    {
        if (!IsRunning) throw _network.Failure($"{Name} has no first process.");
        await StartProcess(restored: null).ConfigureAwait(false);

        // From here on either may be behind what the other has written, until it writes itself.
        Trouble.IsShared = true;
    }

    /// <summary>Kills the oldest of its processes.</summary>
    public async Task CrashFirstProcess()
    {
        _processes.Find(static process => !process.IsDead)?.Kill();
        _network.Story.Note(Name, "first process killed");
        await _network.Rest().ConfigureAwait(false);
    }

    /// <summary>Sets its clock. Timers do not care; what reads the calendar does.</summary>
    /// <param name="span">Ahead, or with a minus behind.</param>
    public void JumpClock(TimeSpan span)
    {
        Clock.Offset += span;
        _network.Story.Note(Name, $"clock set by {span}");
    }

    internal bool HasChain => !_chainTrouble.IsAway;

    /// <summary>Its bitcoind is not to be reached, until <see cref="ChainComesBack"/>.</summary>
    public void ChainGoesAway()
    {
        _chainTrouble.IsAway = true;
        _network.Story.Note(Name, "bitcoind is away");
    }

    /// <summary>Its bitcoind is there again.</summary>
    public async Task ChainComesBack()
    {
        _chainTrouble.IsAway = false;
        _network.Story.Note(Name, "bitcoind is back");
        WakeChain();
        await _network.Rest().ConfigureAwait(false);
    }

    /// <summary>Its bitcoind tells of blocks and does not say how outputs stand, until <see cref="ChainAnswers"/>.</summary>
    public void ChainStopsAnswering()
    {
        _chainTrouble.IsMute = true;
        _network.Story.Note(Name, "bitcoind does not answer for outputs");
    }

    /// <summary>Its bitcoind answers again.</summary>
    public async Task ChainAnswers()
    {
        _chainTrouble.IsMute = false;
        _network.Story.Note(Name, "bitcoind answers for outputs");
        WakeChain();
        await _network.Rest().ConfigureAwait(false);
    }

    /// <summary>It cannot read the blocks from a height on, as if there were something in them that its parser refuses; null for all of them being well again.</summary>
    public void CannotReadBlocks(uint? from) => _chainTrouble.UnreadableFrom = from;

    /// <summary>What its bitcoind answers to a broadcast in place of taking the transaction.</summary>
    /// <param name="answer">Null, or what gives null, for what is true.</param>
    public void AnswerBroadcasts(Func<Lightning.Bitcoin.Transactions.Transaction, Lightning.Chain.BroadcastResult?>? answer) => _chainTrouble.Broadcast = answer;
}
