using System.Globalization;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Scripts.Interpreter;

namespace Lightning.Bitcoin.Tests.Scripts.Interpreter;

/// <summary>Reads the notation of Bitcoin Core's script tests.</summary>
internal static class Asm
{
    private static readonly Dictionary<string, OpCode> Names = Enum.GetValues<OpCode>()
        .Where(code => code > OpCode.OP_16 || code is OpCode.OP_1NEGATE or OpCode.OP_RESERVED)
        .SelectMany(code => new[] { (Name: code.ToString(), Code: code), (Name: code.ToString()[3..], Code: code) })
        .ToDictionary(pair => pair.Name, pair => pair.Code, StringComparer.Ordinal);

    public static Script Parse(string text)
    {
        var builder = new ScriptBuilder();
        foreach (var word in text.Split([' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) builder.Number(number);
            else if (word.StartsWith("0x", StringComparison.Ordinal)) builder.Raw(Convert.FromHexString(word[2..]));
            else if (word.StartsWith('\'')) builder.Push(System.Text.Encoding.ASCII.GetBytes(word[1..^1]));
            else builder.Op(Names[word]);
        }

        return builder.Build();
    }

    public static ScriptFlags Flags(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Aggregate(ScriptFlags.None, (flags, name) => flags | Enum.Parse<ScriptFlags>(WithoutUnderscores(name), ignoreCase: true));

    public static ScriptError Error(string text) => Enum.Parse<ScriptError>(WithoutUnderscores(text), ignoreCase: true);

    private static string WithoutUnderscores(string name) => name.Replace("_", "", StringComparison.Ordinal);
}
