using System.Security.Cryptography;
using Fptrace.Linux.FileSystem;
using Fptrace.Manifests.Checking;
using Fptrace.Manifests.Recording;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests;

public sealed class EarlyDigestsTests
{
    [SkippableFact]
    public void LargeInput_IsDigestedWhileTheCommandRuns()
    {
        // It ends when a digest was kept, which otherwise happens after its end.
        using var scenario = new RunScenario("sh", "-c", "cat large > /dev/null; n=0; until [ -s \"$XDG_CACHE_HOME/"
            + DigestFile.Name + "\" ]; do n=$((n + 1)); [ $n -lt 3000 ] || exit 1; sleep 0.01; done");
        string cache = scenario.Directory.Results;
        scenario.Launcher = ["env", "XDG_CACHE_HOME=" + cache];
        scenario.Options = ["--ignore", DigestFile.Name];
        byte[] content = new byte[3 * EarlyDigests.LargeFile];
        new Random(3).NextBytes(content);
        string path = scenario.Directory.Path("large");
        File.WriteAllBytes(path, content);

        // Longer than a tick of the clock that the kernel stamps files by: a digest of what has just changed is not
        // kept.
        Thread.Sleep(50);
        scenario.RunTwice();

        var digest = ContentDigest.FromBytes(SHA256.HashData(content));
        Assert.Equal(digest,
            Assert.Single(scenario.Recorded().Observations,
            observation => observation.Path == ByteString.Parse("large")).State.Digest);
        using DigestFile digests = DigestFile.Open(cache)!;
        Assert.True(digests.TryFind(ByteString.Parse(path),
            FileLook.At(Linux.Headers.fcntl.AT_FDCWD, PosixPath.Bytes(path), FinalLink.Keep), out FileState state));
        Assert.Equal(digest, state.Digest);
    }

    [Fact]
    public void WhatCannotBeRead_EndsNothing()
    {
        using var early = new EarlyDigests();
        foreach (string path in new[] { "/nowhere", "/", "/dev/null", "/proc/self/mem" })
        {
            early.Add(ByteString.Parse(path));
        }

        early.Stop(isWanted: true);
        early.Add(ByteString.Parse("/"));
    }
}
