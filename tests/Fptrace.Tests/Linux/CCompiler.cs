using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Fptrace.Linux;

/// <summary>Lets gcc check a C program without making anything of it.</summary>
internal static partial class CCompiler
{
    /// <summary>The errors of <paramref name="program"/>, each with its line from 1 (0: none was named).</summary>
    public static List<(int Line, string Text)> Errors(string program, string compiler = "gcc")
    {
        var start = new ProcessStartInfo(compiler,
            ["-std=gnu11", "-fsyntax-only", "-w", "-fmax-errors=0", "-fno-diagnostics-show-caret", "-x", "c", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C" },
        };
        using Process gcc = Process.Start(start)!;
        gcc.StandardInput.Write(program);
        gcc.StandardInput.Close();
        string output = gcc.StandardError.ReadToEnd();
        gcc.WaitForExit();

        var errors = output.Split('\n')
            .Where(line => line.Contains("error:", StringComparison.Ordinal))
            .Select(line => (LineOf(line), line))
            .ToList();
        return errors is [] && gcc.ExitCode != 0 ? [(0, output)] : errors;
    }

    private static int LineOf(string error) =>
        Place.Match(error) is { Success: true } match
            ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            : 0;

    [GeneratedRegex(@"^<stdin>:(\d+):")]
    private static partial Regex Place { get; }
}
