using System.Globalization;
using System.Text;

namespace Fptrace.Tracing.Calls;

/// <summary>Renders docs/coverage.md from <see cref="SyscallTable"/>.</summary>
internal static class CoveragePage
{
    public static string Render(IReadOnlyCollection<SyscallRow> rows)
    {
        int handled = rows.Count(row => row.Call is not IgnoredCall);
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            # System calls

            What Fptrace does with each of the {rows.Count} system calls of Linux on x86-64, i386 and aarch64: it looks at {handled} of
            them and lets {rows.Count - handled} pass, each for the reason given. Which of the {handled} stop the command in one run depends on
            what is asked of it: a call that no output needs is let pass as well.

            A number is the call's own on that architecture; — where the architecture lacks the call.

            <!-- Made from src/Fptrace.Tool/Tracing/Calls/SyscallTable.cs by CoveragePageTests; FPTRACE_ACCEPT=1 writes it anew. -->


            """);
        foreach (IGrouping<string, SyscallRow> group in rows.Where(row => row.Call is not IgnoredCall)
            .GroupBy(row => row.Call.Title).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            page.Append(CultureInfo.InvariantCulture, $"## {group.Key}\n\n");
            page.Append("| call | x86-64 | i386 | aarch64 |\n|---|---:|---:|---:|\n");
            foreach (SyscallRow row in group)
            {
                page.Append(CultureInfo.InvariantCulture, $"{Cells(row)} |\n");
            }

            page.Append('\n');
        }

        page.Append("## Let pass\n\n| call | x86-64 | i386 | aarch64 | why |\n|---|---:|---:|---:|---|\n");
        foreach (SyscallRow row in rows.Where(row => row.Call is IgnoredCall))
        {
            page.Append(CultureInfo.InvariantCulture, $"{Cells(row)} | {((IgnoredCall)row.Call).Reason} |\n");
        }

        return page.ToString();
    }

    private static string Cells(SyscallRow row) =>
        $"| `{row.Name}` | {Number(row.X64)} | {Number(row.X86)} | {Number(row.Arm64)}";

    private static string Number(short number) => number < 0 ? "—" : number.ToString(CultureInfo.InvariantCulture);
}
