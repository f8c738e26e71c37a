namespace Lightning.Actors.Journal;

/// <summary>
/// Writes on their way to the one thread that commits them. A plain monitor: the collections of the runtime spin before they wait, and with a commit for
/// every message of a lone payment that spinning would cost more than the payment.
/// </summary>
internal sealed class JournalQueue
{
    private readonly Queue<JournalWrite> _writes = new();
    private bool _isClosed;

    /// <summary>Adds a write; false once the queue is closed.</summary>
    public bool TryAdd(JournalWrite write)
    {
        lock (_writes)
        {
            if (_isClosed) return false;
            _writes.Enqueue(write);
            if (_writes.Count == 1) Monitor.Pulse(_writes);
            return true;
        }
    }

    /// <summary>Nothing is added any more; what is there is still taken.</summary>
    public void Close()
    {
        lock (_writes)
        {
            _isClosed = true;
            Monitor.Pulse(_writes);
        }
    }

    /// <summary>Waits for a write, and takes all that are there up to a number of rows; false when the queue is closed and empty. For one thread.</summary>
    /// <param name="batch">What is taken; emptied first.</param>
    /// <param name="maxRows">No further write is taken from here on.</param>
    public bool Take(List<JournalWrite> batch, int maxRows)
    {
        batch.Clear();
        lock (_writes)
        {
            while (_writes.Count == 0)
            {
                if (_isClosed) return false;
                Monitor.Wait(_writes);
            }

            for (var rows = 0; rows < maxRows && _writes.TryDequeue(out var write); rows += write.Rows.Count) batch.Add(write);
            return true;
        }
    }
}
