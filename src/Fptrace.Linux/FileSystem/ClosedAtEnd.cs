namespace Fptrace.Linux.FileSystem;

/// <summary>Closes a descriptor at the end of a block.</summary>
internal readonly ref struct ClosedAtEnd(int descriptor)
{
    public void Dispose() => FilesAt.Close(descriptor);
}
