namespace Lightning.Bitcoin.Scripts.Interpreter;

/// <summary>The open OP_IFs. Only the depth and the outermost false one matter, so hostile nesting costs nothing.</summary>
internal struct Conditions
{
    private const int NoFalse = -1;

    private int _depth;
    private int _firstFalse = NoFalse;

    public Conditions()
    {
    }

    public readonly bool IsEmpty => _depth == 0;

    public readonly bool AllTrue => _firstFalse == NoFalse;

    public void Push(bool value)
    {
        if (_firstFalse == NoFalse && !value) _firstFalse = _depth;
        _depth++;
    }

    public void Pop()
    {
        _depth--;
        if (_firstFalse == _depth) _firstFalse = NoFalse;
    }

    public void ToggleTop()
    {
        // Below an outer false one the innermost value does not matter.
        if (_firstFalse == NoFalse) _firstFalse = _depth - 1;
        else if (_firstFalse == _depth - 1) _firstFalse = NoFalse;
    }
}
