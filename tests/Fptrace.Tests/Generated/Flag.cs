namespace Fptrace.Generated;

/// <summary>Flags of open, rename and the *at calls on x86-64.</summary>
internal static class Flag
{
    public const long AccessMode = 3;
    public const long WriteOnly = 1;
    public const long ReadWrite = 2;
    public const long Create = 0x40;
    public const long Exclusive = 0x80;
    public const long Truncate = 0x200;
    public const long Append = 0x400;
    public const long NonBlock = 0x800;
    public const long Directory = 0x10000;
    public const long NoFollow = 0x20000;
    public const long CloseOnExec = 0x80000;
    public const long Path = 0x200000;
    public const long TemporaryFile = 0x400000 | Directory;

    public const long RenameNoReplace = 1;
    public const long RenameExchange = 2;

    public const long AtNoFollow = 0x100;
    public const long AtRemoveDirectory = 0x200;
    public const long AtFollow = 0x400;
    public const long AtEmptyPath = 0x1000;

    public const long ResolveNoMagicLinks = 2;
    public const long ResolveNoSymlinks = 4;
    public const long ResolveBeneath = 8;
    public const long ResolveInRoot = 16;
}
