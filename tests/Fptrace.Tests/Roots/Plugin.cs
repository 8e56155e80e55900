using Fptrace.Engine;

namespace Fptrace.Roots;

/// <summary>A library that ends whoever loads it: the native tool must not, whatever a root's configuration
/// names.</summary>
internal static class Plugin
{
    /// <summary>Makes it.</summary>
    /// <param name="root">The root directory.</param>
    /// <param name="path">Its path there.</param>
    public static void Make(string root, string path)
    {
        string library = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(library)!);
        string source = library + ".c";
        File.WriteAllText(source, "__attribute__((constructor)) static void end(void) { __builtin_trap(); }\n");
        CommandResult made = CommandRunner.Run("/", ["gcc", "-shared", "-fPIC", "-nostdlib", "-o", library, source]);
        Assert.True(made.ExitCode == 0, made.Error);
        File.Delete(source);
    }

    /// <summary>Names it as a provider to OpenSSL.</summary>
    /// <param name="root">The root directory.</param>
    /// <param name="path">Its path there.</param>
    public static void NameToOpenSsl(string root, string path)
    {
        string directory = Directory.CreateDirectory(Path.Combine(root, "usr/lib/ssl")).FullName;
        File.WriteAllText(Path.Combine(directory, "openssl.cnf"), $"""
            openssl_conf = init
            [init]
            providers = providers
            [providers]
            trap = trap
            [trap]
            module = /{path}
            activate = 1

            """);
    }
}
