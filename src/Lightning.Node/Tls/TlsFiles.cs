using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Lightning.Node.Configuration;

namespace Lightning.Node.Tls;

/// <summary>
/// The API's certificate: <c>tls.cert</c> and <c>tls.key</c> in the data folder, PEM, ECDSA P-256, signed by itself. Clients trust this very
/// certificate rather than an authority, so it is kept until it expires; an operator may put other files in their place.
/// </summary>
public static class TlsFiles
{
    /// <summary>Name of the certificate's file.</summary>
    public const string CertificateFile = "tls.cert";

    /// <summary>Name of the key's file.</summary>
    public const string KeyFile = "tls.key";

    // Browsers and some libraries refuse certificates that live much longer than a year.
    private static readonly TimeSpan Validity = TimeSpan.FromDays(14 * 30);

    /// <summary>Reads the certificate with its key; makes both when they are missing, and anew when ours has expired.</summary>
    /// <param name="folder">The data folder; exists.</param>
    /// <param name="hosts">Names and addresses beside localhost that clients will use.</param>
    /// <param name="time">Clock.</param>
    /// <exception cref="InvalidDataException">One of the files is missing or damaged.</exception>
    public static X509Certificate2 Open(string folder, IEnumerable<string> hosts, TimeProvider time)
    {
        var (certPath, keyPath) = (Path.Combine(folder, CertificateFile), Path.Combine(folder, KeyFile));
        if (!File.Exists(certPath) && !File.Exists(keyPath)) return Create(certPath, keyPath, hosts, time);
        var certificate = Read(certPath, keyPath);
        if (certificate.NotAfter.ToUniversalTime() > time.GetUtcNow().UtcDateTime || !IsSelfSigned(certificate)) return certificate;
        certificate.Dispose();
        return Create(certPath, keyPath, hosts, time);
    }

    private static bool IsSelfSigned(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    private static X509Certificate2 Read(string certPath, string keyPath)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certPath, keyPath);
        }
        catch (Exception e) when (e is CryptographicException or IOException)
        {
            throw new InvalidDataException($"The TLS certificate {certPath} with the key {keyPath} cannot be read: {e.Message} Remove both files to have them made anew.", e);
        }
    }

    private static X509Certificate2 Create(string certPath, string keyPath, IEnumerable<string> hosts, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var host = Dns.GetHostName();
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in hosts.Prepend(host).Prepend("localhost").Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (!IPAddress.TryParse(name, out var address)) names.AddDnsName(name);
            else if (!IPAddress.IsLoopback(address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)) names.AddIpAddress(address);
        }
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);

        var distinguished = new X500DistinguishedNameBuilder();
        distinguished.AddOrganizationName("Lightning.Actors");
        distinguished.AddCommonName(host.Length is > 0 and <= 64 ? host : "localhost");
        var request = new CertificateRequest(distinguished.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(names.Build());

        var now = time.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now + Validity);
        // The key first: a certificate without its key is what a crash between the two must not leave as the newest state.
        PrivateFiles.Write(keyPath, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
        PrivateFiles.Write(certPath, Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n"));
        return Read(certPath, keyPath);
    }
}
