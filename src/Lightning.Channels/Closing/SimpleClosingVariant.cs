namespace Lightning.Channels.Closing;

/// <summary>Which outputs a closing_complete signature covers; the values are the TLV types of BOLT 2's closing_tlvs.</summary>
public enum SimpleClosingVariant
{
    /// <summary>closer_output_only.</summary>
    CloserOutputOnly = 1,

    /// <summary>closee_output_only.</summary>
    CloseeOutputOnly = 2,

    /// <summary>closer_and_closee_outputs.</summary>
    CloserAndCloseeOutputs = 3,
}
