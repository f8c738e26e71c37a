using System.Collections.Immutable;
using Lightning.Channels.Events;
using Lightning.Channels.States;

namespace Lightning.Channels.Updates;

/// <summary>This node's updates that the next commitment_signed would bring, in the order they would be sent.</summary>
/// <param name="Updates">The updates; adds have the ids they would be sent with.</param>
/// <param name="Origins">For each add, for whom it is.</param>
internal readonly record struct PendingUpdates(ImmutableArray<CommitmentUpdate> Updates, ImmutableArray<AddOrigin> Origins)
{
    public static PendingUpdates Of(FundedState state)
    {
        var (kept, proposed) = (state.Commitments.Kept, state.Transient.Proposed);
        if (kept.IsEmpty && proposed.IsEmpty) return new([], []);
        var updates = ImmutableArray.CreateBuilder<CommitmentUpdate>(kept.Count + proposed.Count + 1);
        var origins = ImmutableArray.CreateBuilder<AddOrigin>();
        foreach (var settlement in kept) updates.Add(settlement);
        var nextId = state.Commitments.NextLocalHtlcId;
        foreach (var one in proposed)
        {
            if (one is { Update: CommitmentUpdate.AddHtlc add, Origin: { } origin })
            {
                updates.Add(add with { Id = nextId++ });
                origins.Add(origin);
            }
            else
            {
                updates.Add(one.Update);
            }
        }

        return new(updates.ToImmutable(), origins.ToImmutable());
    }

    /// <summary>With one more add.</summary>
    public PendingUpdates With(CommitmentUpdate.AddHtlc add, ulong nextLocalHtlcId) => this with { Updates = Updates.Add(add with { Id = nextLocalHtlcId + (ulong)Origins.Length }) };
}
