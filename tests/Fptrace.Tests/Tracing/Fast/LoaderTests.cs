using Fptrace.Linux.Headers;
using Fptrace.Support;

namespace Fptrace.Tracing.Fast;

/// <summary>What is patched in the dynamic linker of this machine.</summary>
public sealed class LoaderTests
{
    private const string Path = "/lib64/ld-linux-x86-64.so.2";

    [SkippableFact]
    public void PatchesOfTheLoader_AreCallsOfOurCode()
    {
        Loader loader = Read();
        byte[] file = File.ReadAllBytes(Path);
        Assert.NotEmpty(loader.Words);
        Assert.All(loader.Words, word => Assert.Equal(0UL, word.Offset % sizeof(ulong)));
        Assert.Equal(loader.Words[0].Offset + sizeof(ulong), loader.Words[1].Offset);

        // As many bytes change as five for each call, but for those that happen to be the same.
        int changed = loader.Words.Sum(word =>
            BitConverter.GetBytes(word.Before ^ word.After).Count(different => different != 0));
        Assert.InRange(changed, 4, 5 * loader.Words.Length);
        Assert.All(loader.Words, word => Assert.True(file.AsSpan().IndexOf(BitConverter.GetBytes(word.Before)) >= 0));
    }

    [SkippableFact]
    public void Loader_LooksForLibrariesByCallsThatArePatched()
    {
        Skip.IfNot(PerMachine.IsX64, "is for x86-64");
        byte[] file = File.ReadAllBytes(Path);
        Assert.Superset(new HashSet<int> { 21, 257 },
            CallSite.In(0, file, number => number is 21 or 257).Select(site => site.Number).ToHashSet());
    }

    [Theory]
    [InlineData("/bin/sh-that-is-none")]
    [InlineData("/etc/passwd")]
    public void OtherFile_IsNoLoader(string path) => Assert.Null(Loader.Read(Model.ByteString.Parse(path)));

    private static Loader Read()
    {
        Skip.IfNot(PerMachine.IsX64, "is for x86-64");
        Requires.That(File.Exists(Path), "needs " + Path);
        Loader? loader = Loader.Read(Model.ByteString.Parse(Path));
        Requires.That(loader is not null, "needs a C library whose calls are known");
        return loader!;
    }
}
