namespace Fptrace.Keeping;

/// <summary>How the content of a file is kept.</summary>
internal enum KeepMethod
{
    /// <summary>By another name of the file. By a copy where it cannot have one.</summary>
    Name,

    /// <summary>By a copy: the call changes the file itself.</summary>
    Copy,
}
