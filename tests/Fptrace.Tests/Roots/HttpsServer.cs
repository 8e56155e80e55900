using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fptrace.Roots;

/// <summary>Answers each https request on the loopback address, as a host that an authority of its own knows.</summary>
internal sealed class HttpsServer : IDisposable
{
    public const string Host = "probe.test";
    public const string Answer = "hello";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;
    private readonly SslProtocols _protocol;

    public HttpsServer(SslProtocols protocol)
    {
        _protocol = protocol;
        using var key = RSA.Create(2048);
        CertificateRequest request = Request($"CN=authority of {protocol}", key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2),
            DateTimeOffset.UtcNow.AddDays(2));
        Authority = authority.ExportCertificatePem();

        using var own = RSA.Create(2048);
        request = Request($"CN={Host}", own);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Host);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 signed = request.Create(authority, DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(1), [1]);
        _certificate = signed.CopyWithPrivateKey(own);
        _listener.Start();
        _ = ServeAsync();
    }

    /// <summary>The certificate of the authority, in PEM.</summary>
    public string Authority { get; }

    public string Url => $"https://{Host}:{((IPEndPoint)_listener.LocalEndpoint).Port}/";

    public void Dispose()
    {
        _listener.Dispose();
        _certificate.Dispose();
    }

    private static CertificateRequest Request(string name, RSA key) =>
        new(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                await using var stream = new SslStream(client.GetStream());
                await stream.AuthenticateAsServerAsync(_certificate, false, _protocol, false);
                _ = await stream.ReadAsync(new byte[4096]);
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"u8
                    .ToArray());
            }
            catch (Exception e) when (e is IOException or AuthenticationException)
            {
                // A client that does not trust us leaves.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
