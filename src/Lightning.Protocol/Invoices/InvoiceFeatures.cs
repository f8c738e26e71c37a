using Lightning.Protocol.Features;

namespace Lightning.Protocol.Invoices;

/// <summary>Which features of an invoice a payer must understand (BOLT 9, context 9; BOLT 11, "Feature Bits").</summary>
internal static class InvoiceFeatures
{
    /// <summary>var_onion_optin.</summary>
    public const int VarOnion = 8;

    /// <summary>payment_secret.</summary>
    public const int PaymentSecret = 14;

    /// <summary>basic_mpp.</summary>
    public const int BasicMpp = 16;

    private const int RouteBlinding = 24, AttributionData = 36, PaymentMetadata = 48;

    /// <summary>Why an invoice with these features must not be paid; null where it may.</summary>
    public static string? Problem(FeatureSet features)
    {
        foreach (var bit in features.Bits())
        {
            if (bit % 2 == 0 && bit is not (VarOnion or PaymentSecret or BasicMpp or RouteBlinding or AttributionData or PaymentMetadata))
                return $"The invoice requires feature {bit}, which this version does not know.";
        }

        return Has(features, BasicMpp) && !Has(features, PaymentSecret)
            ? "The features of the invoice contradict each other: payment in parts (basic_mpp) needs payment_secret."
            : null;
    }

    /// <summary>Whether a feature is supported or required.</summary>
    public static bool Has(FeatureSet features, int evenBit) => features.HasBit(evenBit) || features.HasBit(evenBit + 1);
}
