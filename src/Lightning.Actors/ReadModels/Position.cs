using System.Data.Common;

namespace Lightning.Actors.ReadModels;

/// <summary>How far the tables have come.</summary>
/// <param name="Ordering">Of the last row of the journal that is in them.</param>
/// <param name="AddIndex">Of the last invoice.</param>
/// <param name="SettleIndex">Of the last settlement.</param>
/// <param name="PaymentIndex">Of the last payment.</param>
internal readonly record struct Position(long Ordering, long AddIndex, long SettleIndex, long PaymentIndex)
{
    /// <summary>Reads it.</summary>
    public static Position Read(DbConnection views, DbTransaction? transaction)
    {
        using var command = ViewDatabase.Command(views, transaction, "SELECT ordering, add_index, settle_index, payment_index FROM view_position WHERE id = 1");
        using var reader = command.ExecuteReader();
        return reader.Read() ? new Position(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)) : default;
    }

    /// <summary>Puts it in the place of an earlier one, unless somebody else has moved on from there.</summary>
    public bool TryReplace(Position earlier, DbConnection views, DbTransaction transaction) => ViewDatabase.Execute(
        views,
        transaction,
        "UPDATE view_position SET ordering = @o, add_index = @a, settle_index = @s, payment_index = @p WHERE id = 1 AND ordering = @e",
        ("o", Ordering),
        ("a", AddIndex),
        ("s", SettleIndex),
        ("p", PaymentIndex),
        ("e", earlier.Ordering)) == 1;
}
