using Fptrace.Model;

namespace Fptrace.Tracing.Recording;

public sealed class ProcessSetTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Processes_AreKnown_AndListedWhereAsked(bool lists)
    {
        int[] numbers = [1, 32_767, 32_768, 4_194_303, 7];
        Execution execution = BareExecution.Of(1, 1);
        var set = new ProcessSet(lists);
        foreach (int pid in numbers)
        {
            set.Add(execution, pid);
        }

        Assert.All(numbers, pid => Assert.True(set.Contains(pid)));
        Assert.False(set.Contains(8));
        Assert.False(new ProcessSet(lists).Contains(4_194_303));
        // A command that starts programs for days must not take more and more memory for a list that nobody reads.
        Assert.Equal(lists ? numbers : [], execution.Processes);
    }
}
