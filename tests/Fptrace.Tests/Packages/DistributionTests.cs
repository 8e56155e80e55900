using Fptrace.Commands;
using Fptrace.Docs;
using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Packages;

/// <summary>What build/dist makes: the archive and the package for Debian.</summary>
public sealed class DistributionTests(Distribution distribution) : IClassFixture<Distribution>, IDisposable
{
    private readonly WorkDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [SkippableFact]
    public void Archive_HoldsWhatIsInstalled()
    {
        string archive = $"{distribution.Made}/{Distribution.Name}.tar.gz";
        CommandResult listed = Distribution.Run("/", "tar", "-tvzf", archive);
        Assert.All(listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Matches("^([d-]rwxr-xr-x|-rw-r--r--) 0/0 .* 2023-11-14 ", line));
        Distribution.Run(_directory.Work, "tar", "-xzf", archive);
        string[] expected =
        [
            "bin/fptrace",
            "share/bash-completion/completions/fptrace",
            .. ((string[])["LICENSE", "THIRD-PARTY-NOTICES.txt", "DOTNET-THIRD-PARTY-NOTICES.TXT", "README.md",
                "CHANGELOG.md"]).Select(name => "share/doc/fptrace/" + name),
            .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"))
                .Select(path => "share/doc/fptrace/docs/" + Path.GetFileName(path)),
            "share/fish/vendor_completions.d/fptrace.fish",
            "share/man/man1/fptrace.1",
            .. Verbs.All.Select(verb => $"share/man/man1/fptrace-{verb.Name}.1"),
            "share/man/man5/fptrace-trace.5",
            "share/zsh/site-functions/_fptrace",
        ];
        string root = _directory.Path(Distribution.Name);
        Assert.Equal(expected.Order(StringComparer.Ordinal), Files(root));
        Assert.Equal(File.ReadAllBytes(Distribution.Executable), File.ReadAllBytes(root + "/bin/fptrace"));
        Assert.StartsWith($".TH FPTRACE 1 \"2023-11-14\" ", File.ReadAllText(root + "/share/man/man1/fptrace.1"),
            StringComparison.Ordinal);
        Assert.DoesNotContain("<!--", File.ReadAllText(root + "/share/doc/fptrace/README.md"),
            StringComparison.Ordinal);
    }

    [SkippableFact]
    public void PackageForDebian_HasRightFieldsAndPlaces()
    {
        Requires.Program("dpkg-deb");
        string package = $"{distribution.Made}/{Distribution.Package}";
        CommandResult fields = Distribution.Run("/", "dpkg-deb", "-f", package, "Package", "Version", "Architecture",
            "Maintainer");
        Assert.Equal(
            $"Package: fptrace\nVersion: {Distribution.Version}-1\nArchitecture: arm64\n"
                + "Maintainer: Somebody <somebody@example.org>\n",
            fields.Output);
        string root = _directory.Path("root");
        Distribution.Run("/", "dpkg-deb", "-R", package, root);
        Distribution.Run(root, "md5sum", "--quiet", "-c", "DEBIAN/md5sums");
        string[] files = [.. Files(root)
            .Where(file => !file.StartsWith("DEBIAN/", StringComparison.Ordinal))];
        Assert.Equal(files.Length, File.ReadAllLines(root + "/DEBIAN/md5sums").Length);
        Assert.Superset(
            new HashSet<string>
            {
                "usr/bin/fptrace", "usr/share/man/man1/fptrace-run.1.gz", "usr/share/man/man5/fptrace-trace.5.gz",
                "usr/share/bash-completion/completions/fptrace", "usr/share/zsh/vendor-completions/_fptrace",
                "usr/share/fish/vendor_completions.d/fptrace.fish", "usr/share/doc/fptrace/copyright",
                "usr/share/doc/fptrace/changelog.Debian.gz",
            },
            files.ToHashSet());
        string copyright = File.ReadAllText(root + "/usr/share/doc/fptrace/copyright");
        Assert.Contains("MIT License", copyright, StringComparison.Ordinal);
        Assert.Contains("Tmds.LibC", copyright, StringComparison.Ordinal);
    }

    /// <summary>Whoever makes them, wherever, and in whatever folder.</summary>
    [SkippableFact]
    public void Bytes_AreTheSame()
    {
        string other = distribution.Make("other/place", "sh", "-c",
            "umask 077; TZ=Asia/Tokyo LC_ALL=C.UTF-8 exec \"$@\"", "sh");
        string sums = File.ReadAllText(distribution.Made + "/SHA256SUMS");
        Assert.Equal(sums, File.ReadAllText(other + "/SHA256SUMS"));
        Assert.Equal(Requires.InPath("dpkg-deb") ? 2 : 1, sums.Count(c => c == '\n'));
        Distribution.Run(other, "sha256sum", "--quiet", "--strict", "-c", "SHA256SUMS");
    }

    /// <summary>As a newcomer reads it: in a machine whose /usr/local is empty, with the packed files alone.</summary>
    [SkippableFact]
    public void Commands_OfReadme_InstallAndRunIt()
    {
        string packages = Environment.GetEnvironmentVariable("FPTRACE_PACKAGES") ?? "";
        Requires.That(packages.Length > 0, "needs packages that build/pack has made (FPTRACE_PACKAGES)");
        Requires.Program("bwrap");
        CommandBlock block = Assert.Single(CommandBlock.Read(Path.Combine(Repository.Root, "README.md")),
            block => block.Text.Contains("SHA256SUMS", StringComparison.Ordinal));
        foreach (string file in Directory.GetFiles(packages).Where(file => Path.GetFileName(file) == "SHA256SUMS"
            || file.EndsWith("-linux-x64.tar.gz", StringComparison.Ordinal)))
        {
            File.Copy(file, _directory.Path(Path.GetFileName(file)));
        }

        CommandResult typed = Distribution.Run("/", "bwrap", "--ro-bind", "/", "/", "--tmpfs", "/usr/local", "--dev",
            "/dev", "--proc", "/proc", "--chdir", _directory.Work, "--bind", _directory.Work, _directory.Work,
            "--clearenv", "--setenv", "PATH", "/usr/local/bin:/usr/bin:/bin", "--setenv", "HOME", _directory.Work,
            "sh", "-euc", block.Text);
        Assert.All(block.Promises, promise => Assert.Contains(promise, typed.Error, StringComparison.Ordinal));
        Assert.Contains("\nengine    " + Engines.Best, typed.Output, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Files(string root) => Directory
        .EnumerateFiles(root, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(root, path))
        .Order(StringComparer.Ordinal);
}
