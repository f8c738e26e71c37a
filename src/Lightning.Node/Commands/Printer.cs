using System.Globalization;
using Google.Protobuf;
using Lightning.Node.Api.Rest;
using Spectre.Console;

namespace Lightning.Node.Commands;

/// <summary>Shows results: tables for people, the API's JSON for programs.</summary>
internal sealed class Printer
{
    private readonly TextWriter _output;
    private readonly IAnsiConsole _console;

    public Printer(TextWriter output)
    {
        _output = output;
        _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        // In a file or a pipe nothing is cut off.
        if (output != Console.Out || Console.IsOutputRedirected) _console.Profile.Width = 500;
    }

    public void Json(IMessage message) => _output.WriteLine(RestJson.Indented(message));

    public void Line(string text) => _output.WriteLine(text);

    /// <summary>Names and values, one pair a line.</summary>
    public void Pairs(params IEnumerable<(string Name, string Value)> pairs)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().Padding(0, 0, 2, 0)).AddColumn(new GridColumn());
        foreach (var (name, value) in pairs) grid.AddRow(new Text(name, new Style(decoration: Decoration.Dim)), new Text(value));
        _console.Write(grid);
    }

    /// <summary>A table; columns whose title ends in a unit are numbers.</summary>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows, string empty)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
        {
            var added = new TableColumn(new Text(column, new Style(decoration: Decoration.Bold)));
            if (column.EndsWith("sat)", StringComparison.Ordinal)) added.RightAligned();
            table.AddColumn(added);
        }
        var any = false;
        foreach (var row in rows)
        {
            any = true;
            table.AddRow(row.Select(cell => new Text(cell)));
        }
        if (any) _console.Write(table);
        else _output.WriteLine(empty);
    }

    /// <summary>A number with its thousands apart.</summary>
    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>An amount with its unit; fractions of a satoshi only where there are some.</summary>
    public static string Amount(long msat) => msat % 1000 == 0
        ? $"{Number(msat / 1000)} sat"
        : string.Create(CultureInfo.InvariantCulture, $"{msat / 1000m:N3} sat");

    public static string Time(long seconds) => seconds == 0
        ? ""
        : DateTimeOffset.FromUnixTimeSeconds(seconds).ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Short(string id) => id.Length > 20 ? $"{id[..8]}…{id[^8..]}" : id;
}
