using System.Globalization;
using System.Text;

namespace Fptrace.Tracing;

/// <summary>Renders docs/coverage.md from <see cref="SyscallTable"/>.</summary>
internal static class CoveragePage
{
    public static string Render(IReadOnlyCollection<SyscallRow> rows)
    {
        int handled = rows.Count(row => row.Group != SyscallGroup.Ignored);
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            # System calls

            What Fptrace does with each of the {rows.Count} system calls of Linux on x86-64, i386 and aarch64: it looks at {handled} of
            them and lets {rows.Count - handled} pass, each for the reason given. Which of the {handled} stop the command in one run depends on
            what is asked of it: a call that no output needs is let pass as well.

            A number is the call's own on that architecture; — where the architecture lacks the call.

            <!-- Made from src/Fptrace.Tool/Tracing/SyscallTable.cs by CoveragePageTests; FPTRACE_ACCEPT=1 writes it anew. -->


            """);
        foreach (IGrouping<SyscallGroup, SyscallRow> group in rows.Where(row => row.Group != SyscallGroup.Ignored).GroupBy(row => row.Group).OrderBy(group => group.Key))
        {
            page.Append(CultureInfo.InvariantCulture, $"## {Title(group.Key)}\n\n");
            page.Append("| call | x86-64 | i386 | aarch64 |\n|---|---:|---:|---:|\n");
            foreach (SyscallRow row in group)
            {
                page.Append(CultureInfo.InvariantCulture, $"{Cells(row)} |\n");
            }

            page.Append('\n');
        }

        page.Append("## Let pass\n\n| call | x86-64 | i386 | aarch64 | why |\n|---|---:|---:|---:|---|\n");
        foreach (SyscallRow row in rows.Where(row => row.Group == SyscallGroup.Ignored))
        {
            page.Append(CultureInfo.InvariantCulture, $"{Cells(row)} | {row.Note} |\n");
        }

        return page.ToString();
    }

    private static string Cells(SyscallRow row) => $"| `{row.Name}` | {Number(row.X64)} | {Number(row.X86)} | {Number(row.Arm64)}";

    private static string Number(short number) => number < 0 ? "—" : number.ToString(CultureInfo.InvariantCulture);

    private static string Title(SyscallGroup group) => group switch
    {
        SyscallGroup.Open => "Open: a file by name or by handle",
        SyscallGroup.Exec => "Exec: another program takes over",
        SyscallGroup.Change => "Change: a name, a size or attributes",
        SyscallGroup.Remove => "Remove: a name",
        SyscallGroup.MakeDirectory => "Make directory",
        SyscallGroup.Probe => "Probe: a path is looked up, nothing changes",
        SyscallGroup.Listing => "Listing: the names in a directory",
        SyscallGroup.Input => "Input: from a descriptor",
        SyscallGroup.Output => "Output: to a descriptor",
        SyscallGroup.Transfer => "Transfer: from one descriptor to another",
        SyscallGroup.Descriptor => "Descriptors 0 to 2 replaced or closed",
        SyscallGroup.Network => "Network: a socket gets an address",
        SyscallGroup.Clone => "Clone: a process or a thread, with flags",
        SyscallGroup.Namespace => "Namespace: what paths mean",
        SyscallGroup.Credentials => "Credentials: what a process may do",
        SyscallGroup.Processors => "Processors: where a thread may run, and before whom",
        SyscallGroup.IoUring => "io_uring: a way around system calls",
        SyscallGroup.Ptrace => "Ptrace: another tracer or listener",
        _ => throw new ArgumentOutOfRangeException(nameof(group), group, "A group without a title."),
    };
}
