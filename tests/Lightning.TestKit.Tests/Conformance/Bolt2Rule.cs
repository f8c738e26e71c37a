namespace Lightning.TestKit.Tests.Conformance;

/// <summary>A rule of BOLT 2 that a peer can break, and the tests that break it.</summary>
/// <param name="Text">The rule in our own words; of a table of refusals, the row.</param>
/// <param name="Tests">The tests, by method name.</param>
internal sealed record Bolt2Rule(string Text, params string[] Tests)
{
    /// <summary>Whether the text is that of a row of the test's table.</summary>
    public bool IsRow { get; init; }

    /// <summary>The rules that are rows of one table.</summary>
    /// <param name="test">The test of the table.</param>
    /// <param name="rows">What breaks each rule, as the table says it.</param>
    public static IEnumerable<Bolt2Rule> Rows(string test, params string[] rows) => rows.Select(row => new Bolt2Rule(row, test) { IsRow = true });
}
