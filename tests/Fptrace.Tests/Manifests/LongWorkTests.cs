using Fptrace.Engine;
using Fptrace.Manifests.Checking;
using Fptrace.Steps;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>Reading that takes long is told of while it goes on.</summary>
public sealed class LongWorkTests
{
    [Fact]
    public void LargeFile_IsNamedWhileItIsRead()
    {
        using var directory = new WorkDirectory();
        using (FileStream file = File.Create(directory.Path("large")))
        {
            file.SetLength(4 << 20);
        }

        // Other tests of this process may read meanwhile, and take the moments at which something is told.
        Assert.True(Wait.Until(() => IsNamed(directory.Work, "large")));
    }

    private static bool IsNamed(string directory, string name)
    {
        var told = new List<(long Bytes, string File)>();
        LongWork.Begin((bytes, file) => told.Add((bytes, file)), patience: 0, interval: 1);
        using (var measure = new Measure(SampleManifest.Bytes(directory), new GlobSet([])) { AllDigests = true })
        {
            measure.StateAt(SampleManifest.Bytes(name), default, out _);
        }

        LongWork.End();
        return told.Any(line => line.File == name && line.Bytes > 0);
    }
}
