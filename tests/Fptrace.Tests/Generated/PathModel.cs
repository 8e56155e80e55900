using Fptrace.Model;

namespace Fptrace.Generated;

/// <summary>Path lookup as the kernel does it, and the name that a trace gives a path.</summary>
/// <param name="top">The directory of the case.</param>
internal sealed partial class PathModel(Entry top)
{
    private const int MostLinks = 40;
    private int _links;
    private bool _namesOnly;
    private long _resolve;
    private Entry? _root;

    /// <summary>What a path leads to.</summary>
    /// <param name="thread">Whose path.</param>
    /// <param name="at">Slot or −1.</param>
    /// <param name="path">As the step has it.</param>
    /// <param name="follow">Whether a symbolic link at its end is followed.</param>
    /// <exception cref="OutsideException">It leaves the case.</exception>
    public Walk Find(ModelThread thread, int at, string path, bool follow)
    {
        _links = 0;
        if (path.Length == 0)
        {
            return Walk.Nowhere;
        }

        if (!TryBase(thread, at, path, out Entry? start, out string rest))
        {
            return Walk.Nowhere;
        }

        if (rest.Length > 0)
        {
            return From(start, rest, follow);
        }

        if (path[0] != '%' && !follow)
        {
            throw new OutsideException("the link in /proc itself");
        }

        return new Walk(null, "", start, WantsDirectory: false, NamesNothing: true);
    }

    /// <summary>What openat2(2) finds under its RESOLVE flags; nothing where they forbid the way.</summary>
    public Walk Find(ModelThread thread, int at, string path, bool follow, long resolve)
    {
        _resolve = resolve;
        try
        {
            return (resolve & Flag.ResolveInRoot) == 0
                ? Find(thread, at, path, follow)
                : FindInRoot(thread, at, path, follow);
        }
        finally
        {
            _resolve = 0;
            _root = null;
        }
    }

    // Absolute paths begin there too, and those of the case and of /proc lead to nothing below it.
    private Walk FindInRoot(ModelThread thread, int at, string path, bool follow)
    {
        _links = 0;
        if (path.Length == 0 || path[0] is '%' or '/' || (at >= 0 && !thread.Files.ContainsKey(at)))
        {
            return Walk.Nowhere;
        }

        return TryBase(thread, at, path, out Entry? start, out string rest)
            ? From(_root = start, rest, follow)
            : Walk.Nowhere;
    }

    private bool Forbids(long flags) => (_resolve & flags) != 0;

    /// <summary>Where a call that makes, renames or removes a name does it: a link there is not followed, even with a
    /// slash behind it.</summary>
    public Walk FindName(ModelThread thread, int at, string path)
    {
        _namesOnly = true;
        try
        {
            return Find(thread, at, path, follow: false);
        }
        finally
        {
            _namesOnly = false;
        }
    }

    // The text of a path is absolute (%), magic (/proc, /dev/fd) or relative.
    private bool TryBase(ModelThread thread, int at, string path, out Entry start, out string rest)
    {
        const string Own = "/proc/self/";
        rest = path;
        start = top;
        if (path[0] == '%')
        {
            rest = path[1..].TrimStart('/');
            return !Forbids(Flag.ResolveBeneath);
        }

        // The links in /proc are magic.
        if (path[0] == '/' && Forbids(Flag.ResolveBeneath | Flag.ResolveNoSymlinks | Flag.ResolveNoMagicLinks))
        {
            return false;
        }

        if (path.StartsWith(Own + "cwd", StringComparison.Ordinal))
        {
            start = thread.WorkingDirectory[0];
            rest = path[(Own + "cwd").Length..].TrimStart('/');
            return true;
        }

        foreach (string prefix in (string[])[Own + "fd/", "/dev/fd/"])
        {
            if (path.StartsWith(prefix, StringComparison.Ordinal))
            {
                rest = path[prefix.Length..];
                int slash = rest.IndexOf('/', StringComparison.Ordinal);
                int slot = int.Parse(slash < 0 ? rest : rest[..slash],
                    System.Globalization.CultureInfo.InvariantCulture) - 10;
                rest = slash < 0 ? "" : rest[slash..].TrimStart('/');
                return TrySlot(thread, slot, rest, out start);
            }
        }

        if (at < 0)
        {
            _root = start = thread.WorkingDirectory[0];
            return true;
        }

        bool found = TrySlot(thread, at, rest, out start);
        _root = start;
        return found;
    }

    private bool TrySlot(ModelThread thread, int slot, string rest, out Entry start)
    {
        start = top;
        if (!thread.Files.TryGetValue(slot, out OpenFile? file))
        {
            return false;
        }

        start = file.Entry ?? throw new OutsideException("a pipe has no path");
        return !start.IsTemporary || rest.Length == 0
            ? true
            : throw new OutsideException("below a file whose name is a number");
    }

    private Walk From(Entry start, string path, bool follow)
    {
        string[] components = [.. path.Split('/').Where(component => component.Length > 0)];
        bool wantsDirectory = path.EndsWith('/') || components is [.., "."] or [.., ".."];
        Entry at = start;
        for (int i = 0; i < components.Length; i++)
        {
            string component = components[i];
            bool last = i == components.Length - 1;
            if (!at.Node.IsDirectory)
            {
                // A name that goes on behind a file names nothing; one that would go back names the file, as one that
                // ends in a slash.
                return component == ".." || (component == "." && last)
                    ? new Walk(null, "", at, WantsDirectory: true, NamesNothing: true)
                    : Walk.Nowhere;
            }

            if (component is "." or "..")
            {
                if (component == ".." && at == _root && Forbids(Flag.ResolveBeneath))
                {
                    return Walk.Nowhere;
                }

                bool stays = component == "." || (at == _root && Forbids(Flag.ResolveInRoot));
                at = stays ? at : at.Parent ?? throw new OutsideException();
                if (last)
                {
                    return new Walk(at.Parent, component, at, WantsDirectory: true, NamesNothing: true);
                }

                continue;
            }

            Entry? found = at.Node.Entries.GetValueOrDefault(component);
            if (found?.Node.Type == FileType.Symlink && (!last || follow || (wantsDirectory && !_namesOnly)))
            {
                string target = found.Node.Target;
                bool forbidden = Forbids(Flag.ResolveNoSymlinks)
                    || (target[0] == '%' && Forbids(Flag.ResolveBeneath | Flag.ResolveInRoot));
                if (++_links > MostLinks || forbidden)
                {
                    return Walk.Nowhere;
                }

                Walk behind = target[0] == '%' ? FromTop(target) : From(at, target, follow: true);
                if (last)
                {
                    return behind with { WantsDirectory = behind.WantsDirectory || wantsDirectory };
                }

                if (behind.Existing is null)
                {
                    return Walk.Nowhere;
                }

                at = behind.Existing;
                continue;
            }

            if (last)
            {
                return new Walk(at, component, found, wantsDirectory, NamesNothing: false);
            }

            if (found is null)
            {
                return Walk.Nowhere;
            }

            at = found;
        }

        return new Walk(at.Parent, "", at, wantsDirectory, NamesNothing: true);
    }

    private Walk FromTop(string target)
    {
        string rest = target[1..].TrimStart('/');
        return rest.Length == 0
            ? new Walk(null, "", top, WantsDirectory: false, NamesNothing: true)
            : From(top, rest, follow: true);
    }
}
