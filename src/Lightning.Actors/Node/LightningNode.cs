using System.Reflection;
using Akka.Actor;
using Lightning.Actors.Api;
using Lightning.Actors.Entities;
using Lightning.Actors.Hosting;
using Lightning.Bitcoin.Addresses;
using AddressType = Lightning.Actors.Api.AddressType;
using Lightning.Protocol.Features;

namespace Lightning.Actors.Node;

/// <summary>The node's operations over its actors.</summary>
internal sealed partial class LightningNode(NodeRuntime node) : ILightningNode
{
    /// <summary>How long an entity may take to answer. Behind it stand at most a few writes.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(20);

    private static readonly string Version = typeof(LightningNode).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <inheritdoc/>
    public Task<NodeInfo> GetInfoAsync(CancellationToken cancellation = default)
    {
        var (active, inactive, pending) = (0, 0, 0);
        foreach (var entry in node.Directory.All)
        {
            if (!entry.IsOpen()) pending++;
            else if (entry.IsUsable) active++;
            else inactive++;
        }

        return Task.FromResult(new NodeInfo
        {
            NodeId = node.Keys.NodeId,
            Alias = node.Options.Alias,
            Color = node.Options.Color,
            Network = node.Options.Network,
            Version = Version,
            BlockHeight = node.Tip.Height,
            BlockHash = node.Tip.Tip.Hash,
            BlockTime = node.Tip.Time,
            SyncedToChain = node.Tip.Known.IsCompleted,
            SyncedToGraph = node.Tip.Known.IsCompleted,
            PeerCount = node.Connections.All.Count,
            ActiveChannelCount = active,
            InactiveChannelCount = inactive,
            PendingChannelCount = pending,
            Addresses = node.Options.ExternalAddresses.IsEmpty ? [.. node.ListeningOn.Select(static endPoint => endPoint.ToString())] : node.Options.ExternalAddresses,
            FeatureBits = [.. DefaultFeatures.NodeAnnouncement.Bits()],
        });
    }

    /// <inheritdoc/>
    public async Task<string> NewAddressAsync(AddressType type = AddressType.WitnessPubKeyHash, CancellationToken cancellation = default)
    {
        if (type != AddressType.WitnessPubKeyHash) throw LightningException.Unimplemented($"the wallet makes native segwit addresses only, not {type}");
        return (await node.Wallet.NewAddressAsync(cancellation).ConfigureAwait(false)).Address;
    }

    /// <inheritdoc/>
    public Task<WalletBalance> GetWalletBalanceAsync(CancellationToken cancellation = default) =>
        AskAsync<WalletBalance>(node, node.Actors.Wallet, Wallet.GetBalance.Instance, cancellation);

    /// <summary>Asks an actor; a refusal comes as an exception.</summary>
    internal static async Task<T> AskAsync<T>(NodeRuntime node, ICanTell actor, object question, CancellationToken cancellation, TimeSpan? timeout = null)
    {
        object answer;
        try
        {
            answer = await Asking.AskAsync(node.Actors.System, actor, question, timeout ?? AnswerTimeout, node.Time, node.Continuations, cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException e)
        {
            throw new LightningException(LightningErrorKind.Unavailable, "The node did not answer in time; what was asked for may still happen.", e);
        }

        return answer switch
        {
            T expected => expected,
            Refused refused => throw refused.ToException(),
            Status.Failure failure => throw new LightningException(LightningErrorKind.Internal, failure.Cause.Message, failure.Cause),
            _ => throw new LightningException(LightningErrorKind.Internal, $"An unexpected {answer.GetType().Name} was answered."),
        };
    }

    private Bitcoin.Scripts.Script ParseAddress(string text) => BitcoinAddress.TryParse(text, node.Options.Network, out var address, out var error)
        ? address.ScriptPubKey
        : throw LightningException.InvalidArgument($"'{text}' is no address on {node.Options.Network}: {error}");
}
