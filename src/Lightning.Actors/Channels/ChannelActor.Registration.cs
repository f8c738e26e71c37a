using Akka.Actor;
using Akka.Event;
using Lightning.Actors.Peers;
using Lightning.Actors.Registry;
using Lightning.Channels.Actions;
using Lightning.Channels.Backup;
using Lightning.Channels.Commands;
using Lightning.Channels.Events;
using Lightning.Channels.Signing;
using Lightning.Channels.States;

namespace Lightning.Actors.Channels;

/// <content>How the channel becomes known, to its peer's entity, to the registry and in the backup, before anything leaves that commits this node; and how it comes back from a backup.</content>
internal sealed partial class ChannelActor
{
    private static readonly TimeSpan AssignInterval = TimeSpan.FromSeconds(2);

    /// <summary>No longer is an opening held up by a registry or a backup that cannot be written.</summary>
    private static readonly TimeSpan AssignLimit = TimeSpan.FromSeconds(30);

    private ChannelAction.AssignChannelId? _assigning;
    private bool _isAssignedByPeer;
    private bool _isRegistered;
    private bool _isGivenUp;

    // The registration is durable, and the channel in the backup, before anything that commits us leaves: a channel that nobody wakes would watch no chain.
    private void BeginAssigning(ChannelAction.AssignChannelId assign)
    {
        _assigning = assign;
        (_isAssignedByPeer, _isRegistered) = (false, false);
        Timers.StartSingleTimer(AssignLate.Instance, AssignLate.Instance, AssignLimit);
        SendAssignments();
    }

    private void SendAssignments()
    {
        if (_assigning is not { } assign || _state is not FundedState funded) return;
        if (!_isAssignedByPeer) _node.Actors.Peers.Tell(new AssignChannelId(funded.Parameters.Peer, _key, assign.TemporaryId, assign.Id), Self);
        if (!_isRegistered) Register();
        Timers.StartSingleTimer(AssignDue.Instance, AssignDue.Instance, AssignInterval);
    }

    private void OnAssigned(bool ofPeer)
    {
        if (_assigning is null) return;
        if (ofPeer) _isAssignedByPeer = true;
        else _isRegistered = true;
        GoOnIfAssigned();
    }

    // What is given up stays so: the write that says it is under way.
    private void GoOnIfAssigned()
    {
        if (!_isAssignedByPeer || !_isRegistered || _isGivenUp) return;
        EndAssigning();
        PerformQueued();
    }

    private void GiveOpeningUp()
    {
        if (_assigning is null || _state is not (WaitForFundingSigned or WaitForFundingConfirmed)) return;
        _isGivenUp = true;
        var reason = _isRegistered ? "The channel's id is not free." : "The channel cannot be registered and backed up: see the log for why.";
        Log.Warning("Channel {0} is not opened: {1}", _key, reason);
        Enqueue(new ChannelCommand.AbortOpening(reason, _isAssignedByPeer));
    }

    // Of an opening that has ended nothing may leave any more of what waited for its registration.
    private void AfterDecision()
    {
        if (_assigning is null) return;
        if (_state is Closed)
        {
            EndAssigning();
            _actions.Clear();
        }
        else if (_isGivenUp)
        {
            // Something else came first, and it is no opening any more: it must be known to go on.
            _isGivenUp = false;
            SendAssignments();
            GoOnIfAssigned();
        }
    }

    private void EndAssigning()
    {
        _assigning = null;
        Timers.Cancel(AssignDue.Instance);
        Timers.Cancel(AssignLate.Instance);
    }

    // Again with every start, and when it is known where the funding stands on chain.
    private void Register()
    {
        if (_state is not FundedState funded) return;
        var funding = funded.Commitments.Active[^1].Funding;
        var backup = new ChannelBackup(funded.Parameters, new FundingOutput(funding.OutPoint, funding.Capacity), _bornAt) { ShortChannelId = _shortChannelId };
        _node.Actors.Registry.Tell(new RegisterChannel(_key, funded.Parameters.Peer, funded.Commitments.Id, funding.OutPoint, backup), Self);
    }

    private void Restore(RestoreChannel restore)
    {
        Sender.Tell(new ChannelAwake(_key));
        if (_signer is not null)
        {
            // Its journal has it.
            Register();
            return;
        }

        var parameters = restore.Backup.Parameters;
        _signer = new LocalChannelSigner(_node.Keys.Seed, parameters.KeyIndex, _node.Keys.NodeKey);
        _peer = parameters.Peer;
        Timers.StartPeriodicTimer(RepeatDue.Instance, RepeatDue.Instance, RepeatInterval);
        Enqueue(new ChannelCommand.RestoreFromBackup(restore.Backup));
    }

    private void Restored()
    {
        Log.Warning("Channel {0} is restored from a backup: its peer {1} is asked to close it", _key, _peer);
        KeepReserve();
        Register();
        AskForConnection();
    }
}
