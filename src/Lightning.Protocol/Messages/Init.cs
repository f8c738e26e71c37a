using System.Collections.Immutable;
using Lightning.Protocol.Features;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>The first message of each connection: what the sender supports and requires (BOLT 1, type 16).</summary>
/// <param name="GlobalFeatures">The historical second vector; to be joined with the other.</param>
/// <param name="Features">Feature bits.</param>
public sealed record Init(FeatureSet GlobalFeatures, FeatureSet Features) : ExtensibleMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.Init;

    /// <summary>Genesis hashes of the chains that the sender cares for; null where it did not say.</summary>
    public EquatableArray<BlockHash>? Networks { get; init; }

    /// <summary>An address descriptor (BOLT 7) with the receiver's address as the sender sees it.</summary>
    public Bytes? RemoteAddress { get; init; }

    /// <summary>Both vectors joined, as a receiver must read them.</summary>
    public FeatureSet AllFeatures => GlobalFeatures | Features;

    internal override void Write(ref WireWriter writer)
    {
        writer.U16Prefixed(GlobalFeatures.Bytes.Span, "globalfeatures");
        writer.U16Prefixed(Features.Bytes.Span, "features");
        writer.BeginTlvs(Extension);
        if (Networks is { } networks)
        {
            writer.Tlv(1, networks.Count * Bytes32.Size);
            foreach (var network in networks) writer.Bytes32(network.Value);
        }
        
        if (RemoteAddress is { } address) writer.Tlv(3, address.Span);
        writer.EndTlvs();
    }

    internal static Init Read(ref WireReader reader)
    {
        var globalFeatures = FeatureSet.FromBytes(reader.TakeU16Prefixed("globalfeatures"));
        var features = FeatureSet.FromBytes(reader.TakeU16Prefixed("features"));
        var tlvs = reader.Tlvs("init_tlvs");
        EquatableArray<BlockHash>? networks = null;
        Bytes? remoteAddress = null;
        while (tlvs.Next())
        {
            switch (tlvs.Type)
            {
                case 1:
                    var chains = ImmutableArray.CreateBuilder<BlockHash>(tlvs.Value.Remaining / Bytes32.Size);
                    while (!tlvs.Value.IsAtEnd) chains.Add(tlvs.Value.ChainHash());
                    networks = chains.ToImmutable();
                    break;
                case 3:
                    remoteAddress = new Bytes(tlvs.Value.TakeRest());
                    break;
                default:
                    tlvs.KeepUnknown();
                    break;
            }
        }

        return new Init(globalFeatures, features) { Networks = networks, RemoteAddress = remoteAddress, Extension = tlvs.Unknown };
    }
}
