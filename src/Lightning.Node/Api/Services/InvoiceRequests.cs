using System.Text;
using Google.Protobuf;
using Lightning.Actors.Api;
using Lightning.Node.Api.Mapping;

namespace Lightning.Node.Api.Services;

/// <summary>What plain and hold invoices have in common when they are asked for.</summary>
internal static class InvoiceRequests
{
    private const long MaxExpirySeconds = 10L * 365 * 24 * 3600;
    private const int MaxDescriptionBytes = 639;

    public static AddInvoiceRequest ToAdd(
        string memo, ByteString descriptionHash, long value, long valueMsat, long expiry, ulong cltvExpiry, string fallback, bool isPrivate)
    {
        if (expiry is < 0 or > MaxExpirySeconds) throw LightningException.InvalidArgument("expiry is given in seconds and may not be negative or more than ten years");
        if (cltvExpiry > ushort.MaxValue) throw LightningException.InvalidArgument("cltv_expiry is more than 65535 blocks");
        if (Encoding.UTF8.GetByteCount(memo) > MaxDescriptionBytes) throw LightningException.InvalidArgument("memo too large: 639 bytes at most");
        return new AddInvoiceRequest
        {
            Amount = Read.Amount(value, valueMsat),
            Description = memo,
            DescriptionHash = descriptionHash.IsEmpty ? null : Read.Bytes32(descriptionHash, "description_hash"),
            Expiry = expiry == 0 ? null : TimeSpan.FromSeconds(expiry),
            MinFinalCltvExpiryDelta = cltvExpiry == 0 ? null : (uint)cltvExpiry,
            FallbackAddress = Read.Text(fallback),
            IncludePrivateChannels = isPrivate,
        };
    }
}
