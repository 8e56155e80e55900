using Fptrace.Manifests;
using Fptrace.Manifests.Checking;
using Fptrace.Manifests.Recording;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Caching.Restoring;

/// <summary>Checks that what stands in the tree now does not change the effect of the cached run's calls.</summary>
/// <remarks>
/// An open for writing keeps the mode, the owner and the other names (hard links) of an existing file, writes through a
/// symbolic link, and fails at a directory. A rename fails if just one of the two is a directory, or if the target is a
/// directory with something in it. unlink and rmdir fail where nothing stands. This class need not check what an
/// observation covers, since the lookup has compared observations already.
/// </remarks>
internal static class OutputPlace
{
    private const uint MayWrite = 0x92;

    /// <returns>Why the output may not be put in place, in one line; null if it may.</returns>
    public static string? Fault(Measure measure, Manifest result, StepOutput output)
    {
        FileLook now = measure.LookAt(output.Path);
        if (!now.Exists)
        {
            return output.Opening == OutputOpening.Standing
                ? $"no longer exists, and the command would not have made it so: {output.Path}"
                : output.PriorState == PriorState.Found
                    ? $"no longer exists, and the command found it there: {output.Path}"
                : output.Opening == OutputOpening.Old && output.State.Mode != NewFiles.Mode(result.Step)
                ? $"a file stood there, and gave the output its mode: {output.Path}"
                : AboveFault(measure, result, output.Path);
        }

        if (output.Opening != OutputOpening.None && now.Type == FileType.Regular)
        {
            string? written = WrittenFault(output, now);
            if (written is not null)
            {
                return written;
            }
        }

        if (IsObserved(result, output.Path))
        {
            return null;
        }

        if (output.Opening != OutputOpening.None && output.State.Type != FileType.Regular)
        {
            return $"now exists, and the command would have written to it before it made another of it: {output.Path}";
        }

        return output.State.Type == FileType.Directory
            ? DirectoryFault(measure, output, now)
            : FileFault(output, now);
    }

    /// <summary>Checks that the directory of a path exists, unless the command made it.</summary>
    public static string? AboveFault(Measure measure, Manifest result, ByteString path)
    {
        ReadOnlySpan<byte> above = SafePath.Parent(path.Span);
        if (above.IsEmpty)
        {
            return null;
        }

        var directory = new ByteString(above);
        FileLook now = measure.LookAt(directory);
        return now.Type == FileType.Directory || Made(result, directory) is not null
            || result.Temporaries.Contains(directory)
            ? null
            : now.Exists ? $"is no directory, and the command made something in it: {directory}"
            : $"no longer exists, and the command made something in it: {directory}";
    }

    /// <summary>
    /// Checks the paths that the command deleted: something must stand there, a directory only where the command saw
    /// one, and no other name (hard link) of an output.
    /// </summary>
    public static string? DeletionFault(Measure measure, Manifest result)
    {
        foreach (ByteString path in result.Deletions)
        {
            FileLook now = measure.LookAt(path);
            if (!now.Exists)
            {
                return $"no longer exists, and the command deleted it: {path}";
            }

            if (now.Type == FileType.Directory && !IsObserved(result, path))
            {
                return $"is a directory now, and the command deleted a file: {path}";
            }

            // If both are names of one file, rename(2) of one to the other does nothing.
            if (now is { Links: > 1, Type: not FileType.Directory }
                && result.Outputs.Any(output => IsSameFile(now, measure.LookAt(output.Path))))
            {
                return $"is another name of what the command would replace (a hard link): {path}";
            }
        }

        return null;
    }

    private static string? DirectoryFault(Measure measure, StepOutput output, in FileLook now)
    {
        // mkdir(2) fails wherever something stands. The check of the prior state covers that.
        return output.PriorState != PriorState.Unseen ? null
            : now.Type != FileType.Directory ? $"is no directory, as the output is: {output.Path}"
            : measure.Names(output.Path, []) is not { Count: 0 } ? $"is a directory that holds something: {output.Path}"
            : null;
    }

    private static string? FileFault(StepOutput output, in FileLook now) =>
        now.Type == FileType.Directory ? $"is a directory, and the command would have failed at it: {output.Path}"
        : output.Opening == OutputOpening.None ? null
        : now.Type != FileType.Regular ? $"is no plain file, and the command would have written into it: {output.Path}"
        : now.Mode != output.State.Mode ? $"has another mode, which the command would have kept: {output.Path}"
        : null;

    private static string? WrittenFault(StepOutput output, in FileLook now) =>
        now.Links > 1 ? $"has other names (hard links), and the command would have written into them: {output.Path}"
        : (now.Mode & MayWrite) == 0 ? $"may not be written to: {output.Path}"
        : null;

    public static bool IsObserved(Manifest result, ByteString path)
    {
        int first = KeptOutputs.First(result.Observations, path);
        return first < result.Observations.Count && result.Observations[first].Path == path;
    }

    /// <summary>The output of a run at a path, found by binary search: outputs are sorted by path.</summary>
    public static StepOutput? Made(Manifest run, ByteString path)
    {
        int low = 0;
        int high = run.Outputs.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = run.Outputs[middle].Path.CompareTo(path);
            if (order == 0)
            {
                return run.Outputs[middle];
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }

    private static bool IsSameFile(in FileLook one, in FileLook other) =>
        other.Exists && one.Times.Inode == other.Times.Inode && one.Device == other.Device;
}
