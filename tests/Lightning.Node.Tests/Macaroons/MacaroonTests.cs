using System.Net;
using System.Text;
using Lightning.Node.Macaroons;
using Lightning.Node.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Lightning.Node.Tests.Macaroons;

public sealed class MacaroonTests
{
    private static readonly IPAddress Client = IPAddress.Loopback;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly MacaroonBakery _bakery;

    public MacaroonTests() => _bakery = new MacaroonBakery(Enumerable.Repeat((byte)7, 32).ToArray(), _time);

    [Fact]
    public void Chain_of_hmacs_is_that_of_libmacaroons()
    {
        // The figures of libmacaroons' README: the same key, identifier and caveats give the same signatures everywhere.
        var macaroon = Macaroon.Create("this is our super secret key; only we should know it"u8, "http://mybank/", Text("we used our secret key"));
        Assert.Equal("e3d9e02908526c4c0039ae15114115d97fdd68bf2ba379b342aaf0f617d0552f", macaroon.Signature.ToString());
        macaroon = macaroon.WithCaveat("account = 3735928559");
        Assert.Equal("1efe4763f290dbce0c1d08477367e11f4eee456a64933cf662d79772dbb82128", macaroon.Signature.ToString());
        macaroon = macaroon.WithCaveat("time < 2020-01-01T00:00");
        Assert.Equal("b5f06c8c8ef92f6c82c6ff282cd1f8bd1849301d09a2db634ba182536a611c49", macaroon.Signature.ToString());
    }

    [Fact]
    public void Binary_form_is_version_2_and_reads_back()
    {
        var macaroon = _bakery.Bake(MacaroonPermissions.Admin).WithCaveat("ipaddr 127.0.0.1");
        var bytes = macaroon.ToBytes();
        Assert.Equal((byte[])[2, 1, 3, (byte)'l', (byte)'n', (byte)'d', 2], bytes[..7]);
        var read = Macaroon.Parse(bytes);
        Assert.Equal(macaroon.Location, read.Location);
        Assert.Equal(macaroon.Identifier, read.Identifier);
        Assert.Equal(macaroon.Caveats, read.Caveats);
        Assert.Equal(macaroon.Signature, read.Signature);
    }

