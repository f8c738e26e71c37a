using Akka.Actor;
using Lightning.Actors.Entities;
using Lightning.Actors.Hosting;
using Lightning.Actors.ReadModels;

namespace Lightning.Actors.Node;

/// <summary>The lists of payments and invoices, and how to wait for them.</summary>
internal sealed class Lists(NodeRuntime node)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>Reads the lists.</summary>
    public ViewQueries Queries { get; } = new(node.Views, node.Time);

    /// <summary>Waits until the lists hold what is durable now, so that whoever did something finds it there. Gives up after a while: lists are not worth an error.</summary>
    public async Task CatchUpAsync(CancellationToken cancellation)
    {
        try
        {
            await Asking.AskAsync(node.Actors.System, node.Actors.Views, CatchUp.Instance, Limit, node.Time, node.Continuations, cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            // They are behind; what they have is shown.
        }
    }
}
