using Akka.Actor;

namespace Lightning.Actors.Chain;

/// <summary>What the monitor has said to one process and heard from it.</summary>
internal sealed class ClientLink(IActorRef client)
{
    private readonly Queue<ChainNotice> _unconfirmed = new();
    private long _sentAtLastPoll;

    /// <summary>The process's client.</summary>
    public IActorRef Client { get; } = client;

    /// <summary>Requests that have arrived, without a gap.</summary>
    public long RequestsTaken { get; set; }

    /// <summary>Notices sent.</summary>
    public long NoticesSent { get; private set; }

    /// <summary>Sends a notice; kept until the process confirms it.</summary>
    public void Notify(long epoch, WatchAnswer answer)
    {
        var notice = new ChainNotice(epoch, ++NoticesSent, answer.Channel, answer.Command);
        _unconfirmed.Enqueue(notice);
        Client.Tell(notice);
    }

    /// <summary>The process has so many notices: those that it should have by now but has not are sent again.</summary>
    public void Repeat(long taken)
    {
        while (_unconfirmed.TryPeek(out var notice) && notice.Number <= taken) _unconfirmed.Dequeue();
        foreach (var notice in _unconfirmed)
        {
            if (notice.Number > _sentAtLastPoll) break;
            Client.Tell(notice);
        }

        _sentAtLastPoll = NoticesSent;
    }
}
