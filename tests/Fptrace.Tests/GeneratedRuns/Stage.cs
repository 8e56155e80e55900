using System.Diagnostics;
using System.Globalization;
using System.Text;
using Fptrace.Engine;
using Fptrace.Manifests.Format;
using Fptrace.Model;

namespace Fptrace.GeneratedRuns;

/// <summary>The process of tests/programs/stage.c: sets up worlds at a place, changes them, and starts commands
/// there.</summary>
/// <remarks>In the texts of a world, % stands for the place and &amp; for the program sights, in its names and targets
/// ~ for bytes that are no text.</remarks>
internal sealed class Stage : IDisposable
{
    // As tests/programs/sights.c has it.
    private const string NoText = "\n\xe9 ";

    // What the tool itself needs, and no more: the command gets it, too.
    private static readonly string[] s_fixed =
    [
        "PATH=e:.:d:/usr/bin",
        "HOME=/nonexistent",
        .. Environment.GetEnvironmentVariable("DOTNET_ROOT") is { } root
            ? [$"DOTNET_ROOT={root}"]
            : Array.Empty<string>(),
    ];

    private readonly string _place;
    private readonly string _program = TestPrograms.Path("sights");
    private readonly Process _process;

    public Stage(string place)
    {
        _place = place;
        _process = Process.Start(new ProcessStartInfo(TestPrograms.Path("stage"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.StandardInput.NewLine = "\n";
    }

    /// <summary>Whose what is put is, and who runs the commands; 0: who runs this.</summary>
    public void Become(int user) => Ask("user", Hex(user.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Makes the place anew with this world in it and nothing else.</summary>
    public void Build(World world)
    {
        Ask("clear", Hex(_place));
        foreach ((string path, Node node) in world.Nodes)
        {
            Put(path, node);
        }
    }

    public void Put(string path, Node? node)
    {
        if (node is { } present)
        {
            Ask("put", At(path), Hex(present.Kind.ToString()), Hex(Convert.ToString(present.Mode, 8)),
                Hex(present.Kind == 'l' ? Raw(Expand(present.Text)) : Expand(present.Text)));
        }
        else
        {
            Ask("remove", At(path));
        }
    }

    /// <summary>Other content for a file that keeps its inode.</summary>
    public void Write(string path, string text) => Ask("write", At(path), Hex(Expand(text)));

    /// <summary>The same, and its time tells nothing.</summary>
    public void Forge(string path, string text) => Ask("forge", At(path), Hex(Expand(text)));

    public void Mode(string path, int mode) => Ask("mode", At(path), Hex(Convert.ToString(mode, 8)));

    public void Touch(string path) => Ask("touch", At(path));

    /// <summary>Of absolute paths, in place of what stands there.</summary>
    public void Rename(string from, string to) => Ask("rename", Hex(from), Hex(to));

    /// <summary>An absolute path, a file outside the world.</summary>
    public void File(string path, string text) => Ask("put", Hex(path), Hex("f"), Hex("644"), Hex(text));

    /// <summary>An absolute path becomes the user's.</summary>
    public void Give(string path) => Ask("give", Hex(path));

    public void Delete(string path) => Ask("remove", Hex(path));

    public string Expand(string text) =>
        text.Replace("%", _place, StringComparison.Ordinal).Replace("&", _program, StringComparison.Ordinal);

    /// <summary>A path of a manifest as the texts of a world have it.</summary>
    public string Name(ByteString path) => Contract(Encoding.Latin1.GetString(path.Span));

    /// <summary>What stands there, but for the tool's own directory.</summary>
    public World Look()
    {
        Ask("look", Hex(_place));
        var nodes = new List<KeyValuePair<string, Node>>();
        while (Answer() is { } line && line != ".")
        {
            string[] words = line.Split(' ');
            string path = Contract(Text(words[2]));
            if (path.Contains(ManifestFile.DirectoryName, StringComparison.Ordinal))
            {
                continue;
            }

            nodes.Add(new(path, new Node(words[0][0], Convert.ToInt32(words[1], 8), Contract(Text(words[3])))));
        }

        return new World(nodes);
    }

    /// <param name="directory">The working directory.</param>
    /// <param name="input">What stdin is; empty: /dev/null.</param>
    /// <param name="offset">Of stdin.</param>
    /// <param name="outputFile">What stdout is, made for it; empty: a pipe.</param>
    /// <param name="environment">Besides what the tool itself needs.</param>
    /// <param name="command">A path and arguments.</param>
    public StageResult Run(string directory, string input, int offset, string outputFile,
        IEnumerable<string> environment, IEnumerable<string> command)
    {
        Ask([
            "run", Hex(directory), Hex(input), Hex(offset.ToString(CultureInfo.InvariantCulture)), Hex(outputFile),
            .. s_fixed.Concat(environment).Select(Hex), ".", .. command.Select(Hex),
        ]);
        string[] words = Answer().Split(' ');
        return new StageResult(
            int.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[1], CultureInfo.InvariantCulture),
            Text(words[2]), Text(words[3]));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string At(string path) => Hex(Raw($"{_place}/{path}"));

    private static string Raw(string name) => name.Replace("~", NoText, StringComparison.Ordinal);

    private string Contract(string text) =>
        text.Replace(NoText, "~", StringComparison.Ordinal).Replace(_program, "&", StringComparison.Ordinal)
            .Replace(_place, "%", StringComparison.Ordinal);

    private void Ask(params IEnumerable<string> words) => _process.StandardInput.WriteLine(string.Join(' ', words));

    private string Answer()
    {
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine()
            ?? throw new Xunit.Sdk.XunitException("stage: " + _process.StandardError.ReadToEnd());
    }

    private static string Hex(string text) => text.Length == 0
        ? "-"
        : Convert.ToHexStringLower(Encoding.Latin1.GetBytes(text));

    private static string Text(string hex) => hex == "-" ? "" : Encoding.Latin1.GetString(Convert.FromHexString(hex));
}
