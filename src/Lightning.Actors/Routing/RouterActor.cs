using System.Collections.Immutable;
using Akka.Actor;
using Lightning.Actors.Entities;
using Lightning.Actors.Hosting;
using Lightning.Actors.Payments;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Parameters;
using Lightning.Routing.Paths;
using Lightning.Routing.Payments;

namespace Lightning.Actors.Routing;

/// <summary>
/// Finds routes and makes their onions, for the payments of this process, on a dispatcher of its own. Holds nothing that could be lost. What it has given out
/// is taken off a channel's balance until the channel's next state is known, so that payments that start together do not all take the same way.
/// </summary>
internal sealed class RouterActor : ReceiveActor
{
    /// <summary>The dispatcher in akka.conf.</summary>
    public const string Dispatcher = "lightning.router-dispatcher";

    /// <summary>Blocks of padding that hide how near the payee is, at most.</summary>
    private const uint MaxPadding = 6;

    private static readonly TimeSpan ForgetAfter = TimeSpan.FromSeconds(1);

    private readonly RouterServices _services;
    private readonly PathFinder _finder;
    private readonly Dictionary<LocalChannelKey, Promised> _promised = [];

    /// <summary>For one process.</summary>
    public RouterActor(RouterServices services)
    {
        _services = services;
        _finder = new PathFinder(services.Graph, PathCosts.FeesOnly);
        Receive<FindRoutes>(question =>
        {
            // Right after a start nobody knows the height: who asks, asks again.
            if (_services.Height() is { } height) Sender.Tell(Answer(question, height));
        });
    }

    /// <summary>For one process.</summary>
    public static Props Props(RouterServices services) => ActorProps.Of<RouterActor>(services);

    private object Answer(FindRoutes question, uint height)
    {
        var usable = _services.Channels.Usable();
        var keys = new Dictionary<ShortChannelId, LocalChannelKey>(usable.Count);
        var channels = new List<LocalChannel>(usable.Count);
        foreach (var channel in usable)
        {
            if (!keys.TryAdd(channel.Channel.ShortChannelId, channel.Key)) continue;
            channels.Add(channel.Channel with { AvailableToSend = channel.Channel.AvailableToSend - PromisedOf(channel) });
        }

        var terms = question.Terms;
        var request = new RouteRequest
        {
            Source = _services.NodeId,
            Target = terms.Payee,
            Amount = question.Amount,
            FeeLimit = question.FeeLimit,
            CurrentHeight = height,
            FinalCltvExpiryDelta = RouteRequest.FinalCltvExpiryDeltaOf(terms.MinFinalCltvExpiryDelta, (uint)(_services.Randomness.NextDouble() * (MaxPadding + 1))),
            MaxCltvExpiryDelta = terms.CltvLimit,
            LocalChannels = channels,
            RouteHints = terms.RouteHints,
            MaxParts = Math.Max(1, question.MaxParts),
            MaxPartAmount = terms.MaxPartAmount,
            ExcludedChannels = question.ExcludedChannels,
            ExcludedNodes = question.ExcludedNodes,
            OutgoingChannels = terms.OutgoingChannels,
            LastHop = terms.LastHop,
        };
        return _finder.Find(request) switch
        {
            RoutesFound found => Plan(question, found, keys, usable),
            RouteNotFound none => new NoRoutes(question.Id, none.Reason, none.Message),
            var other => throw new NotSupportedException($"{other} is no answer of the path finder."),
        };
    }

    private object Plan(FindRoutes question, RoutesFound found, Dictionary<ShortChannelId, LocalChannelKey> keys, IReadOnlyList<UsableChannel> usable)
    {
        var parts = ImmutableArray.CreateBuilder<RoutedPart>(found.Routes.Count);
        foreach (var route in found.Routes)
        {
            using var session = SessionKey();
            if (!PaymentOnionBuilder.TryBuild(route, question.Terms.Recipient, session, out var built))
                return new NoRoutes(question.Id, RouteNotFoundReason.NoRoute, "The only way found is too long for the invoice's metadata.");
            parts.Add(new RoutedPart(new PlannedPart(keys[route.First.ShortChannelId], route, session.ToBytes()), built.Onion.Serialized));
        }

        foreach (var part in parts) Promise(part.Part, usable);
        return new RoutesPlanned(question.Id, parts.MoveToImmutable());
    }

    private Key SessionKey()
    {
        Key? key;
        while (!Key.TryFromBytes(_services.Randomness.NextBytes32().Span, out key))
        {
            // Zero or beyond the curve's order: less likely than a hash collision, but the generator is an input.
        }

        return key;
    }

    private MilliSatoshi PromisedOf(UsableChannel channel)
    {
        if (!_promised.TryGetValue(channel.Key, out var promised)) return MilliSatoshi.Zero;
        if (ReferenceEquals(promised.Version, channel.Version) && _services.Time.GetUtcNow() - promised.At < ForgetAfter) return promised.Amount;
        _promised.Remove(channel.Key);
        return MilliSatoshi.Zero;
    }

    private void Promise(PlannedPart part, IReadOnlyList<UsableChannel> usable)
    {
        foreach (var channel in usable)
        {
            if (channel.Key != part.Channel) continue;
            _promised[part.Channel] = new Promised(PromisedOf(channel) + part.Route.TotalAmount, channel.Version, _services.Time.GetUtcNow());
            return;
        }
    }

    private sealed record Promised(MilliSatoshi Amount, object Version, DateTimeOffset At);
}
