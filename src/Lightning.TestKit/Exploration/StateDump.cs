using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using Lightning.Channels.Commitments;
using Lightning.Channels.States;

namespace Lightning.TestKit.Exploration;

/// <summary>A state as text, down to the last byte, without what is in memory only: two states are the same where their texts are.</summary>
internal static class StateDump
{
    public static string Of(ChannelState state)
    {
        var text = new StringBuilder();
        Write(text, state is FundedState funded ? funded with { Transient = TransientState.None } : state, 0);
        return text.ToString();
    }

    /// <summary>Where two states differ first; null where they do not.</summary>
    public static string? Difference(ChannelState believed, ChannelState durable)
    {
        var (one, other) = (Of(believed), Of(durable));
        if (one == other) return null;
        foreach (var (left, right) in one.Split('\n').Zip(other.Split('\n')))
        {
            if (left != right) return $"'{left}' and '{right}'";
        }

        return "one says more than the other";
    }

    private static void Write(StringBuilder text, object? value, int depth)
    {
        if (depth > 12) throw new InvalidOperationException("Too deep.");
        switch (value)
        {
            case null:
                text.Append("null\n");
                return;
            case string or IFormattable:
                text.Append(CultureInfo.InvariantCulture, $"{value}\n");
                return;
            case OutgoingLedger ledger:
                foreach (var entry in ledger.Entries.OrderBy(static one => one.Origin.ToString(), StringComparer.Ordinal)) text.Append(CultureInfo.InvariantCulture, $"{entry}\n");
                foreach (var entry in ledger.Unacknowledged) text.Append(CultureInfo.InvariantCulture, $"{entry.HtlcId}\n");
                return;
            case IEnumerable items:
                text.Append("[\n");
                foreach (var item in items) Write(text, item, depth + 1);
                text.Append("]\n");
                return;
            default:
                break;
        }

        var type = value.GetType();
        if (type.Namespace?.StartsWith("Lightning.Channels.", StringComparison.Ordinal) != true || type.Name.EndsWith("Format", StringComparison.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{value}\n");
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"{type.Name} {{\n");
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(static one => one.Name, StringComparer.Ordinal))
        {
            if (property.GetIndexParameters().Length > 0 || property.Name is "LocalTerms" or "RemoteTerms" or "Latest" or "EqualityContract") continue;
            text.Append(property.Name).Append(": ");
            Write(text, property.GetValue(value), depth + 1);
        }

        text.Append("}\n");
    }
}
