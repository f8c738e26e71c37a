using Akka.Actor;
using Akka.Configuration;
using Lightning.Actors.Journal;
using Lightning.TestKit.Simulation;

namespace Lightning.TestKit.Journals;

/// <summary>The node's own journal over a scenario's disk.</summary>
internal sealed class ScenarioJournal(Config config) : GroupCommitJournal(StoreOf(config), TaskCreationOptions.None)
{
    private static IJournalStore StoreOf(Config config) => SimulatedProcess.Of(Context.System.Settings.Config).Journal ?? throw new InvalidOperationException($"{config} has no disk.");
}
