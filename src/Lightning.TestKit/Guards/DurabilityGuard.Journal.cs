using Lightning.Actors.Channels;
using Lightning.Actors.Entities;
using Lightning.Actors.Invoices;
using Lightning.Actors.Journal;
using Lightning.Actors.Payments;
using Lightning.Actors.Registry;
using Lightning.Actors.Serialization;
using Lightning.Actors.Wallet;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.TestKit.Journals;

namespace Lightning.TestKit.Guards;

/// <content>What is durable, event by event.</content>
internal sealed partial class DurabilityGuard
{
    private static readonly FormatRegistry Formats = SerializedFormats.Create();
    private readonly Dictionary<string, ChannelState> _channels = new(StringComparer.Ordinal);
    private readonly Dictionary<PaymentHash, InvoiceState> _invoices = [];
    private readonly Dictionary<PaymentHash, PaymentState> _payments = [];
    private readonly HashSet<string> _reopened = new(StringComparer.Ordinal);
    private readonly HashSet<HtlcOrigin> _parts = [];
    private readonly HashSet<HtlcOrigin> _failedParts = [];
    private readonly HashSet<(PaymentHash Payment, Actors.Api.PaymentFailureReason Reason)> _failures = [];
    private readonly Dictionary<LocalChannelKey, OutPoint> _listed = [];
    private WalletState _wallet = WalletState.Empty;

    /// <summary>What a replay of the journal makes of a channel; null where there is none.</summary>
    public ChannelState? DurableState(LocalChannelKey key) => _channels.GetValueOrDefault(ChannelActor.PersistenceIdOf(key));

    /// <summary>The journal is another one now.</summary>
    public void Restart(IEnumerable<JournalRow> rows)
    {
        _channels.Clear();
        _invoices.Clear();
        _payments.Clear();
        _reopened.Clear();
        _parts.Clear();
        _failedParts.Clear();
        _failures.Clear();
        _listed.Clear();
        ForgetClosings();
        _claims.Clear();
        _wallet = WalletState.Empty;
        Written([.. rows]);
    }

    /// <summary>Events have become durable.</summary>
    public void Written(IReadOnlyList<JournalRow> rows)
    {
        foreach (var row in rows)
        {
            switch (EntityKind.Of(row.PersistenceId))
            {
                case EntityKind.Channel:
                    Follow(row);
                    break;
                case EntityKind.Invoice:
                    FollowInvoice(row);
                    break;
                case EntityKind.Payment:
                    FollowPayment(row);
                    break;
                case ChannelRegistry.Name:
                    FollowRegistry(row);
                    break;
                case WalletActor.Name:
                    _wallet = _wallet.Apply(Read(row));
                    break;
            }
        }
    }

    private void Follow(JournalRow row)
    {
        var before = _channels.GetValueOrDefault(row.PersistenceId) ?? ChannelState.Empty;
        var read = Read(row);
        FollowClosing(row.PersistenceId, read);
        FollowClaims(read);
        if (read is DurableEvent.ChannelReopened) _reopened.Add(row.PersistenceId);
        _channels[row.PersistenceId] = read switch
        {
            OwnershipTaken when before == ChannelState.Empty => before,
            OwnershipTaken => before.Apply(new DurableEvent.OwnershipTaken()),
            _ => before.Apply((DurableEvent)read),
        };
    }

    private void FollowInvoice(JournalRow row)
    {
        var hash = HashOf(row, InvoiceActor.PersistencePrefix);
        var before = _invoices.GetValueOrDefault(hash) ?? InvoiceState.Empty;
        _invoices[hash] = Read(row) is InvoiceEvent happened ? before.Apply(happened) : before;
    }

    private void FollowPayment(JournalRow row)
    {
        if (Read(row) is not PaymentEvent happened) return;
        var hash = HashOf(row, PaymentActor.PersistencePrefix);
        _payments[hash] = (_payments.GetValueOrDefault(hash) ?? PaymentState.Empty).Apply(happened);
        switch (happened)
        {
            case PaymentEvent.PartsSent sent:
                foreach (var part in sent.Parts) _parts.Add(part.Number.Origin(hash));
                break;
            case PaymentEvent.PartFailed failed:
                _failedParts.Add(failed.Part.Origin(hash));
                break;
            case PaymentEvent.Failed failed:
                _failures.Add((hash, failed.Reason));
                break;
        }
    }

    private void FollowRegistry(JournalRow row)
    {
        switch (Read(row))
        {
            case ChannelListed listed:
                _listed[listed.Channel] = listed.Funding;
                break;
            case ChannelDelisted delisted:
                _listed.Remove(delisted.Channel);
                break;
        }
    }

    /// <summary>The event in a row of the journal.</summary>
    public static object Read(JournalRow row) => Formats.Find(row.Manifest)!.Read(row.Payload, null!);

    private static PaymentHash HashOf(JournalRow row, string prefix) => new(Bytes32.FromHex(row.PersistenceId[prefix.Length..]));
}
