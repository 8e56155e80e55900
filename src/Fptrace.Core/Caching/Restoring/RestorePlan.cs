using Fptrace.Linux.FileSystem;
using Fptrace.Manifests;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Caching.Restoring;

/// <summary>
/// The changes that put a result into the tree. The plan is made, or refused, before anything is changed.
/// </summary>
/// <remarks>
/// A file or link is replaced by whatever the result has there, as the command would do. A directory is replaced only
/// if the result deletes everything that is left in it. A symbolic link on the way to an output is refused, since
/// recorded paths contain none. The directories on the way exist or are outputs: <see cref="OutputPlace"/> has checked
/// that.
/// </remarks>
internal sealed class RestorePlan
{
    private const uint SetUserOrGroup = 0xc00; // 06000
    private readonly RootDirectory _root;
    private readonly Dictionary<ByteString, FileType> _standing = [];
    private readonly Dictionary<ByteString, FileType> _outputs = [];
    private readonly HashSet<ByteString> _deletions = [];

    // New directories, with their names in the staging area.
    private readonly Dictionary<ByteString, byte[]> _new = [];

    private RestorePlan(RootDirectory root) => _root = root;

    /// <summary>
    /// What stands in the tree and is to be deleted: the content of a directory before the directory.
    /// </summary>
    public List<(ByteString Path, FileType Type)> Removals { get; } = [];

    /// <summary>Directories to create, parents first.</summary>
    public List<StepOutput> Directories { get; } = [];

    /// <summary>
    /// Files and links to put in place, sorted by path; those that the command modified in place come last.
    /// </summary>
    public List<StepOutput> Files { get; } = [];

    /// <summary>
    /// Whether a path is an output directory that does not exist yet. It is filled in the staging area, then renamed.
    /// </summary>
    public bool IsNew(ByteString directory) => _new.ContainsKey(directory);

    /// <summary>Whether an output is renamed into place together with the new directory that contains it.</summary>
    public bool GoesWithDirectory(ByteString path) => _new.ContainsKey(new ByteString(SafePath.Parent(path.Span)));

    /// <summary>The name of a new directory in the staging area, with a NUL.</summary>
    public byte[] StagedName(ByteString directory) => [.. _new[directory], 0];

    /// <summary>The name of one of <see cref="Files"/> in the staging area, with a NUL.</summary>
    public byte[] StagedName(int file)
    {
        ByteString path = Files[file].Path;
        return _new.TryGetValue(new ByteString(SafePath.Parent(path.Span)), out byte[]? directory)
            ? [.. directory, (byte)'/', .. SafePath.Last(path.Span), 0]
            : StagingArea.Name(file);
    }

    /// <exception cref="RestoreException">The result may not be put in place here.</exception>
    public static RestorePlan Make(RootDirectory root, Manifest manifest)
    {
        var plan = new RestorePlan(root);
        foreach (StepOutput output in manifest.Outputs)
        {
            if (Fault(output) is string fault)
            {
                throw new RestoreException($"{output.Path} {fault}");
            }

            if (!plan._outputs.TryAdd(output.Path, output.State.Type))
            {
                throw new RestoreException($"{output.Path} is named twice");
            }
        }

        foreach (ByteString path in manifest.Deletions)
        {
            if (PathFault(path) is string fault)
            {
                throw new RestoreException($"{path} {fault}");
            }

            plan._deletions.Add(path);
        }

        plan.Fill(manifest);
        return plan;
    }

    /// <summary>Why an output cannot be cached, in words that follow its path; null if it can.</summary>
    public static string? Fault(StepOutput output) => PathFault(output.Path) ?? output.State.Type switch
    {
        FileType.Regular when (output.State.Mode & SetUserOrGroup) != 0 => "is set-user-ID or set-group-ID",
        FileType.Regular when output.Path.Span.EndsWith(".git/index"u8) => "is git's index, which is the user's own",
        FileType.Regular or FileType.Directory => null,
        FileType.Symlink => output.Target.Length is > 0 and < StoredPath.LongestPath
            && !output.Target.Span.Contains((byte)0)
            ? null
            : "is a link to nowhere",
        _ => "is no file, link or directory",
    };

