using Akka.Actor;
using Akka.Event;
using Lightning.Actors.Api;
using Lightning.Actors.Backup;
using Lightning.Actors.Channels;
using Lightning.Actors.Metrics;
using Lightning.Actors.Peers;
using Lightning.Channels.Backup;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Registry;

/// <content>
/// The channel backup: it holds every channel before the registration is answered, so that none comes about that it does not know. What it holds of channels that the database does not know
/// stays in it: it may be all that is left of them.
/// </content>
internal sealed partial class ChannelRegistry
{
    private static readonly TimeSpan KeepAgain = TimeSpan.FromSeconds(2);

    /// <summary>Trouble with the file is an error at first, and then each time after so many attempts.</summary>
    private const int TellEvery = 30;

    private readonly Dictionary<NodeId, string> _addresses = [];
    private readonly List<(long Version, LocalChannelKey Channel, IActorRef Asker)> _awaiting = [];
    private readonly List<IActorRef> _followers = [];
    private EquatableArray<ChannelBackup> _found;
    private long _version = 1;
    private long _kept;
    private bool _isRead;
    private bool _isBusy;
    private int _failures;

    private bool HandleBackup(object command)
    {
        switch (command)
        {
            case NotePeerAddress note:
                if (_addresses.GetValueOrDefault(note.Peer) != note.Address) Write([new PeerAddressNoted(note.Peer, note.Address)], BackupChanged);
                return true;
            case RestoreChannels restore:
                var sender = Sender;
                Restore(restore.Channels, restored => sender.Tell(new ChannelsRestored(restored)));
                return true;
            case GetBackup:
                Sender.Tell(new BackedUp(BackedUpChannels()));
                return true;
            case FollowBackup:
                Follow(Sender);
                Sender.Tell(new BackedUp(BackedUpChannels()));
                return true;
            case FollowBackupOn:
                Follow(Sender);
                return true;
            case UnfollowBackup:
                Context.Unwatch(Sender);
                _followers.Remove(Sender);
                return true;
            case Terminated gone:
                _followers.Remove(gone.ActorRef);
                return true;
            case BackupRead read:
                OnRead(read.Backup);
                return true;
            case BackupSetAside aside:
                Log.Error("The channel backup cannot be read: {0} It is kept as {1}, and a new one is written.", aside.Reason, aside.Name);
                OnRead(null);
                return true;
            case BackupKept kept:
                OnKept(kept.Version);
                return true;
            case BackupTrouble trouble:
                OnTrouble(trouble.Cause);
                return true;
            case KeepDue:
                if (_isRead) Keep();
                else ReadBackup();
                return true;
            default:
                return false;
        }
    }

    // Before anything is written: what an old copy of the database does not know must not be lost with the file.
    private void ReadBackup()
    {
        _isBusy = true;
        _node.Backups.ReadAsync().PipeTo(Self, success: static backup => new BackupRead(backup), failure: static cause => new BackupTrouble(cause));
    }

    private void OnRead(Bytes? backup)
    {
        _isBusy = false;
        if (backup is { } bytes)
        {
            try
            {
                _found = BackupEnvelope.Open(bytes.Span, _node.Keys, _node.Options.Network).Channels;
            }
            catch (BackupException e)
            {
                SetAside(e);
                return;
            }
        }

        (_isRead, _failures) = (true, 0);
        var unknown = _found.Items.RemoveAll(IsKnown);
        if (backup is not null && _found == BackedUpChannels()) OnKept(_version);
        _found = unknown;
        if (unknown.IsEmpty)
        {
            Keep();
        }
        else if (_node.Restored is null)
        {
            Log.Warning("The channel backup holds {0} channels that this database does not know. They stay in it; restorechanbackup gets their money back.", unknown.Length);
            Keep();
        }
        else
        {
            Log.Warning("This copy of the database does not know {0} channels of the channel backup: they are restored from it", unknown.Length);
            Restore(unknown, static _ => { });
        }
    }

    private void SetAside(BackupException problem)
    {
        _isBusy = true;
        _node.Backups.SetAsideAsync().PipeTo(Self, success: name => new BackupSetAside(name, problem.Message), failure: static cause => new BackupTrouble(cause));
    }

    private void BackupChanged()
    {
        _version++;
        Keep();
    }

    // One at a time: those that come meanwhile are in the next one together.
    private void Keep()
    {
        if (!_isRead || _isBusy || _kept == _version) return;
        var version = _version;
        Bytes backup;
        try
        {
            backup = BackupEnvelope.Seal(new BackupContent(_node.Now, BackedUpChannels()), _node.Keys, _node.Options.Network);
        }
        catch (BackupException e)
        {
            OnTrouble(e);
            return;
        }

        _isBusy = true;
        _node.Backups.ReplaceAsync(backup).PipeTo(Self, success: () => new BackupKept(version), failure: static cause => new BackupTrouble(cause));
    }

