namespace Fptrace.Workflows;

/// <summary>The rows of docs/workflows.md.</summary>
internal static class WorkflowTable
{
    private const string Library =
        "<Project Sdk=\"Microsoft.NET.Sdk\">"
        + "<PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>";

    private const string CMakeLists = """
        cmake_minimum_required(VERSION 3.20)
        project(app C)
        add_library(word STATIC src/word.c)
        add_executable(app src/main.c)
        target_link_libraries(app word)
        """;

    private const string MainC = """
        #include <stdio.h>
        const char *word(void);
        int main(void) { puts(word()); return 0; }
        """;

    private const string WordC = """
        const char *word(void) { return "the first one"; }
        """;

    private const string Makefile = """
        app: main.o word.o
        	$(CC) -o $@ $^
        """;

    private const string TestOfDotnet = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Microsoft.NET.Test.Sdk" Version="17.14.1" />
            <PackageReference Include="xunit" Version="2.9.3" />
            <PackageReference Include="xunit.runner.visualstudio" Version="3.1.4" />
          </ItemGroup>
        </Project>
        """;

    private const string TestClass = """
        public class Tests(Xunit.Abstractions.ITestOutputHelper output)
        {
            [Xunit.Fact] public void Passes() => output.WriteLine("the first one");
        }
        """;

    private const string PackageJson = """
        {
          "name": "app", "version": "1.0.0", "private": true, "type": "module",
          "scripts": { "tsc": "tsc", "bundle": "esbuild src/main.ts --bundle --outfile=dist/bundle.js", "build": "vite build" },
          "devDependencies": { "esbuild": "0.25.12", "typescript": "5.9.3", "vite": "7.2.4" }
        }
        """;

    private const string TsConfig = """
        { "compilerOptions": { "target": "es2022", "module": "es2022", "moduleResolution": "bundler", "outDir": "out", "strict": true }, "include": ["src"] }
        """;

    // Installing is no part of the step: it reaches for a network, and for what it says there.
    private static readonly IReadOnlyList<IReadOnlyList<string>> s_npmInstall =
        [["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"]];

    private static readonly Dictionary<string, string> s_c = new()
    {
        ["CMakeLists.txt"] = CMakeLists, ["src/main.c"] = MainC, ["src/word.c"] = WordC,
    };

    private static readonly Dictionary<string, string> s_web = new()
    {
        ["package.json"] = PackageJson,
        ["tsconfig.json"] = TsConfig,
        ["index.html"] = "<!doctype html><script type=\"module\" src=\"/src/main.ts\"></script>",
        ["src/main.ts"] = "import { word } from './word';\nconsole.log(word);\n",
        ["src/word.ts"] = "export const word: string = 'the first one';\n",
    };

    /// <summary>The row of a CI system: make there.</summary>
    public static Workflow OnCi { get; } = new("make on GitHub Actions", ["make"])
    {
        Programs = ["make", "cc"],
        Files = new Dictionary<string, string> { ["Makefile"] = Makefile, ["main.c"] = MainC, ["word.c"] = WordC },
        Config = "{\n  \"env-ignore\": [\"GITHUB_RUN_NUMBER\", \"GITHUB_SHA\"]\n}\n",
        Edited = "word.c",
        Result = "app",
    };

    /// <summary>Variables of one run there, as GitHub documents them.</summary>
    public static IReadOnlyList<string> CiRun(int number) =>
    [
        "CI=true", "GITHUB_ACTIONS=true", "GITHUB_WORKFLOW=build", "GITHUB_JOB=build", "GITHUB_REPOSITORY=example/app",
        "GITHUB_REF=refs/heads/main",
        "RUNNER_OS=Linux", "RUNNER_ARCH=X64", $"RUNNER_NAME=runner-{number}", $"RUNNER_TRACKING_ID=github_{number}",
        $"GITHUB_RUN_ID=10000{number}", $"GITHUB_RUN_NUMBER={number}", $"GITHUB_RUN_ATTEMPT={number}",
        $"GITHUB_SHA={number:x40}", $"GITHUB_ACTION=__run_{number}",
        $"GITHUB_ENV=/tmp/set_env_{number}", $"GITHUB_PATH=/tmp/add_path_{number}",
        $"GITHUB_OUTPUT=/tmp/set_output_{number}", $"GITHUB_STATE=/tmp/save_state_{number}",
        $"GITHUB_STEP_SUMMARY=/tmp/step_summary_{number}", $"ACTIONS_RUNTIME_TOKEN=token{number}",
        $"ACTIONS_CACHE_URL=https://cache.example/{number}/",
    ];

    public static IReadOnlyList<Workflow> All { get; } =
    [
        Dotnet("build", "bin/Debug/net10.0/app.dll"),
        Dotnet("publish", "bin/Release/net10.0/publish/app.dll"),
        Dotnet("format", "Word.cs"),
        new("dotnet test", ["dotnet", "test", "--logger", "console;verbosity=detailed"])
        {
            Programs = ["dotnet"],
            Files = new Dictionary<string, string> { ["app.csproj"] = TestOfDotnet, ["Tests.cs"] = TestClass },
            Preparation = [["dotnet", "restore"]],
            Edited = "Tests.cs",
        },
        new("make", ["make"])
        {
            Programs = ["make", "cc"],
            Files = new Dictionary<string, string> { ["Makefile"] = Makefile, ["main.c"] = MainC, ["word.c"] = WordC },
            Edited = "word.c",
            Result = "app",
        },
        new("cmake with ninja", ["sh", "-c", "cmake -G Ninja -S . -B out && ninja -C out"])
        {
            Programs = ["cmake", "ninja", "cc"],
            Files = s_c,
            Config = "{\n  \"ignore\": [\".ninja_log\", \".ninja_deps\", \"CMakeOutput.log\"]\n}\n",
            Edited = "src/word.c",
            Result = "out/app",
        },
        new("npm with tsc", ["npm", "run", "tsc"])
        {
            Programs = ["npm"],
            Files = s_web,
            Preparation = s_npmInstall,
            Edited = "src/word.ts",
            Result = "out/word.js",
        },
        new("npm with esbuild", ["npm", "run", "bundle"])
        {
            Programs = ["npm"],
            Files = s_web,
            Preparation = s_npmInstall,
            Config = "{\n  \"ignore-listing\": [\"..\"]\n}\n",
            Edited = "src/word.ts",
            Result = "dist/bundle.js",
        },
        new("npm with vite", ["npm", "run", "build"])
        {
            Programs = ["npm"],
            Files = s_web,
            Preparation = s_npmInstall,
            Edited = "src/word.ts",
            Result = "dist/assets",
            GoesBack = false,
        },
        new("pytest", ["python3", "-m", "pytest", "-s", "-v"])
        {
            Programs = ["python3"],
            Preparation = [["python3", "-m", "pytest", "--version"]],
            Files = new Dictionary<string, string>
            {
                ["word.py"] = "WORD = 'the first one'\n",
                ["test_word.py"] = "import word\n\ndef test_word():\n    print(word.WORD)\n",
            },
            Edited = "word.py",
        },
        new("cargo", ["cargo", "build", "--release", "--offline"])
        {
            Programs = ["cargo"],
            IsExtra = true,
            Files = new Dictionary<string, string>
            {
                ["Cargo.lock"] =
                    "# This file is automatically @generated by Cargo.\n# It is not intended for manual "
                        + "editing.\nversion = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n",
                ["Cargo.toml"] = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
                ["src/main.rs"] = "fn main() { println!(\"the first one\"); }\n",
            },
            Edited = "src/main.rs",
            Result = "target/release/app",
        },
        new("go", ["go", "build", "-buildvcs=false", "-o", "app", "."])
        {
            Programs = ["go"],
            IsExtra = true,
            Files = new Dictionary<string, string>
            {
                ["go.mod"] = "module example.org/app\n\ngo 1.19\n",
                ["main.go"] = "package main\n\nfunc main() { println(\"the first one\") }\n",
            },
            Edited = "main.go",
            Result = "app",
        },
        new("javac", ["javac", "-d", "out", "src/Main.java", "src/Word.java"])
        {
            Programs = ["javac"],
            IsExtra = true,
            Files = new Dictionary<string, string>
            {
                ["src/Main.java"] =
                    "class Main { public static void main(String[] a) { System.out.println(Word.text()); } }\n",
                ["src/Word.java"] = "class Word { static String text() { return \"the first one\"; } }\n",
            },
            Edited = "src/Word.java",
            Result = "out/Word.class",
        },
    ];

    private static Workflow Dotnet(string verb, string result) => new($"dotnet {verb}", ["dotnet", verb])
    {
        Programs = ["dotnet"],
        Files = new Dictionary<string, string>
        {
            ["app.csproj"] = Library,
            ["Word.cs"] = "public static class Word { public const string Text = \"the first one\"; }\n",
        },
        Preparation = [["dotnet", "restore"]],
        Edited = "Word.cs",
        Result = result,
    };
}
