using System.Globalization;
using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>Which standard streams of a step are a terminal, and what the command asked about it.</summary>
/// <remarks>
/// A program that never asks whether a stream is a terminal behaves the same without one. So a run at a terminal also
/// counts where a stream is none, if the command asked nothing about that stream. The reverse does not hold: nobody
/// watches what a command asks when it has no terminal.
/// </remarks>
public sealed record StepTerminal
{
    private static readonly (TerminalStreams Stream, string Name)[] s_names =
        [(TerminalStreams.Input, "stdin"), (TerminalStreams.Output, "stdout"), (TerminalStreams.Error, "stderr")];

    /// <summary>The streams that are a terminal, at least one.</summary>
    public required TerminalStreams Streams { get; init; }

    /// <summary>The streams about which the command asked something that only a terminal answers.</summary>
    public TerminalStreams Asked { get; init; }

    /// <summary>The terminal's width. In a manifest: null if the command did not ask for it.</summary>
    public int? Columns { get; init; }

    /// <summary>
    /// Where the current terminal differs from the recorded one in a way that counts; null if nowhere.
    /// </summary>
    public static string? Compare(StepTerminal? recorded, StepTerminal? now)
    {
        TerminalStreams old = recorded?.Streams ?? TerminalStreams.None;
        TerminalStreams current = now?.Streams ?? TerminalStreams.None;
        foreach ((TerminalStreams stream, string name) in s_names)
        {
            bool was = (old & stream) != 0;
            if (was != ((current & stream) != 0) && (!was || (recorded!.Asked & stream) != 0))
            {
                return was ? $"{name} was a terminal, and is none now" : $"{name} was no terminal, and is one now";
            }
        }

        return recorded?.Columns is int columns && now?.Columns is int wide && columns != wide
            ? string.Create(CultureInfo.InvariantCulture, $"the terminal's width: {columns} → {wide} columns")
            : null;
    }

    internal static IReadOnlyList<string> NamesOf(TerminalStreams streams)
    {
        var names = new List<string>(3);
        foreach ((TerminalStreams stream, string name) in s_names)
        {
            if ((streams & stream) != 0)
            {
                names.Add(name);
            }
        }

        return names;
    }

    /// <exception cref="ManifestFormatException">A name is that of no stream.</exception>
    internal static TerminalStreams Parse(IReadOnlyList<string> names)
    {
        TerminalStreams streams = TerminalStreams.None;
        foreach (string name in names)
        {
            streams |= name switch
            {
                "stdin" => TerminalStreams.Input,
                "stdout" => TerminalStreams.Output,
                "stderr" => TerminalStreams.Error,
                _ => throw new ManifestFormatException("a stream is neither stdin nor stdout nor stderr"),
            };
        }

        return streams;
    }
}
