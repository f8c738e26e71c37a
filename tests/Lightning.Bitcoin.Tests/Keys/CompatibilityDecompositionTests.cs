using Lightning.Bitcoin.Keys;

namespace Lightning.Bitcoin.Tests.Keys;

public sealed class CompatibilityDecompositionTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("\u00e9", "e\u0301")] // canonical
    [InlineData("\u1e69", "s\u0323\u0307")] // through two levels
    [InlineData("s\u0307\u0323", "s\u0323\u0307")] // marks in order of their classes
    [InlineData("a\u0301\u0300", "a\u0301\u0300")] // marks of one class keep their order
    [InlineData("\ufb01", "fi")] // compatibility
    [InlineData("\u3000", " ")]
    [InlineData("\uac01\uac00", "\u1100\u1161\u11a8\u1100\u1161")] // Hangul, with and without a final
    [InlineData("\ud834\udd5e", "\ud834\udd57\ud834\udd65")] // beyond 16 bits
    [InlineData("\u0308\u0323x", "\u0323\u0308x")] // marks without a base
    public void Text_is_decomposed_and_its_marks_sorted(string text, string expected) => Assert.Equal(expected, CompatibilityDecomposition.Apply(text));
}
