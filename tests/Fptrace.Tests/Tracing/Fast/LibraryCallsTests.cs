using System.Text;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Support;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Fast;

/// <summary>The calls of the C library that this process has mapped.</summary>
public sealed class LibraryCallsTests
{
    [SkippableFact]
    public void CallsOfOurLibrary_AreWhereItsCodeIs()
    {
        Skip.IfNot(PerMachine.IsX64, "is for x86-64");
        List<CodeMapping> mappings = CodeMapping.Of(Environment.ProcessId);
        Requires.That(mappings.Exists(mapping => LibraryCalls.IsCLibrary(mapping.Path)), "needs glibc");
        using ForeignMemory memory = ForeignMemory.Open(Environment.ProcessId)!;
        var calls = new LibraryCalls();
        List<(int Number, ulong End)> found = calls.Of(Environment.ProcessId, memory);

        // access, readlink, openat
        Assert.Superset(new HashSet<int> { 21, 89, 257 }, found.Select(call => call.Number).ToHashSet());
        Assert.All(found, call => Assert.True(mappings.Exists(mapping =>
            call.End > mapping.Start && call.End < mapping.Start + mapping.Part.Size)));
        byte[] instruction = new byte[2];
        Assert.All(found, call => Assert.True(memory.TryRead(call.End - 2, instruction)
            && instruction is [0x0f, 0x05]));
        Assert.Equal(found, calls.Of(Environment.ProcessId, memory));
    }

    [Theory]
    [InlineData("/usr/lib/x86_64-linux-gnu/libc.so.6", true)]
    [InlineData("/lib/x86_64-linux-gnu/libc-2.31.so", true)]
    [InlineData("/lib/x86_64-linux-gnu/libpthread-2.31.so", true)]
    [InlineData("/usr/lib/libc++.so.1", false)]
    [InlineData("/usr/lib/libc.so.6.debug", false)]
    [InlineData("/lib/ld-musl-x86_64.so.1", false)]
    public void CLibraries_AreKnownByTheirNames(string path, bool isOne) =>
        Assert.Equal(isOne, LibraryCalls.IsCLibrary(ByteString.Parse(path)));

    [Fact]
    public void CodeOfAFile_IsAMapping()
    {
        Assert.True(CodeMapping.TryParse(
            "7f0e4c228000-7f0e4c3bd000 r-xp 00028000 08:01 1835024                    /a b/libc.so.6"u8,
            out CodeMapping mapping));
        Assert.Equal(
            new CodeMapping(0x7f0e4c228000, new FilePart(ByteString.Parse("08:01"), 1835024, 0x28000, 0x195000),
                ByteString.Parse("/a b/libc.so.6")),
            mapping);
    }

    [Theory]
    [InlineData("7f0e4c228000-7f0e4c3bd000 r--p 00028000 08:01 1835024                    /lib/libc.so.6")]
    [InlineData("7f0e4c228000-7f0e4c3bd000 r-xs 00028000 08:01 1835024                    /lib/libc.so.6")]
    [InlineData("7f0e4c228000-7f0e4c3bd000 rwxp 00028000 08:01 1835024                    /lib/libc.so.6")]
    [InlineData("7ffc0b5f1000-7ffc0b5f3000 r-xp 00000000 00:00 0                          [vdso]")]
    [InlineData("7f0e4c228000-7f0e4c3bd000 r-xp 00000000 00:00 0 ")]
    [InlineData("")]
    public void OtherLine_IsNone(string line) =>
        Assert.False(CodeMapping.TryParse(Encoding.UTF8.GetBytes(line), out _));
}
