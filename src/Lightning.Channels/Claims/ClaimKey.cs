namespace Lightning.Channels.Claims;

/// <summary>Which of our keys takes an output of a force close, and what derives it.</summary>
public abstract class ClaimKey
{
    private protected ClaimKey()
    {
    }
}
