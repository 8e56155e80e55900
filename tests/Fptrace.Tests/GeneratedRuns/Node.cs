namespace Fptrace.GeneratedRuns;

/// <summary>What stands at a path of a <see cref="World"/>.</summary>
/// <param name="Kind">f: file, d: directory, l: symbolic link, p: FIFO, s: socket; as tests/programs/stage.c has
/// them.</param>
/// <param name="Mode">Permission bits, 0 of a link.</param>
/// <param name="Text">A file's content, a link's target.</param>
internal readonly record struct Node(char Kind, int Mode, string Text)
{
    public static Node Directory { get; } = new('d', 0x1ed, "");

    public static Node Fifo { get; } = new('p', 0x1a4, "");

    public static Node Socket { get; } = new('s', 0x1a4, "");

    public static Node File(string text) => new('f', 0x1a4, text);

    public static Node Program(string text) => new('f', 0x1ed, text);

    public static Node Link(string target) => new('l', 0, target);

    public override string ToString() => Kind switch
    {
        'd' => $"directory {Convert.ToString(Mode, 8)}",
        'l' => "-> " + Text,
        'p' => "FIFO",
        's' => "socket",
        _ => $"file {Convert.ToString(Mode, 8)} \"{Text.Replace("\n", "\\n", StringComparison.Ordinal)}\"",
    };
}
