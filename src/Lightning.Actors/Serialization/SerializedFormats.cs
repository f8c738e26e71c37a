using Lightning.Actors.Channels;
using Lightning.Actors.Entities;

namespace Lightning.Actors.Serialization;

/// <summary>Every format, gathered from the folders that own the types.</summary>
internal static class SerializedFormats
{
    /// <summary>All formats of this version, and those that older versions wrote.</summary>
    public static FormatRegistry Create()
    {
        var formats = new FormatRegistry();
        formats.Add("own.1", OwnershipTaken.Instance);
        formats.Add("stop.1", EntityStop.Instance);
        ChannelEventFormats.AddTo(formats);
        ChannelMessageFormats.AddTo(formats);
        Peers.PeerFormats.AddTo(formats);
        Registry.RegistryFormats.AddTo(formats);
        Chain.ChainFormats.AddTo(formats);
        Wallet.WalletFormats.AddTo(formats);
        Payments.PaymentFormats.AddTo(formats);
        Invoices.InvoiceFormats.AddTo(formats);
        formats.Add("views.changed.1", ReadModels.ViewsChanged.Instance);
        formats.Add("views.catch-up.1", ReadModels.CatchUp.Instance);
        formats.Add("views.caught-up.1", ReadModels.CaughtUp.Instance);
        return formats;
    }
}