    /// <summary>
    /// Why nothing may be put in place or deleted at a path, in words that follow it; null if it may.
    /// </summary>
    public static string? PathFault(ByteString path) => SafePath.Fault(path)
        ?? (PathNesting.IsAtOrBelow(path.Span, ".fptrace"u8) ? "belongs to fptrace" : null);

    /// <summary>What stands at a path. Nothing, if it is below something that the result replaces.</summary>
    public FileType Standing(ByteString path)
    {
        if (_standing.TryGetValue(path, out FileType standing))
        {
            return standing;
        }

        ReadOnlySpan<byte> parent = SafePath.Parent(path.Span);
        bool reachable = true;
        if (!parent.IsEmpty)
        {
            var above = new ByteString(parent);
            FileType type = Standing(above);
            reachable = type == FileType.Directory;
            if (type is not (FileType.Directory or FileType.None) && !IsReplaced(above))
            {
                throw RootDirectory.Refusal(above, -FilesAt.NotDirectory);
            }
        }

        standing = reachable ? _root.Look(path).Type : FileType.None;
        _standing.Add(path, standing);
        return standing;
    }

    private bool IsReplaced(ByteString path) =>
        _outputs.TryGetValue(path, out FileType type) ? type == FileType.Directory : _deletions.Contains(path);

    private void Fill(Manifest manifest)
    {
        foreach (ByteString path in _deletions.Where(path => !_outputs.ContainsKey(path)).OrderDescending())
        {
            FileType type = Standing(path);
            if (type == FileType.Directory)
            {
                CheckEmpty(path);
            }

            if (type != FileType.None)
            {
                Removals.Add((path, type));
            }
        }

        var modified = manifest.Observations.Where(seen => seen.Kind == ObservationKind.ReadModifyWrite)
            .Select(seen => seen.Path).ToHashSet();
        var last = new List<StepOutput>();
        foreach (StepOutput output in manifest.Outputs.OrderBy(output => output.Path))
        {
            CheckParents(output.Path);
            FileType standing = Standing(output.Path);
            if (output.State.Type == FileType.Directory)
            {
                Directories.Add(output);
                if (standing == FileType.None)
                {
                    _new.Add(output.Path,
                        _new.TryGetValue(new ByteString(SafePath.Parent(output.Path.Span)), out byte[]? parent)
                        ? [.. parent, (byte)'/', .. SafePath.Last(output.Path.Span)]
                        : StagingArea.DirectoryName(_new.Count));
                }

                continue;
            }

            if (standing == FileType.Directory)
            {
                CheckEmpty(output.Path);
            }

            if (output is { PriorState: PriorState.Kept, State.Size: 0 } && standing == FileType.Regular)
            {
                // The file may be a lock in use. A lock belongs to an inode, so a new file would be another lock.
                continue;
            }

            // If a restoration is killed between two renames, these files are still in their prior state, so that the
            // next lookup can match.
            (modified.Contains(output.Path) ? last : Files).Add(output);
        }

        Files.AddRange(last);
    }

    /// <summary>Refuses an output below a file or link of the same result. No command can have made that.</summary>
    private void CheckParents(ByteString path)
    {
        ReadOnlySpan<byte> parent = SafePath.Parent(path.Span);
        while (!parent.IsEmpty)
        {
            if (_outputs.TryGetValue(new ByteString(parent), out FileType type) && type != FileType.Directory)
            {
                throw new RestoreException($"{path} stands below an output that is no directory");
            }

            parent = SafePath.Parent(parent);
        }
    }

    private void CheckEmpty(ByteString directory)
    {
        int descriptor = _root.FindParent(directory, out int place);
        descriptor = descriptor < 0
            ? descriptor
            : FilesAt.OpenDirectory(place, RootDirectory.LastName(directory), FinalLink.Keep);
        if (descriptor < 0)
        {
            throw RootDirectory.Refusal(directory, descriptor);
        }

        try
        {
            foreach (ByteString name in DirectoryNames.Of(descriptor))
            {
                if (!_deletions.Contains(new ByteString([.. directory.Span, (byte)'/', .. name.Span])))
                {
                    throw new RestoreException(
                        $"{directory} is a directory that holds {name}, which the result does not delete");
                }
            }
        }
        finally
        {
            FilesAt.Close(descriptor);
        }
    }
}
