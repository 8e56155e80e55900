using Fptrace.Model;

namespace Fptrace.Output;

public sealed class AccessListTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(5000)]
    public void List_HoldsWhatWasAddedInOrder(int count)
    {
        var list = new AccessList();
        for (int i = 0; i < count; i++)
        {
            list.Add(new Access(i, 0, AccessKind.Read, default, default, FileType.Regular, false, default));
        }

        Assert.Equal(count, list.Count);
        Assert.Equal(Enumerable.Range(0, count).Select(i => (long)i), list.Select(access => access.Order));
        Assert.Throws<ArgumentOutOfRangeException>(() => list[count]);
    }
}
