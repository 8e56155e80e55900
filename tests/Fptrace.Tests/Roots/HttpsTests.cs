using System.Security.Authentication;
using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Roots;

/// <summary>A program that is linked as the native tool is can be an https client in the root of any system.</summary>
/// <remarks>The tool itself calls no host today. What it is linked with must not stand in the way.</remarks>
public sealed class HttpsTests : IDisposable
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <InvariantGlobalization>true</InvariantGlobalization>
            <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
            <RuntimeIdentifier>linux-x64</RuntimeIdentifier>
          </PropertyGroup>
          <Import Project="NATIVE" />
        </Project>
        """;

    // The first call tells start.c that the runtime has begun.
    private const string Program = """
        began();
        using var client = new System.Net.Http.HttpClient();
        foreach (string url in args)
        {
            try
            {
                System.Console.WriteLine(await client.GetStringAsync(url));
            }
            catch (System.Net.Http.HttpRequestException e)
            {
                System.Console.WriteLine(e.HttpRequestError + ": " + e.GetBaseException().Message);
            }
        }

        [System.Runtime.InteropServices.DllImport("fptrace_start", EntryPoint = "fptrace_start_began")]
        static extern void began();
        """;

    private static readonly TimeSpan s_longestBuild = TimeSpan.FromMinutes(8);

    private readonly WorkDirectory _directory = new();
    private readonly HttpsServer _old = new(SslProtocols.Tls12);
    private readonly HttpsServer _new = new(SslProtocols.Tls13);
    private int _count;

    public void Dispose()
    {
        _old.Dispose();
        _new.Dispose();
        _directory.Dispose();
    }

    [SkippableFact]
    public void HostNames_AndAuthorities_AreFoundInEachRoot()
    {
        Requires.That(FptraceExecutable.IsNative, "needs the native tool (FPTRACE_UNDER_TEST)");
        Requires.Program("cmake");
        string probe = Publish();
        string both = _old.Authority + "\n" + _new.Authority + "\n";
        string[] found = [HttpsServer.Answer, HttpsServer.Answer];

        string debian = Root(probe);
        Write(debian, "etc/ssl/certs/ca-certificates.crt", both);
        Plugin.NameToOpenSsl(debian, "lib/libnss_sss.so.2");
        Assert.Equal(found, Ask(debian));

        string alpine = Root(probe);
        Write(alpine, "etc/ssl/certs/ca-certificates.crt", both);
        File.CreateSymbolicLink(alpine + "/etc/ssl/cert.pem", "certs/ca-certificates.crt");
        Assert.Equal(found, Ask(alpine));

        string redHat = Root(probe);
        Write(redHat, "etc/pki/tls/certs/ca-bundle.crt", both);
        Link(redHat, "etc/ssl/certs", "../pki/tls/certs");
        // "files" comes first in a RHEL, and then the plug-ins are for hosts that are not in the file.
        Write(redHat, "etc/nsswitch.conf", "hosts: sss myhostname files dns\n");
        Assert.Equal(found, Ask(redHat));

        string suse = Root(probe);
        Write(suse, "var/lib/ca-certificates/pem/old.pem", _old.Authority);
        Write(suse, "var/lib/ca-certificates/pem/new.pem", _new.Authority);
        Link(suse, "etc/ssl/certs", "../../var/lib/ca-certificates/pem");
        Assert.Equal(found, Ask(suse));

        string none = Root(probe);
        Write(none, "given.pem", both);
        Write(none, "given/old.pem", _old.Authority);
        Write(none, "given/new.pem", _new.Authority);
        Assert.All(Ask(none), line => Assert.Contains("SecureConnectionError", line, StringComparison.Ordinal));
        Assert.Equal(found, Ask(none, "SSL_CERT_FILE=/given.pem"));
        Assert.Equal(found, Ask(none, "SSL_CERT_DIR=/given"));
    }

    private string Publish()
    {
        _directory.Write("probe.csproj", Project.Replace("NATIVE",
            Path.Combine(Repository.Root, "src/Fptrace.Tool/Native.targets"), StringComparison.Ordinal));
        _directory.Write("Program.cs", Program);
        CommandResult built = CommandRunner.Run(_directory.Work,
            ["dotnet", "publish", "-c", "Release", "-v", "quiet", "--nologo", "-o", "made"], s_longestBuild);
        Assert.True(built.ExitCode == 0, built.Output + built.Error);
        return _directory.Path("made/probe");
    }

    /// <summary>A root with the program and the host, and with plug-ins that end whoever loads them.</summary>
    private string Root(string probe)
    {
        string root = _directory.Path($"root{_count++}");
        foreach (string directory in (string[])["bin", "etc", "proc", "w"])
        {
            Directory.CreateDirectory(Path.Combine(root, directory));
        }

        File.Copy(probe, root + "/bin/probe");
        Write(root, "etc/hosts", $"127.0.0.1 {HttpsServer.Host}\n");
        // .NET reads random numbers for TLS there. The kernel's own would need root.
        Write(root, "dev/urandom", new string('x', 1 << 16));
        foreach (string name in (string[])["libnss_sss.so.2", "libnss_myhostname.so.2"])
        {
            Plugin.Make(root, "lib/" + name);
        }

        return root;
    }

    private static void Write(string root, string path, string text)
    {
        string file = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private static void Link(string root, string path, string target)
    {
        string link = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.CreateSymbolicLink(link, target);
    }

    // .NET looks for certificates of the user's own, and fails without a home.
    private string[] Ask(string root, params string[] environment)
    {
        CommandResult result = CommandRunner.Run("/", ["env", "-i", "HOME=/w", .. environment,
            TestPrograms.Path("container"), root, "proc", "--", "/bin/probe", _old.Url, _new.Url]);
        Requires.That(result.ExitCode != TestProgram.Unsupported, "needs root or user namespaces");
        Assert.True(result.ExitCode == 0, $"{root}: {result}");
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
