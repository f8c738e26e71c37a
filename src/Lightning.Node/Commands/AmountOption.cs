using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Lightning.Node.Configuration;

namespace Lightning.Node.Commands;

/// <summary>An amount on the command line: <c>--sat N</c> or <c>--msat N</c>, never a number without a unit.</summary>
internal sealed class AmountOption
{
    private readonly Option<long?> _sat, _msat;

    /// <param name="prefix">In front of the unit, as in <c>--fee-limit-sat</c>; empty for the main amount.</param>
    /// <param name="what">What the amount is.</param>
    public AmountOption(string prefix, string what)
    {
        _sat = new Option<long?>($"--{prefix}sat") { HelpName = "N", Description = $"{what}, in satoshi." };
        _msat = new Option<long?>($"--{prefix}msat") { HelpName = "N", Description = $"{what}, in thousandths of a satoshi." };
        _sat.CustomParser = Parse;
        _msat.CustomParser = Parse;
    }

    /// <summary>Both ways to write it.</summary>
    public IEnumerable<Symbol> Symbols => [_sat, _msat];

    /// <summary>Refuses both at once, and neither where it is <paramref name="required"/>.</summary>
    public void Validate(Command command, bool required = false)
    {
        command.Validators.Add(result =>
        {
            var (hasSat, hasMsat) = (result.GetResult(_sat) is { Implicit: false }, result.GetResult(_msat) is { Implicit: false });
            if (hasSat && hasMsat) result.AddError($"{_sat.Name} and {_msat.Name}: one of them, not both.");
            if (required && !hasSat && !hasMsat) result.AddError($"How much? Give {_sat.Name} or {_msat.Name}.");
        });
    }

    public MilliSatoshi? Value(ParseResult parsed) =>
        parsed.GetValue(_sat) is { } sat ? Checked(sat) : parsed.GetValue(_msat) is { } msat ? new MilliSatoshi(msat) : null;

    private static long? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var name = (result.Parent as OptionResult)?.Option.Name;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)) result.AddError($"{name}: '{text}' is not a whole number.");
        else if (value < 0) result.AddError($"{name}: an amount cannot be negative.");
        return value;
    }

    private MilliSatoshi Checked(long sat) => sat <= Satoshi.MaxMoney.Value
        ? new Satoshi(sat).ToMilliSatoshi()
        : throw new ConfigurationException($"{_sat.Name}: that is more than all bitcoin.");
}
