using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests.Format;

/// <summary>Writes a step, with a line for each field.</summary>
internal sealed class StepWriter(ManifestText text) : IStepVisitor
{
    public static void Write(ManifestText text, StepIdentity step)
    {
        text.Open("{"u8);
        _ = step.Visit(new StepWriter(text));
        text.Close("}"u8);
    }

    public IReadOnlyList<ByteString> Command(IReadOnlyList<ByteString> words)
    {
        Line("command").Names(words);
        return words;
    }

    public ByteString Directory(ByteString path) => Name("directory", path);

    public ByteString Root(ByteString path) => Name("root", path);

    public EnvironmentMode Mode(string name, EnvironmentMode mode)
    {
        Line(name).Text(mode.Name());
        return mode;
    }

    public int Number(string name, int number)
    {
        Line(name).Number(number);
        return number;
    }

    public IReadOnlyList<string> Texts(string name, IReadOnlyList<string> texts)
    {
        Line(name).Texts(texts);
        return texts;
    }

    public ByteString Name(string name, ByteString bytes)
    {
        Line(name).Name(bytes);
        return bytes;
    }

    public bool Flag(string name, bool flag)
    {
        Line(name).Raw(flag ? "true"u8 : "false"u8);
        return flag;
    }

    public StandardInput? Input(StandardInput? input)
    {
        if (input is { IsUnknown: true })
        {
            Line("input").Raw("{}"u8);
        }
        else if (input is not null)
        {
            _ = input.Path.IsEmpty
                ? Line("input").Raw("{\"sha256\": "u8).Digest(input.Digest)
                : Line("input").Raw("{\"path\": "u8).Name(input.Path);
            text.Raw(", \"offset\": "u8).Number(input.Offset).Raw("}"u8);
        }

        return input;
    }

    public StepTerminal? Terminal(StepTerminal? terminal)
    {
        if (terminal is not null)
        {
            Line("terminal").Raw("{\"streams\": "u8).Texts(StepTerminal.NamesOf(terminal.Streams));
            text.Raw(", \"asked\": "u8).Texts(StepTerminal.NamesOf(terminal.Asked));
            if (terminal.Columns is int columns)
            {
                text.Raw(", \"columns\": "u8).Number(columns);
            }

            text.Raw("}"u8);
        }

        return terminal;
    }

    private ManifestText Line(string name) => text.Line([]).Text(name).Raw(": "u8);
}
