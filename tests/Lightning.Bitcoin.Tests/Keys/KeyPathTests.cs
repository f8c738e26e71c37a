using Lightning.Bitcoin.Keys;

namespace Lightning.Bitcoin.Tests.Keys;

public sealed class KeyPathTests
{
    [Theory]
    [InlineData("m", "m")]
    [InlineData("", "m")]
    [InlineData("m/84'/0h/0H/1/2147483647", "m/84'/0'/0'/1/2147483647")]
    [InlineData("0/1", "m/0/1")]
    public void Paths_read_in_every_common_spelling(string text, string expected)
    {
        var path = KeyPath.Parse(text);
        Assert.Equal(expected, path.ToString());
        Assert.Equal(path, KeyPath.Parse(expected));
    }

    [Theory]
    [InlineData("m/")]
    [InlineData("/0")]
    [InlineData("m//0")]
    [InlineData("m/2147483648")]
    [InlineData("m/-1")]
    [InlineData("m/1''")]
    [InlineData("m/x")]
    [InlineData("0/m")]
    [InlineData("m/ 1")]
    public void What_is_no_path_is_refused(string text) => Assert.Throws<FormatException>(() => KeyPath.Parse(text));

    [Fact]
    public void Paths_end_at_the_depth_that_a_key_can_hold()
    {
        var longest = KeyPath.Parse(string.Join('/', Enumerable.Repeat("0", 255)));
        Assert.Equal(255, longest.Indexes.Length);
        Assert.Throws<FormatException>(() => longest.Child(0));
        Assert.Throws<FormatException>(() => KeyPath.Parse(new string('/', 100_000)));
    }

    [Fact]
    public void Steps_are_added_one_by_one() =>
        Assert.Equal(KeyPath.Parse("m/86'/1"), KeyPath.Root.Child(86, hardened: true).Child(1));
}
