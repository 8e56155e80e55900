using System.Globalization;
using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>The terminal that a step has as its standard streams, and what it asked about it.</summary>
/// <remarks>
/// A program that never asks whether a stream is a terminal does the same where it is none. So a run at a terminal
/// stands for one elsewhere if nobody asked of the streams that differ. The other way round it does not: nobody looks
/// what a command asks that has no terminal.
/// </remarks>
public sealed record StepTerminal
{
    private static readonly (TerminalStreams Stream, string Name)[] s_names =
        [(TerminalStreams.Input, "stdin"), (TerminalStreams.Output, "stdout"), (TerminalStreams.Error, "stderr")];

    /// <summary>Those that are a terminal; never none.</summary>
    public required TerminalStreams Streams { get; init; }

    /// <summary>Those of which the command asked something that only a terminal answers.</summary>
    public TerminalStreams Asked { get; init; }

    /// <summary>How wide it is. In a manifest: null if nobody asked.</summary>
    public int? Columns { get; init; }

    /// <summary>In what a run of now would find another terminal than the recorded one, as far as that counts; null
    /// when in nothing.</summary>
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

    /// <exception cref="ManifestFormatException">A name is none of a stream.</exception>
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
