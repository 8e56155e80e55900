namespace Fptrace.Tracing.Names;

/// <summary>How the kernel runs a file.</summary>
internal enum ProgramFormat
{
    /// <summary>Not at all, or in a way that the file does not tell (binfmt_misc); or we cannot read it.</summary>
    Other,

    /// <summary>By the interpreter that its first line names.</summary>
    Script,

    /// <summary>Itself, with the interpreter that it names, if any (elf(5)).</summary>
    Elf,
}