    [Fact]
    public void Every_truncation_and_every_changed_byte_is_refused()
    {
        var bytes = _bakery.Bake(MacaroonPermissions.Admin).WithCaveat("ipaddr 127.0.0.1").ToBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            Assert.Throws<MacaroonException>(() => _bakery.Authorize(Convert.ToHexStringLower(bytes.AsSpan(0, i)) is { Length: > 0 } hex ? hex : null, "/lnrpc.Lightning/GetInfo", Client));
            var changed = bytes.ToArray();
            changed[i] ^= 1;
            // The location (bytes 3 to 5) is a hint that nothing signs.
            if (i is >= 3 and <= 5) continue;
            Assert.Throws<MacaroonException>(() => _bakery.Authorize(Convert.ToHexStringLower(changed), "/lnrpc.Lightning/GetInfo", Client));
        }
    }

    [Fact]
    public void Call_without_macaroon_is_refused() => Refused(null, "/lnrpc.Lightning/GetInfo", "expected 1 macaroon, got 0");

    [Fact]
    public void Readonly_macaroon_reads_and_does_not_write()
    {
        var hex = Hex(_bakery.Bake(MacaroonPermissions.ReadOnly));
        _bakery.Authorize(hex, "/lnrpc.Lightning/GetInfo", Client);
        _bakery.Authorize(hex, "/lnrpc.Lightning/ListChannels", Client);
        Refused(hex, "/routerrpc.Router/SendPaymentV2", "permission denied");
        Refused(hex, "/lnrpc.Lightning/NewAddress", "permission denied");
        Refused(hex, "/lnrpc.Lightning/StopDaemon", "permission denied");
    }

    [Fact]
    public void Invoice_macaroon_asks_for_money_and_does_not_spend_it()
    {
        var hex = Hex(_bakery.Bake(MacaroonPermissions.Invoice));
        _bakery.Authorize(hex, "/lnrpc.Lightning/AddInvoice", Client);
        _bakery.Authorize(hex, "/lnrpc.Lightning/SubscribeInvoices", Client);
        Refused(hex, "/routerrpc.Router/SendPaymentV2", "permission denied");
        Refused(hex, "/lnrpc.Lightning/GetInfo", "permission denied");
    }

    [Fact]
    public void Admin_macaroon_opens_every_call()
    {
        var hex = Hex(_bakery.Bake(MacaroonPermissions.Admin));
        foreach (var method in MacaroonPermissions.ByMethod.Keys) _bakery.Authorize(hex, method, Client);
    }

    [Fact]
    public void Opening_a_channel_needs_both_permissions()
    {
        var hex = Hex(_bakery.Bake([new("onchain", "write")]));
        Refused(hex, "/lnrpc.Lightning/OpenChannel", "permission denied");
        _bakery.Authorize(Hex(_bakery.Bake([new("onchain", "write"), new("offchain", "write")])), "/lnrpc.Lightning/OpenChannel", Client);
    }

    [Fact]
    public void Macaroon_for_one_method_opens_that_method_alone()
    {
        var hex = Hex(_bakery.Bake([new("uri", "/lnrpc.Lightning/GetInfo")]));
        _bakery.Authorize(hex, "/lnrpc.Lightning/GetInfo", Client);
        Refused(hex, "/lnrpc.Lightning/ListPeers", "permission denied");
    }

    [Fact]
    public void Macaroon_of_another_root_key_is_refused()
    {
        var other = new MacaroonBakery(new byte[32], _time).Bake(MacaroonPermissions.Admin);
        Refused(Hex(other), "/lnrpc.Lightning/GetInfo", "verification failed: signature mismatch after caveat verification");
    }

    [Fact]
    public void Method_without_a_known_permission_is_refused_even_to_the_admin() =>
        Assert.Contains("unknown permissions", Assert.Throws<MacaroonException>(() => _bakery.Authorize(Hex(_bakery.Bake(MacaroonPermissions.Admin)), "/lnrpc.Lightning/SendCoins", Client)).Message, StringComparison.Ordinal);

    [Fact]
    public void Time_limit_holds_until_it_is_reached()
    {
        var hex = Hex(_bakery.Bake(MacaroonPermissions.Admin).WithCaveat("time-before 2030-01-01T00:01:00.000000000Z"));
        _bakery.Authorize(hex, "/lnrpc.Lightning/GetInfo", Client);
        _time.Advance(TimeSpan.FromMinutes(1));
        Refused(hex, "/lnrpc.Lightning/GetInfo", "verification failed: caveat \"time-before 2030-01-01T00:01:00.000000000Z\" not satisfied: macaroon has expired");
    }

    [Theory]
    [InlineData("ipaddr 127.0.0.1", true)]
    [InlineData("ipaddr ::ffff:127.0.0.1", true)]
    [InlineData("ipaddr 127.0.0.2", false)]
    [InlineData("ipaddr nonsense", false)]
    [InlineData("iprange 127.0.0.0/8", true)]
    [InlineData("iprange 10.0.0.0/8", false)]
    [InlineData("time-before nonsense", false)]
    [InlineData("lnd-custom account 5", false)]
    [InlineData("anything else", false)]
    public void Caveats_hold_or_refuse(string caveat, bool holds)
    {
        var hex = Hex(_bakery.Bake(MacaroonPermissions.Admin).WithCaveat(caveat));
        if (holds) _bakery.Authorize(hex, "/lnrpc.Lightning/GetInfo", Client);
        else Assert.StartsWith($"verification failed: caveat \"{caveat}\" not satisfied", Assert.Throws<MacaroonException>(() => _bakery.Authorize(hex, "/lnrpc.Lightning/GetInfo", Client)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Caveat_cannot_be_taken_away()
    {
        var narrowed = _bakery.Bake(MacaroonPermissions.Admin).WithCaveat("ipaddr 10.0.0.1");
        Refused(Hex(narrowed with { Caveats = [] }), "/lnrpc.Lightning/GetInfo", "verification failed: signature mismatch after caveat verification");
    }

    [Fact]
    public void Third_party_caveat_is_refused()
    {
        var plain = _bakery.Bake(MacaroonPermissions.Admin).WithCaveat("ipaddr 127.0.0.1");
        var foreign = plain with { Caveats = [plain.Caveats[0] with { VerificationId = Text("vid") }] };
        Assert.Contains("third-party", Assert.Throws<MacaroonException>(() => _bakery.Authorize(Hex(foreign), "/lnrpc.Lightning/GetInfo", Client)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_are_made_once_and_for_the_owner_alone()
    {
        using var folder = new TempFolder();
        var bakery = MacaroonFiles.Open(folder.Path, _time);
        var admin = File.ReadAllBytes(folder.File("admin.macaroon"));
        bakery.Authorize(Convert.ToHexStringLower(admin), "/lnrpc.Lightning/OpenChannel", Client);
        foreach (var file in new[] { "macaroon.key", "admin.macaroon", "readonly.macaroon", "invoice.macaroon" })
            folder.AssertPrivate(file);
        MacaroonFiles.Open(folder.Path, _time);
        Assert.Equal(admin, File.ReadAllBytes(folder.File("admin.macaroon")));
    }

    [Fact]
    public void New_root_key_replaces_the_macaroons_of_the_old_one()
    {
        using var folder = new TempFolder();
        MacaroonFiles.Open(folder.Path, _time);
        var old = Convert.ToHexStringLower(File.ReadAllBytes(folder.File("admin.macaroon")));
        File.Delete(folder.File("macaroon.key"));
        var bakery = MacaroonFiles.Open(folder.Path, _time);
        Assert.Throws<MacaroonException>(() => bakery.Authorize(old, "/lnrpc.Lightning/GetInfo", Client));
        bakery.Authorize(Convert.ToHexStringLower(File.ReadAllBytes(folder.File("admin.macaroon"))), "/lnrpc.Lightning/GetInfo", Client);
    }

    [Fact]
    public void Damaged_root_key_is_named()
    {
        using var folder = new TempFolder();
        folder.Write("macaroon.key", "short");
        Assert.Contains("macaroon.key should have 32 bytes", Assert.Throws<InvalidDataException>(() => MacaroonFiles.Open(folder.Path, _time)).Message, StringComparison.Ordinal);
    }

    private static Bytes Text(string text) => Bytes.Wrap(Encoding.UTF8.GetBytes(text));

    private static string Hex(Macaroon macaroon) => Convert.ToHexStringLower(macaroon.ToBytes());

    private void Refused(string? hex, string method, string message) =>
        Assert.Equal(message, Assert.Throws<MacaroonException>(() => _bakery.Authorize(hex, method, Client)).Message);
}
