using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;

namespace Lightning.Channels.Commitments;

/// <summary>An irrevocable incoming HTLC that this node has not settled yet.</summary>
/// <param name="Htlc">The HTLC with its onion.</param>
/// <param name="ReceivedAt">When it became irrevocable.</param>
/// <param name="MustFail">It is to be failed because too much would be lost to dust.</param>
/// <param name="Forward">The outgoing channel, once fixed.</param>
public sealed record IncomingHtlc(CommitmentUpdate.AddHtlc Htlc, DateTimeOffset ReceivedAt, bool MustFail, LocalChannelKey? Forward);
