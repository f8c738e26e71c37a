using Akka.Actor;
using Lightning.Actors.Api;
using Lightning.Actors.Chain;
using Lightning.Actors.Channels;
using Lightning.Actors.Entities;
using Lightning.Actors.Hosting;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Registry;

/// <summary>
/// Which channels exist: the truth about what must be awake. Wakes them after a start, a bounded number at once, and some again with
/// every block, so that one that was lost with its process comes back wherever its shard is now.
/// </summary>
internal sealed partial class ChannelRegistry : PersistentEntity, IWithTimers
{
    /// <summary>Where its events stand.</summary>
    public const string Name = "channel-registry";

    private const int WakeAtOnce = 32;
    private const int SweepPerBlock = 256;
    private static readonly TimeSpan WakeTimeout = TimeSpan.FromSeconds(10);

    private readonly NodeRuntime _node;
    private readonly Dictionary<LocalChannelKey, ChannelListed> _channels = [];
    private readonly List<(LocalChannelKey Key, ClosedChannel Summary)> _closed = [];
    private readonly Queue<LocalChannelKey> _toWake = new();
    private readonly HashSet<LocalChannelKey> _waking = [];
    private IEnumerator<LocalChannelKey>? _sweep;

    public ChannelRegistry(NodeRuntime node)
        : base(Name) => _node = node;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>For the node.</summary>
    public static Props Props(NodeRuntime node) => ActorProps.Of<ChannelRegistry>(node);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        base.PreStart();
        Context.System.EventStream.Subscribe(Self, typeof(NewTip));
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _sweep?.Dispose();
        base.PostStop();
    }

    /// <inheritdoc/>
    protected override void Apply(object domainEvent)
    {
        switch (domainEvent)
        {
            case ChannelListed listed:
                _channels[listed.Channel] = listed;
                break;
            case ChannelDelisted delisted:
                _channels.Remove(delisted.Channel);
                if (delisted.Summary is { } summary) Close(delisted.Channel, summary);
                break;
            case ChannelSettled settled:
                Close(settled.Channel, settled.Summary);
                break;
            case ChannelUnsettled unsettled:
                _closed.RemoveAll(one => one.Key == unsettled.Channel);
                break;
            case PeerAddressNoted noted:
                _addresses[noted.Peer] = noted.Address;
                break;
        }
    }

    /// <inheritdoc/>
    protected override void Recovered()
    {
        foreach (var channel in _channels.Keys) _toWake.Enqueue(channel);
        WakeNext();
        ReadBackup();
    }

    /// <inheritdoc/>
    protected override void Handle(object command)
    {
        switch (command)
        {
            case RegisterChannel register:
                Register(register);
                break;
            case UnregisterChannel unregister:
                if (_channels.ContainsKey(unregister.Channel)) Write([new ChannelDelisted(unregister.Channel, unregister.Summary)], BackupChanged);
                break;
            case SettleChannel settle:
                // A summary is made again by every incarnation, which may know less: the first one counts.
                if (_channels.ContainsKey(settle.Channel) && !IsClosed(settle.Channel)) Write([new ChannelSettled(settle.Channel, settle.Summary)], static () => { });
                break;
            case UnsettleChannel unsettle:
                if (IsClosed(unsettle.Channel)) Write([new ChannelUnsettled(unsettle.Channel)], static () => { });
                break;
            case ListClosed:
                Sender.Tell(new ClosedChannels(EquatableArray.Create<(LocalChannelKey, ClosedChannel)>([.. _closed])));
                break;
            case ChannelAwake awake:
                if (_waking.Remove(awake.Channel)) WakeNext();
                break;
            case NewTip:
                Sweep();
                break;
            case WakeLate:
                // Shards may be on their way to another process: asked again, in their turn.
                foreach (var channel in _waking) _toWake.Enqueue(channel);
                _waking.Clear();
                WakeNext();
                break;
            default:
                if (!HandleBackup(command)) Unhandled(command);
                break;
        }
    }

    private void Register(RegisterChannel register)
    {
        var known = _channels.GetValueOrDefault(register.Channel);
        var listed = new ChannelListed(register.Channel, register.Peer, register.Id, register.Funding, Merged(register.Backup, known?.Backup), IsRestored: false);
        var isChanged = known?.Backup != listed.Backup;
        var channel = Sender;
        Write(known == listed ? [] : [listed], () =>
        {
            if (isChanged) BackupChanged();
            AnswerWhenKept(channel, register.Channel);
        });
    }

    private bool IsClosed(LocalChannelKey channel) => _closed.Exists(one => one.Key == channel);

    // Where it is known already it keeps its place, and its summary.
    private void Close(LocalChannelKey channel, ClosedChannel summary)
    {
        if (!IsClosed(channel)) _closed.Add((channel, summary));
    }

    private void WakeNext()
    {
        while (_waking.Count < WakeAtOnce && _toWake.TryDequeue(out var channel))
        {
            if (!_channels.TryGetValue(channel, out var listed) || !_waking.Add(channel)) continue;
            if (listed is { IsRestored: true, Backup: { } backup }) Restore(backup);
            else _node.Actors.Channels.Tell(new WakeChannel(channel), Self);
        }

        if (_waking.Count > 0) Timers.StartSingleTimer(WakeLate.Instance, WakeLate.Instance, WakeTimeout);
        else Timers.Cancel(WakeLate.Instance);
    }

    private void Sweep()
    {
        if (_toWake.Count > 0) return;
        _sweep ??= _channels.Keys.ToArray().AsEnumerable().GetEnumerator();
        for (var i = 0; i < SweepPerBlock; i++)
        {
            if (!_sweep.MoveNext())
            {
                _sweep.Dispose();
                _sweep = null;
                break;
            }

            _toWake.Enqueue(_sweep.Current);
        }

        WakeNext();
    }

    private sealed record WakeLate
    {
        public static readonly WakeLate Instance = new();
    }
}
