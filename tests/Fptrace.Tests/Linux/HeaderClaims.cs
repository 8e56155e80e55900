using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Fptrace.Linux.Headers;

namespace Fptrace.Linux;

/// <summary>Finds every constant and every struct of the namespace Fptrace.Linux.Headers that is spelled as in
/// C.</summary>
internal static partial class HeaderClaims
{
    /// <summary>Fields that C nests and C# has flat.</summary>
    private static readonly Dictionary<string, string> s_nested = new(StringComparer.Ordinal)
    {
        ["ptrace_syscall_info.nr"] = "entry.nr",
        ["ptrace_syscall_info.args"] = "entry.args",
        ["ptrace_syscall_info.rval"] = "exit.rval",
        ["ptrace_syscall_info.is_error"] = "exit.is_error",
        ["rusage.ru_utime_sec"] = "ru_utime.tv_sec",
        ["rusage.ru_utime_usec"] = "ru_utime.tv_usec",
        ["rusage.ru_stime_sec"] = "ru_stime.tv_sec",
        ["rusage.ru_stime_usec"] = "ru_stime.tv_usec",
    };

    /// <summary>What differs per architecture (Headers/asm.cs), for one of them.</summary>
    public static List<Claim> Of(Architecture architecture) =>
    [
        .. typeof(Headers.asm).GetProperties(BindingFlags.Static | BindingFlags.Public)
            .Select(property => (property.Name, Number: (PerMachine)property.GetValue(null)!))
            .Select(number => (number.Name,
                C: number.Name.StartsWith("st_", StringComparison.Ordinal)
                    ? $"offsetof(struct stat, {number.Name})"
                    : number.Name,
                Value: architecture == Architecture.X64 ? number.Number.X64 : number.Number.Arm64))
            .Select(number => new Claim(number.Name, $"(long)({number.C})", $"({number.C}) == {number.Value}")),
    ];

    public static List<Claim> All()
    {
        var claims = new List<Claim>();
        IEnumerable<Type> types = typeof(Headers.errno).Assembly.GetTypes()
            .Where(type => type.Namespace == "Fptrace.Linux.Headers" && IsOfThisArchitecture(type.Name))
            .OrderBy(type => type.FullName, StringComparer.Ordinal);
        foreach (Type type in types)
        {
            claims.AddRange(Constants(type));
            if (IsMirrorOfStruct(type))
            {
                claims.AddRange(Layout(type));
            }
        }

        return claims;
    }

    private static IEnumerable<Claim> Constants(Type type) =>
        type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Where(field => field.IsLiteral && ConstantName.IsMatch(field.Name))
            .Select(field => (field.Name, Value: field.GetRawConstantValue()))
            .Where(constant => constant.Value is not string)
            .Select(constant =>
                new Claim(constant.Name, $"(long)({constant.Name})", Equality(constant.Name, constant.Value!)));

    /// <summary>C's type may be wider or of the other sign: the bits must agree and none may be lost.</summary>
    private static string Equality(string name, object value)
    {
        (int bits, ulong raw) = value switch
        {
            byte number => (8, number),
            sbyte number => (8, (byte)number),
            short number => (16, (ushort)number),
            ushort number => (16, number),
            int number => (32, (uint)number),
            uint number => (32, number),
            long number => (64, (ulong)number),
            ulong number => (64, number),
            _ => throw new NotSupportedException($"{name} is a {value.GetType()}."),
        };
        string unsigned = $"(uint{bits}_t)({name})";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{unsigned} == {raw}ull && ((uint64_t)({name}) == {unsigned} || (int64_t)({name}) == "
                + $"(int{bits}_t)({name}))");
    }

    private static IEnumerable<Claim> Layout(Type type)
    {
        string name = $"struct {type.Name}";
        yield return new Claim($"sizeof({name})", $"sizeof({name})", $"sizeof({name}) == {SizeOf(type)}");
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public
            | BindingFlags.NonPublic))
        {
            string member = s_nested.GetValueOrDefault($"{type.Name}.{field.Name}", field.Name);
            string offset = $"offsetof({name}, {member})";
            yield return new Claim($"{type.Name}.{member}", offset, $"{offset} == {OffsetOf(type, field)}");
            string size = $"sizeof((({name} *)0)->{member})";
            yield return new Claim($"sizeof({type.Name}.{member})", size, $"{size} == {SizeOf(field.FieldType)}");
        }
    }

    // The runtime's own layout, not the marshaller's: Marshal.SizeOf and OffsetOf may speak of another one.
    private static int SizeOf(Type type)
    {
        var method = new DynamicMethod("SizeOf", typeof(int), null, typeof(HeaderClaims).Module, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        il.Emit(OpCodes.Sizeof, type);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<int>>()();
    }

    private static int OffsetOf(Type type, FieldInfo field)
    {
        var method = new DynamicMethod("OffsetOf", typeof(int), null, typeof(HeaderClaims).Module,
            skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        LocalBuilder local = il.DeclareLocal(type);
        il.Emit(OpCodes.Ldloca, local);
        il.Emit(OpCodes.Ldflda, field);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Ldloca, local);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Conv_I4);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<int>>()();
    }

    private static bool IsMirrorOfStruct(Type type) =>
        type is { IsValueType: true, IsEnum: false, IsNested: false, IsGenericType: false }
        && StructName.IsMatch(type.Name);

    /// <summary>A type whose name ends in an architecture speaks of that one alone.</summary>
    private static bool IsOfThisArchitecture(string name)
    {
        Match suffix = ArchitectureSuffix.Match(name);
        return !suffix.Success
            || suffix.Value.TrimStart('_').Equals(RuntimeInformation.ProcessArchitecture.ToString(),
                StringComparison.OrdinalIgnoreCase);
    }

    [GeneratedRegex("^(__)?[A-Z][A-Z0-9_]+$|^(__NR_|SYS_)[a-z]")]
    private static partial Regex ConstantName { get; }

    [GeneratedRegex("^[a-z][a-z0-9_]*$")]
    private static partial Regex StructName { get; }

    [GeneratedRegex("_?(X64|X86|Arm64|Arm)$", RegexOptions.IgnoreCase)]
    private static partial Regex ArchitectureSuffix { get; }
}
