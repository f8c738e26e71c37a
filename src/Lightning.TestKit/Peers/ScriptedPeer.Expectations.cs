using Lightning.Protocol.Messages;
using Error = Lightning.Protocol.Messages.Error;
using Warning = Lightning.Protocol.Messages.Warning;

namespace Lightning.TestKit;

/// <content>What the peer expects to hear.</content>
public sealed partial class ScriptedPeer
{
    /// <summary>The next message, pings and (unless it is to be heard) gossip left aside, is of this kind.</summary>
    /// <typeparam name="T">The kind.</typeparam>
    /// <param name="predicate">What else must hold of it; null for nothing.</param>
    /// <param name="limit">How much time may pass, in the network's time; null for none.</param>
    /// <exception cref="ScenarioException">Another one came, or none.</exception>
    public async Task<T> Expect<T>(Func<T, bool>? predicate = null, TimeSpan? limit = null)
        where T : LightningMessage
    {
        await Settle(() => _unread.Count > 0, limit).ConfigureAwait(false);
        if (!_unread.TryDequeue(out var next)) throw Failure($"should have heard {typeof(T).Name}, but heard nothing{Closed()}");
        if (next is not T wanted) throw Failure($"should have heard {typeof(T).Name}, but heard {Text(next)}");
        return predicate is null || predicate(wanted) ? wanted : throw Failure($"heard {Text(next)}, which is not as it should be");
    }

    /// <summary>Nothing has come, and the connection stands.</summary>
    /// <param name="within">How much time passes first, in the network's time; null for none.</param>
    /// <exception cref="ScenarioException">Something came, or the connection was closed.</exception>
    public async Task ExpectNothing(TimeSpan? within = null)
    {
        await Settle(() => _unread.Count > 0 || !IsConnected, within).ConfigureAwait(false);
        if (_unread.TryPeek(out var next)) throw Failure($"should have heard nothing, but heard {Text(next)}");
        if (!IsConnected) throw Failure($"should still be connected, but is not: {_ended}");
    }

    /// <summary>The next message is an <c>error</c> (BOLT 1): its sender fails the channel, or all channels.</summary>
    /// <param name="text">What its text must contain; null for anything.</param>
    /// <param name="limit">How much time may pass, in the network's time; null for none.</param>
    /// <exception cref="ScenarioException">It is not.</exception>
    public Task<Error> ExpectError(string? text = null, TimeSpan? limit = null) =>
        Expect<Error>(error => text is null || error.Text.Contains(text, StringComparison.Ordinal), limit);

    /// <summary>The next message is a <c>warning</c> (BOLT 1).</summary>
    /// <param name="text">What its text must contain; null for anything.</param>
    /// <param name="limit">How much time may pass, in the network's time; null for none.</param>
    /// <exception cref="ScenarioException">It is not.</exception>
    public Task<Warning> ExpectWarning(string? text = null, TimeSpan? limit = null) =>
        Expect<Warning>(warning => text is null || warning.Text.Contains(text, StringComparison.Ordinal), limit);

    /// <summary>The connection was closed by the other side, and nothing came before that has not been expected.</summary>
    /// <param name="limit">How much time may pass, in the network's time; null for none.</param>
    /// <exception cref="ScenarioException">It was not.</exception>
    public async Task ExpectDisconnect(TimeSpan? limit = null)
    {
        await Settle(() => !IsConnected, limit).ConfigureAwait(false);
        if (_unread.TryPeek(out var next)) throw Failure($"should have been disconnected, but heard {Text(next)}");
        if (IsConnected) throw Failure("should have been disconnected, but is still connected");
    }

    /// <summary>Forgets what has come and was not expected.</summary>
    public void SkipUnread() => _unread.Clear();

    // The oldest unread message of those that are asked for; the others stay.
    internal LightningMessage? Read(Func<LightningMessage, bool> isWanted)
    {
        var waiting = _unread.ToArray();
        var index = Array.FindIndex(waiting, message => isWanted(message));
        if (index < 0) return null;
        _unread.Clear();
        for (var i = 0; i < waiting.Length; i++)
        {
            if (i != index) _unread.Enqueue(waiting[i]);
        }

        return waiting[index];
    }

    private async Task Settle(Func<bool> isOver, TimeSpan? limit)
    {
        await _network.Rest().ConfigureAwait(false);
        if (limit is { } span) await _network.Loop.UntilAsync(isOver, span).ConfigureAwait(false);
    }

    private string Closed() => IsConnected ? "" : $" and is not connected any more ({_ended})";
}
