using System.Collections.Immutable;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using Lightning.Channels.Signing;
using Lightning.Channels.States;

namespace Lightning.Channels;

/// <summary>
/// One channel as pure functions (BOLT 2): no clock, no I/O, no randomness. Total: no command in any state throws; one that does not fit is refused, and a
/// peer's message that does not fit is answered as BOLT 2 says.
/// </summary>
public static class Channel
{
    /// <summary>Decides several commands as one, in order: one write serves them all. The shell hands over everything that arrived while it was writing.</summary>
    /// <param name="state">The state.</param>
    /// <param name="commands">The commands.</param>
    /// <param name="signer">The channel's keys.</param>
    /// <param name="environment">Block height, time, fees, configuration.</param>
    public static Decision Decide(ChannelState state, ReadOnlySpan<ChannelCommand> commands, IChannelSigner signer, ChannelEnvironment environment)
    {
        var turn = new Turn(state, signer, environment);
        foreach (var command in commands) turn.State.Handle(turn, command);
        turn.State.Conclude(turn);
        return turn.ToDecision();
    }

    /// <summary>Decides one command.</summary>
    /// <param name="state">The state.</param>
    /// <param name="command">The command.</param>
    /// <param name="signer">The channel's keys.</param>
    /// <param name="environment">Block height, time, fees, configuration.</param>
    public static Decision Decide(ChannelState state, ChannelCommand command, IChannelSigner signer, ChannelEnvironment environment) =>
        Decide(state, new ReadOnlySpan<ChannelCommand>(in command), signer, environment);

    /// <summary>
    /// What a recovered channel does in the callback of its OwnershipTaken event: watches again, publishes again, repeats results and incoming HTLCs.
    /// Everything is derived from durable state, so that doing it twice does no harm. (Decide of OwnershipTaken gives the same actions.)
    /// </summary>
    /// <param name="state">The recovered state.</param>
    /// <param name="signer">The channel's keys.</param>
    /// <param name="environment">Block height, time, fees, configuration.</param>
    public static ImmutableArray<ChannelAction> Resume(ChannelState state, IChannelSigner signer, ChannelEnvironment environment)
    {
        var turn = new Turn(state, signer, environment);
        state.Resume(turn);
        return turn.ToDecision().Actions;
    }
}
