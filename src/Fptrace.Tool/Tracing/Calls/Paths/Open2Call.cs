using Fptrace.Linux.Headers;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>openat2. Its flags are in memory, in <c>struct open_how</c>.</summary>
internal sealed class Open2Call(int at, int path, int how) : OpenCall(path, at)
{
    // Offsets in struct open_how (openat2(2)): flags, mode, resolve.
    private const ulong OffsetOfMode = 8;
    private const ulong OffsetOfResolve = 16;

    public override bool MayBeMadeAgain => false;

    protected override bool TryReadHow(CallContext context, in SyscallEntry call, out OpenHow result)
    {
        ulong address = call.Argument(how);
        bool isRead = context.Memory.TryReadNumber(address, 8, out ulong flags)
            & context.Memory.TryReadNumber(address + OffsetOfMode, 8, out ulong mode)
            & context.Memory.TryReadNumber(address + OffsetOfResolve, 8, out ulong resolve);
        result = new OpenHow((int)flags, (int)mode, (resolve & fcntl.RESOLVE_IN_ROOT) != 0);
        return isRead;
    }
}
