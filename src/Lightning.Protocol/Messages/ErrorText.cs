using System.Text;

namespace Lightning.Protocol.Messages;

/// <summary>The text of an error or a warning (BOLT 1).</summary>
internal static class ErrorText
{
    private const int MostCharacters = 1_024;

    /// <summary>A text as it goes over the wire.</summary>
    public static Bytes Of(string text) => Bytes.Wrap(Encoding.ASCII.GetBytes(text.Length <= MostCharacters ? text : text[..MostCharacters]));
}
