using Fptrace.Model;
using Fptrace.Output;
using static Fptrace.Model.AccessKind;
using static Fptrace.Tests.Output.Sample;

namespace Fptrace.Tests.Output;

public sealed class DepsListsTests
{
    [Fact]
    public void ReadThenWrite_IsInputAndOutput() =>
        Expect("/a", "/a", Access(Read, "/a"), Access(Write, "/a"));

    [Fact]
    public void WriteThenRead_IsOutputOnly() =>
        Expect("", "/a", Access(Create, "/a"), Access(Read, "/a"));

    [Fact]
    public void Order_IsChronologicalAndEachNameOnce() =>
        Expect("/b /a", "/d /c", Access(Read, "/b"), Access(Write, "/d"), Access(Read, "/a"), Access(Read, "/b"),
            Access(ReadWrite, "/c"), Access(Write, "/d"));

    [Theory]
    [InlineData(ReadWrite)]
    [InlineData(Attributes)]
    [InlineData(LinkTo)]
    [InlineData(Symlink)]
    public void Change_IsOutput(AccessKind kind) => Expect("", "/a", Access(kind, "/a", "/x"));

    [Theory]
    [InlineData(Probe)]
    [InlineData(Absent)]
    [InlineData(Listing)]
    [InlineData(MakeDirectory)]
    [InlineData(Delete)]
    public void NoContent_IsNotListed(AccessKind kind) => Expect("", "", Access(kind, "/a"));

    [Theory]
    [InlineData(Read)]
    [InlineData(Attributes)]
    public void Directory_IsNotListed(AccessKind kind) => Expect("", "", Access(kind, "/a", type: FileType.Directory));

    [Fact]
    public void Link_TakesExistingNameAsInput() =>
        Expect("/a", "/b", Access(LinkFrom, "/a", "/b"), Access(LinkTo, "/b", "/a"));

    [Fact]
    public void Move_IsInputAndOutput() => Expect("/a", "/b", Rename("/a", "/b"));

    [Fact]
    public void Move_AfterRead_ListsInputOnce() => Expect("/a", "/b", [Access(Read, "/a"), .. Rename("/a", "/b")]);

    [Fact]
    public void Temporary_AppearsUnderItsFinalNameInItsPlace() =>
        Expect("", "/a /c", [Access(Create, "/tmp1"), Access(Create, "/c"), .. Rename("/tmp1", "/a")]);

    [Fact]
    public void Temporary_OverAnEarlierOutput_AppearsOnce() =>
        Expect("", "/a /c", [Access(Create, "/a"), Access(Create, "/c"), Access(Create, "/t"), .. Rename("/t", "/a")]);

    [Fact]
    public void Temporary_RenamedTwice_AppearsUnderItsLastName() =>
        Expect("", "/c", [Access(Create, "/a"), .. Rename("/a", "/b"), .. Rename("/b", "/c")]);

    [Fact]
    public void OldName_ReadAfterRename_IsInput() =>
        Expect("/a", "/b", [Access(Create, "/a"), .. Rename("/a", "/b"), Access(Read, "/b"), Access(Read, "/a")]);

    [Theory]
    [InlineData(FileType.Directory)]
    [InlineData(FileType.None)]
    public void RenamedDirectory_TakesItsOutputsAlong(FileType type) =>
        Expect("", "/e/x /da /e/y/z",
            [Access(Create, "/d/x"), Access(Create, "/da"), Access(Create, "/d/y/z"), .. Rename("/d", "/e", type)]);

    [Fact]
    public void RenamedDirectory_WithoutOutputs_IsListedItself() =>
        Expect("/d", "/e", Rename("/d", "/e", FileType.Directory));

    [Fact]
    public void RenamedDirectory_ThatIsListed_StillTakesItsOutputsAlong() =>
        Expect("/d", "/f /f/x",
            [.. Rename("/d", "/e", FileType.Directory), Access(Create, "/e/x"),
            .. Rename("/e", "/f", FileType.Directory)]);

    [Fact]
    public void Exchange_OfUnwritten_IsBothInputsAndOutputs() =>
        Expect("/a /b", "/a /b", [.. Rename("/a", "/b"), .. Rename("/b", "/a")]);

    [Fact]
    public void Exchange_OfWritten_IsNoInput() =>
        Expect("/b", "/a /b", [Access(Create, "/a"), .. Rename("/a", "/b"), .. Rename("/b", "/a")]);

    [Fact]
    public void Exchange_OfDirectories_SwapsTheirOutputs() =>
        Expect("", "/e/x /d/x /d /e", [
            Access(Create, "/d/x"), Access(Create, "/e/x"),
            .. Rename("/d", "/e", FileType.Directory), .. Rename("/e", "/d", FileType.Directory)]);

    [Fact]
    public void RenameThereAndBack_WithSomethingBetween_IsNoExchange() =>
        Expect("/a /x", "/a", [.. Rename("/a", "/b"), Access(Read, "/x"), .. Rename("/b", "/a")]);

    [Fact]
    public void RenameTo_WithoutItsOtherHalf_StillRenames() =>
        Expect("", "/b", Access(Create, "/a"), Access(RenameTo, "/b", "/a"));

    private static void Expect(string inputs, string outputs, params Access[] accesses)
    {
        var lists = DepsLists.Of(InOrder(accesses));
        Assert.Equal(inputs, string.Join(' ', lists.Inputs));
        Assert.Equal(outputs, string.Join(' ', lists.Outputs));
    }
}
