namespace Lightning.TestKit.Journals;

/// <summary>What goes wrong with a write.</summary>
internal enum WriteFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The process dies, and nothing is written.</summary>
    CrashBefore,

    /// <summary>It is written, and the process dies before anybody hears of it.</summary>
    CrashAfter,

    /// <summary>It is written, and the writer hears of a failure.</summary>
    LoseAnswer,

    /// <summary>Nothing is written, and the writer hears of a failure.</summary>
    Fail,
}
