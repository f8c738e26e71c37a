using System.Security.Cryptography.X509Certificates;
using Lightning.Node.Tests.Fakes;
using Lightning.Node.Tls;
using Microsoft.Extensions.Time.Testing;

namespace Lightning.Node.Tests.Tls;

public sealed class TlsFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Certificate_is_ecdsa_p256_for_this_machine_and_private_to_its_owner()
    {
        using var certificate = TlsFiles.Open(_folder.Path, ["node.example.com", "10.1.2.3", "0.0.0.0"], _time);
        Assert.Equal(256, certificate.GetECDsaPublicKey()!.KeySize);
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(["localhost", System.Net.Dns.GetHostName(), "node.example.com"], names.EnumerateDnsNames());
        Assert.Equal(["10.1.2.3", "127.0.0.1", "::1"], names.EnumerateIPAddresses().Select(a => a.ToString()));
        Assert.True(certificate.HasPrivateKey);
        _folder.AssertPrivate("tls.cert");
        _folder.AssertPrivate("tls.key");
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", File.ReadAllText(_folder.File("tls.cert")), StringComparison.Ordinal);
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", File.ReadAllText(_folder.File("tls.key")), StringComparison.Ordinal);
    }

    [Fact]
    public void Certificate_is_kept_until_it_expires()
    {
        using var first = TlsFiles.Open(_folder.Path, [], _time);
        _time.Advance(TimeSpan.FromDays(400));
        using var second = TlsFiles.Open(_folder.Path, [], _time);
        Assert.Equal(first.Thumbprint, second.Thumbprint);
        _time.Advance(TimeSpan.FromDays(40));
        using var third = TlsFiles.Open(_folder.Path, [], _time);
        Assert.NotEqual(first.Thumbprint, third.Thumbprint);
        Assert.True(third.NotAfter.ToUniversalTime() > _time.GetUtcNow().UtcDateTime);
    }

    [Fact]
    public void Damaged_or_missing_file_is_named_rather_than_replaced()
    {
        using (TlsFiles.Open(_folder.Path, [], _time))
        {
        }
        var certificate = File.ReadAllText(_folder.File("tls.cert"));
        File.Delete(_folder.File("tls.key"));
        Assert.Contains("tls.key", Assert.Throws<InvalidDataException>(() => TlsFiles.Open(_folder.Path, [], _time)).Message, StringComparison.Ordinal);
        _folder.Write("tls.key", "nonsense");
        Assert.Contains("tls.key", Assert.Throws<InvalidDataException>(() => TlsFiles.Open(_folder.Path, [], _time)).Message, StringComparison.Ordinal);
        Assert.Equal(certificate, File.ReadAllText(_folder.File("tls.cert")));
    }
}