    private void OnKept(long version)
    {
        if (_failures > 0) Log.Info("The channel backup is written again");
        (_kept, _isBusy, _failures) = (version, false, 0);
        foreach (var (_, channel, asker) in _awaiting.Where(one => one.Version <= version)) asker.Tell(new ChannelRegistered(channel));
        _awaiting.RemoveAll(one => one.Version <= version);
        if (_followers.Count > 0)
        {
            var now = new BackedUp(BackedUpChannels());
            foreach (var follower in _followers) follower.Tell(now);
        }

        Keep();
    }

    private void OnTrouble(Exception cause)
    {
        _isBusy = false;
        if (_isRead) NodeMetrics.BackupFailed();
        if (_failures++ % TellEvery == 0)
            Log.Error("The channel backup cannot be {0}: {1} Until it can no channel is opened, and those that there are go on. It is tried again.", _isRead ? "written" : "read", cause.Message);
        Timers.StartSingleTimer(KeepDue.Instance, KeepDue.Instance, KeepAgain);
    }

    private void AnswerWhenKept(IActorRef asker, LocalChannelKey channel)
    {
        if (_kept == _version)
        {
            asker.Tell(new ChannelRegistered(channel));
            return;
        }

        _awaiting.RemoveAll(one => one.Channel == channel);
        _awaiting.Add((_version, channel, asker));
    }

    private EquatableArray<ChannelBackup> BackedUpChannels() => EquatableArray.Create([
        .. _channels.Values.Where(static listed => listed.Backup is not null).Select(listed => Located(listed.Backup!))
            .Concat(_found.Items.Where(found => !IsKnown(found)))
            .OrderBy(static backup => backup.Parameters.Key)]);

    private ChannelBackup Located(ChannelBackup backup) => _addresses.TryGetValue(backup.Parameters.Peer, out var address) ? backup with { Addresses = [address] } : backup;

    // A channel does not know where its peer is, nor, when it has just started, where its funding stands on chain.
    private static ChannelBackup? Merged(ChannelBackup? told, ChannelBackup? known) => told is null || known is null ? told ?? known : told with
    {
        Addresses = told.Addresses.IsEmpty ? known.Addresses : told.Addresses,
        ShortChannelId = told.ShortChannelId ?? known.ShortChannelId,
    };

    private bool IsKnown(ChannelBackup backup) =>
        _channels.ContainsKey(backup.Parameters.Key) || IsClosed(backup.Parameters.Key)
        || _channels.Values.Any(listed => listed.Funding == backup.Funding.OutPoint) || _closed.Exists(closed => closed.Summary.Funding == backup.Funding.OutPoint);

    private void Restore(EquatableArray<ChannelBackup> backups, Action<EquatableArray<RestoredChannel>> done)
    {
        HashSet<LocalChannelKey> keys = [];
        List<RestoredChannel> restored = [];
        List<ChannelListed> listed = [];
        foreach (var backup in backups)
        {
            var (key, funding) = (backup.Parameters.Key, backup.Funding.OutPoint);
            var isNew = !IsKnown(backup) && keys.Add(key);
            restored.Add(new RestoredChannel(funding, backup.Parameters.Peer, isNew));
            if (isNew) listed.Add(new ChannelListed(key, backup.Parameters.Peer, ChannelId.FromFunding(funding), funding, backup, IsRestored: true));
        }

        Write(listed, () =>
        {
            if (listed.Count > 0) BackupChanged();
            else Keep();
            foreach (var one in listed) _toWake.Enqueue(one.Channel);
            WakeNext();
            done(EquatableArray.Create([.. restored]));
        });
    }

    // Until the channel's own journal has it.
    private void Restore(ChannelBackup backup)
    {
        foreach (var address in backup.Addresses)
        {
            try
            {
                var (host, port) = PeerAddress.ParseHost(address);
                _node.Actors.Peers.Tell(new LearnAddress(backup.Parameters.Peer, host, port));
                break;
            }
            catch (FormatException e)
            {
                Log.Warning("The channel backup has no address for peer {0}: {1}", backup.Parameters.Peer, e.Message);
            }
        }

        _node.Actors.Channels.Tell(new RestoreChannel(backup), Self);
    }

    private void Follow(IActorRef follower)
    {
        if (_followers.Contains(follower)) return;
        _followers.Add(follower);
        Context.Watch(follower);
    }

    private sealed record BackupRead(Bytes? Backup);

    private sealed record BackupSetAside(string Name, string Reason);

    private sealed record BackupKept(long Version);

    private sealed record BackupTrouble(Exception Cause);

    private sealed record KeepDue
    {
        public static readonly KeepDue Instance = new();
    }
}
