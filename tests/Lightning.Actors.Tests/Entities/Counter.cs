using Akka.Actor;
using Lightning.Actors.Entities;

namespace Lightning.Actors.Tests.Entities;

internal sealed class Counter(string id, bool ownsFromStart, IActorRef? probe) : PersistentEntity(id)
{
    private int _sum;

    public sealed record Add(params int[] By);

    public sealed record AddTwice(int By);

    public sealed record Get;

    public sealed record State(int Sum, long Epoch, long SequenceNr);

    protected override bool OwnsFromStart => ownsFromStart;

    protected override void Apply(object domainEvent) => _sum += ((Counted)domainEvent).By;

    protected override void Owned() => probe?.Tell(new State(_sum, Epoch, LastSequenceNr));

    protected override void Handle(object command)
    {
        switch (command)
        {
            case Add add:
                var sender = Sender;
                Write([.. add.By.Select(by => new Counted(by))], () =>
                {
                    Assert.Equal(sender, Sender);
                    Sender.Tell(new State(_sum, Epoch, LastSequenceNr));
                });
                break;
            case AddTwice twice:
                Write([new Counted(twice.By)], () => { });
                Write([new Counted(twice.By)], () => { });
                break;
            case Get:
                Sender.Tell(new State(_sum, Epoch, LastSequenceNr));
                break;
        }
    }

    protected override void PostStop()
    {
        probe?.Tell("stopped");
        base.PostStop();
    }
}
