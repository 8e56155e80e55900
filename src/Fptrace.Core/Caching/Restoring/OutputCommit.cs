using Fptrace.Linux.FileSystem;
using Fptrace.Manifests;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Caching.Restoring;

/// <summary>Moves staged outputs to their places in the tree, and deletes what the result deletes.</summary>
internal sealed class OutputCommit(RestorePlan plan, RootDirectory root, StagedOutputs staged)
{
    private readonly HashSet<ByteString> _moved = [];

    /// <exception cref="RestoreException">Something changed in the tree after the plan was made.</exception>
    public void Commit()
    {
        foreach ((ByteString path, FileType type) in plan.Removals)
        {
            Remove(path, type);
        }

        foreach (StepOutput output in plan.Directories)
        {
            if (!TryMove(output.Path))
            {
                MakeDirectory(output);
            }
        }

        for (int i = 0; i < plan.Files.Count; i++)
        {
            Place(i);
        }

        // Set the modes last, and inner directories first: a mode may forbid to write into the directory.
        foreach (StepOutput output in plan.Directories.AsEnumerable().Reverse())
        {
            int result = root.FindParent(output.Path, out int place);
            result = result < 0 ? result : SetDirectoryMode(place, output, output.State.Mode);
            if (result < 0)
            {
                throw RootDirectory.Refusal(output.Path, result);
            }
        }
    }

    /// <summary>Renames a new directory into place with everything in it.</summary>
    /// <returns>Whether it is in place now, by itself or with a directory above.</returns>
    private bool TryMove(ByteString path)
    {
        if (!plan.IsNew(path))
        {
            return false;
        }

        var parent = new ByteString(SafePath.Parent(path.Span));
        if (!plan.IsNew(parent))
        {
            int result = root.FindParent(path, out int place);
            result = result < 0
                ? result
                : FilesAt.Rename(staged.Directory, plan.StagedName(path), place, RootDirectory.LastName(path));

            // The rename fails on another file system, or when somebody has created the directory meanwhile. Then the
            // files are moved one by one.
            return result == 0 && _moved.Add(path);
        }

        return _moved.Contains(parent) && _moved.Add(path);
    }

    private void Remove(ByteString path, FileType type)
    {
        int result = root.FindParent(path, out int place);
        byte[] name = RootDirectory.LastName(path);
        if (result == 0)
        {
            result = type == FileType.Directory ? FilesAt.RemoveDirectory(place, name) : FilesAt.Unlink(place, name);
            if (type == FileType.Directory)
            {
                root.Forget();
            }
        }

        if (result is not (0 or -FilesAt.NotFound))
        {
            throw RootDirectory.Refusal(path, result);
        }
    }

    private void MakeDirectory(StepOutput output)
    {
        int result = root.FindParent(output.Path, out int place);
        byte[] name = RootDirectory.LastName(output.Path);
        if (result == 0)
        {
            FileType standing = plan.Standing(output.Path);
            if (standing is not (FileType.None or FileType.Directory))
            {
                _ = FilesAt.Unlink(place, name);
                root.Forget();
                _ = root.FindParent(output.Path, out place);
            }

            result = FilesAt.MakeDirectory(place, name, 0x1c0);

            // A directory that an earlier run left may forbid writing into it.
            result = result == -FilesAt.Exists ? SetDirectoryMode(place, output, output.State.Mode | 0x1c0) : result;
        }

        if (result < 0)
        {
            throw RootDirectory.Refusal(output.Path, result);
        }
    }

    private static int SetDirectoryMode(int place, StepOutput output, uint mode)
    {
        // Use a descriptor that is certainly a directory's: fchmodat(2) would follow a symbolic link planted meanwhile.
        // The same mode is not set again: a step beside this one would see a directory that may have been moved.
        int descriptor = FilesAt.OpenDirectory(place, RootDirectory.LastName(output.Path), FinalLink.Keep);
        int result = descriptor < 0 ? descriptor
            : FileLook.Of(descriptor).Mode == mode ? 0
            : FilesAt.SetMode(descriptor, mode);
        FilesAt.Close(descriptor);
        return result;
    }

    private void Place(int index)
    {
        StepOutput output = plan.Files[index];
        if (_moved.Contains(new ByteString(SafePath.Parent(output.Path.Span))))
        {
            return;
        }

        staged.Forget(output.Path);
        int result = root.FindParent(output.Path, out int place);
        byte[] name = RootDirectory.LastName(output.Path);
        if (result == 0 && plan.Standing(output.Path) == FileType.Directory)
        {
            _ = FilesAt.RemoveDirectory(place, name);
            root.Forget();
            result = root.FindParent(output.Path, out place);
        }

        result = result < 0 ? result : FilesAt.Rename(staged.Directory, plan.StagedName(index), place, name);
        if (result == -FilesAt.CrossDevice)
        {
            result = PlaceAcross(index, place, name);
        }

        if (result < 0)
        {
            throw RootDirectory.Refusal(output.Path, result);
        }
    }

    /// <summary>Copies a file once more, beside its place, when that is on another file system than the root.</summary>
    private int PlaceAcross(int index, int place, byte[] name)
    {
        byte[] temporary = StagingArea.TemporaryBeside(index);
        int result = staged.Make(plan.Files[index], place, temporary);
        result = result < 0 ? result : FilesAt.Rename(place, temporary, place, name);
        if (result < 0)
        {
            _ = FilesAt.Unlink(place, temporary);
        }

        return result;
    }
}
