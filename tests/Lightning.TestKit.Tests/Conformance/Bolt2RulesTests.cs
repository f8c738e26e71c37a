using System.Reflection;
using Xunit.Sdk;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>BOLT 2 as a list of what a peer can do wrong.</summary>
public sealed class Bolt2RulesTests
{
    [Fact]
    public void Every_rule_of_BOLT_2_that_a_peer_can_break_has_its_test()
    {
        var tests = typeof(Bolt2RulesTests).Assembly.GetTypes()
            .Where(static type => type.Namespace == typeof(Bolt2RulesTests).Namespace)
            .SelectMany(static type => type.GetMethods())
            .Where(static method => method.GetCustomAttribute<FactAttribute>() is { Skip: null })
            .ToDictionary(static method => method.Name, StringComparer.Ordinal);
        foreach (var (section, rules) in Bolt2Rules.BySection)
        {
            Assert.NotEmpty(rules);
            foreach (var rule in rules)
            {
                Assert.NotEmpty(rule.Tests);
                foreach (var name in rule.Tests)
                {
                    Assert.True(tests.TryGetValue(name, out var test), $"{section}, \"{rule.Text}\": {name} is no test, or is skipped.");
                    Assert.True(!rule.IsRow || Rows(test).Contains(rule.Text), $"{section}: {name} has no row \"{rule.Text}\".");
                }
            }
        }
    }

    [Fact]
    public void Each_rule_is_there_once()
    {
        foreach (var (_, rules) in Bolt2Rules.BySection) Assert.Equal(rules.Length, rules.DistinctBy(static rule => rule.Text).Count());
        Assert.Equal(Bolt2Rules.BySection.Length, Bolt2Rules.BySection.DistinctBy(static one => one.Section).Count());
        Assert.NotEmpty(Bolt2Rules.LeftOut);
    }

    private static IEnumerable<object> Rows(MethodInfo test) => test.GetCustomAttributes<DataAttribute>().SelectMany(data => data.GetData(test)).SelectMany(static row => row);
}
