using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>
/// Receives each field of a step in turn, in the order of the manifest (<see cref="StepIdentity.Visit"/>).
/// </summary>
/// <remarks>Each method gets a field and returns the value that the visited step has in its place.</remarks>
internal interface IStepVisitor
{
    IReadOnlyList<ByteString> Command(IReadOnlyList<ByteString> words);

    ByteString Directory(ByteString path);

    ByteString Root(ByteString path);

    EnvironmentMode Mode(string name, EnvironmentMode mode);

    int Number(string name, int number);

    IReadOnlyList<string> Texts(string name, IReadOnlyList<string> texts);

    ByteString Name(string name, ByteString bytes);

    bool Flag(string name, bool flag);

    StandardInput? Input(StandardInput? input);

    StepTerminal? Terminal(StepTerminal? terminal);
}
