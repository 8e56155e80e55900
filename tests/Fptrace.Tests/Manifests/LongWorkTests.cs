using Fptrace.Manifests.Checking;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests;

/// <summary>Reading that takes long is told of while it goes on.</summary>
public sealed class LongWorkTests
{
    [Fact]
    public void LargeFile_IsNamedWhileItIsRead()
    {
        using var directory = new Engine.WorkDirectory();
        using (FileStream file = File.Create(directory.Path("large")))
        {
            file.SetLength(4 << 20);
        }

        var told = new List<(long Bytes, string File)>();
        LongWork.Begin((bytes, file) => told.Add((bytes, file)), patience: 0, interval: 1);
        // Other tests may read meanwhile.
        using (var measure = new Measure(new ByteString(System.Text.Encoding.UTF8.GetBytes(directory.Work)),
            new GlobSet([])) { AllDigests = true })
        {
            measure.StateAt(new ByteString("large"u8), default, out _);
        }

        LongWork.End();
        Assert.Contains(told, line => line.File == "large" && line.Bytes > 0);
    }
}
