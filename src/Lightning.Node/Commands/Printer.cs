using System.Globalization;
using Google.Protobuf;
using Lightning.Node.Api.Rest;
using Spectre.Console;

namespace Lightning.Node.Commands;

/// <summary>Shows results: tables for people, the API's JSON for programs.</summary>
internal sealed class Printer
{
    private const int Unlimited = 1000, ColumnPadding = 3;

    private readonly TextWriter _output;
    private readonly IAnsiConsole _console;
    private readonly int _width;

    /// <param name="output">Where to.</param>
    /// <param name="width">Columns of the terminal; null for those of the process's own.</param>
    public Printer(TextWriter output, int? width = null)
    {
        _output = output;
        var isTerminal = output == Console.Out && !Console.IsOutputRedirected;
        _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No });
        // In a file or a pipe there is no end of the line.
        _width = width ?? (isTerminal ? _console.Profile.Width : Unlimited);
        // Where a line breaks is left to the terminal: an invoice or an id that we break could not be copied.
        _console.Profile.Width = Unlimited;
    }

    /// <summary>Columns of the terminal; very many where the output is none.</summary>
    public int Width => _width;

    public void Json(IMessage message) => _output.WriteLine(RestJson.Indented(message));

    public void Line(string text) => _output.WriteLine(text);

    /// <summary>Names and values, one pair a line.</summary>
    public void Pairs(params IEnumerable<(string Name, string Value)> pairs)
    {
        var lines = pairs.ToList();
        var width = lines.Max(line => line.Name.Length);
        foreach (var (name, value) in lines)
        {
            _console.Write(new Text(name, new Style(decoration: Decoration.Dim)));
            _output.WriteLine(value.Length == 0 ? "" : new string(' ', width - name.Length + 2) + value);
        }
    }

    /// <summary>A table; columns whose title ends in a unit are numbers. Where the terminal is too narrow for it, each row is shown as names and values.</summary>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows, string empty)
    {
        var all = rows.ToList();
        if (all.Count == 0) _output.WriteLine(empty);
        else if (columns.Select((column, i) => Math.Max(column.Length, all.Max(row => row[i].Length)) + ColumnPadding).Sum() + 1 <= _width) WriteTable(columns, all);
        else
        {
            foreach (var row in all)
            {
                if (row != all[0]) _output.WriteLine();
                Pairs(columns.Zip(row));
            }
        }
    }

    private void WriteTable(IReadOnlyList<string> columns, List<IReadOnlyList<string>> rows)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
        {
            var added = new TableColumn(new Text(column, new Style(decoration: Decoration.Bold)));
            if (column.EndsWith("sat)", StringComparison.Ordinal)) added.RightAligned();
            table.AddColumn(added);
        }
        foreach (var row in rows) table.AddRow(row.Select(cell => new Text(cell)));
        _console.Write(table);
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
