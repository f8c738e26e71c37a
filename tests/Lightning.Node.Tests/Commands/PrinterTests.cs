using System.Globalization;
using Lightning.Node.Commands;

namespace Lightning.Node.Tests.Commands;

public sealed class PrinterTests
{
    private static readonly string Id = new('a', 64);

    [Fact]
    public void Wide_terminal_shows_a_table() =>
        Assert.Matches($"peer +amount \\(sat\\)[^a]+{Id} +5", Shown(200, printer => printer.Table(["peer", "amount (sat)"], [[Id, "5"]], "none")));

    [Fact]
    public void Narrow_terminal_shows_rows_one_by_one_and_breaks_no_id() => Assert.Equal(
        $"peer          {Id}\namount (sat)  5\n\npeer          {Id}\namount (sat)\n",
        Shown(80, printer => printer.Table(["peer", "amount (sat)"], [[Id, "5"], [Id, ""]], "none")));

    [Fact]
    public void Nothing_to_show_is_said() => Assert.Equal("none\n", Shown(80, printer => printer.Table(["peer"], [], "none")));

    [Fact]
    public void Long_value_stays_in_one_piece() =>
        Assert.Equal($"a  {new string('x', 400)}\n", Shown(80, printer => printer.Pairs(("a", new string('x', 400)))));

    private static string Shown(int width, Action<Printer> show)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        show(new Printer(output, width));
        return output.ToString();
    }
}
