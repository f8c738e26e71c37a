using Akka.Actor;
using Lightning.Actors.Entities;
using Microsoft.Extensions.Time.Testing;

namespace Lightning.Actors.Tests.Entities;

public sealed class AskingTests : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();

    public AskingTests()
        : base("akka.loglevel = WARNING")
    {
    }

    private Task<object> AskAsync(
        TimeSpan patience, TaskCreationOptions continuations = TaskCreationOptions.RunContinuationsAsynchronously, CancellationToken cancellation = default) =>
        Asking.AskAsync(Sys, TestActor, "question", patience, _time, continuations, cancellation);

    private IActorRef Asker()
    {
        ExpectMsg("question", Wait);
        return LastSender;
    }

    /// <summary>Whom an answer finds that comes from another process.</summary>
    private IActorRef Found(IActorRef asker) => ((ExtendedActorSystem)Sys).Provider.ResolveActorRef(asker.Path);

    private bool IsRegistered(IActorRef asker) => ReferenceEquals(asker, Found(asker));

    [Fact]
    public async Task An_answer_reaches_whoever_asks_by_its_name_and_the_name_is_gone_then()
    {
        var answer = AskAsync(Patience);
        var asker = Asker();
        Assert.True(IsRegistered(asker));
        Found(asker).Tell("answer");
        Assert.Equal("answer", await answer.WaitAsync(Wait));
        Assert.False(IsRegistered(asker));
    }

    [Fact]
    public async Task A_failure_is_thrown_to_whoever_asks()
    {
        var answer = AskAsync(Patience);
        var asker = Asker();
        var failure = new InvalidOperationException("no");
        asker.Tell(new Status.Failure(failure));
        Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(() => answer.WaitAsync(Wait)));
        Assert.False(IsRegistered(asker));
    }

    [Fact]
    public async Task Whoever_asks_gives_up_by_the_clock_that_it_was_given()
    {
        var answer = AskAsync(Patience);
        var asker = Asker();
        _time.Advance(Patience - TimeSpan.FromTicks(1));
        Assert.False(answer.IsCompleted);
        Assert.True(IsRegistered(asker));
        _time.Advance(TimeSpan.FromTicks(1));
        await Assert.ThrowsAsync<AskTimeoutException>(() => answer.WaitAsync(Wait));
        Assert.False(IsRegistered(asker));
    }

    [Fact]
    public async Task Whoever_asks_may_wait_for_ever()
    {
        var answer = AskAsync(Timeout.InfiniteTimeSpan);
        var asker = Asker();
        _time.Advance(TimeSpan.FromDays(1000));
        Assert.False(answer.IsCompleted);
        asker.Tell("answer");
        Assert.Equal("answer", await answer.WaitAsync(Wait));
    }

    [Fact]
    public async Task Whoever_asks_may_stop_waiting()
    {
        using var stopping = new CancellationTokenSource();
        var answer = AskAsync(Patience, cancellation: stopping.Token);
        var asker = Asker();
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer.WaitAsync(Wait));
        Assert.False(IsRegistered(asker));
    }

    [Fact]
    public async Task Nothing_is_asked_by_whoever_has_stopped_waiting_before()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AskAsync(Patience, cancellation: new CancellationToken(canceled: true)));
        TestActor.Tell("next");
        ExpectMsg("next", Wait);
    }

    [Fact]
    public async Task Without_threads_of_their_own_whoever_waits_goes_on_where_the_answer_arrives()
    {
        var answer = AskAsync(Patience, TaskCreationOptions.None);
        var asker = Asker();
        await Task.Run(() =>
        {
            asker.Tell("answer");
            Assert.True(answer.IsCompletedSuccessfully);
            Assert.False(IsRegistered(asker));
        });
    }
}
