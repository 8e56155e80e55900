namespace Fptrace.Tracing;

/// <summary>What a handled system call does, whatever its spelling: old calls delegate to their *at form.</summary>
internal enum Operation : byte
{
    None,
    Open,
    OpenHow,
    OpenHandle,
    Execute,
    Rename,
    Link,
    Symlink,
    Truncate,
    TruncateDescriptor,
    Attributes,
    AttributesDescriptor,
    MakeNode,
    MakeDirectory,
    Remove,
    Probe,
    Listing,
    Input,
    Output,
    Transfer,
    Clone,
    CloneHow,
    ChangeRoot,
    Mount,
    Unshare,
    SetNamespace,
    Credentials,
    IoUring,
}
