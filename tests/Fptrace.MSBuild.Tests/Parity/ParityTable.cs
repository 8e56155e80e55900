namespace Fptrace.MSBuild.Parity;

/// <summary>The rows of the table in docs/msbuild.md, each as MSBuild code.</summary>
internal static class ParityTable
{
    private const string ShowConsole = """<Output TaskParameter="ConsoleOutput" ItemName="Result" /></Exec><Message Text="[%(Result.Identity)]" Importance="high" />""";

    private const string ShowExitCode = """<Output TaskParameter="ExitCode" PropertyName="Result" /></Exec><Message Text="code $(Result)" Importance="high" />""";

    /// <summary>With what is put before it, more than the 32,000 characters at which MSBuild warns.</summary>
    private static readonly string Long = new('x', 31_900);

    /// <summary>No two commands are equal that succeed: the second one would be skipped in the first build.</summary>
    public static IReadOnlyList<ParityRow> Rows { get; } =
    [
        new("Command", """<Exec Command="echo $0 &amp;&amp; echo 'two  words' &amp;&amp; echo &quot;$((1 + 2))&quot;" />"""),
        new("Command of several lines", """<Exec Command="echo one&#xA;echo two&#xD;&#xA;echo three" />"""),
        new("Command with a backslash", """<Exec Command="printf 'a\\tb\\n%s\\n' 'c\\d'" />"""),
        new("Command with a syntax error", """<Exec Command="if then" ContinueOnError="true" />""", Skips: false),
        new("Command of 32,000 characters", $"""<Exec Command="echo {Long} | wc -c" />"""),
        new("Characters that MSBuild escapes", """<Exec Command="echo 'a%3Bb;c' '%24(d)' '%40(e)' %25f" />"""),
        new("Empty command", """<Exec Command=" " />""", Skips: false),
        new("WorkingDirectory", """<Exec Command="basename &quot;$PWD&quot;" WorkingDirectory="inner directory" />"""),
        new("WorkingDirectory is missing", """<Exec Command="true" WorkingDirectory="nowhere" />""", Skips: false),
        new("Exit code", """<Exec Command="exit 3" />""", Skips: false),
        new("Exit code 5", """<Exec Command="exit 5" />""", Skips: false),
        new("ExitCode", $"""<Exec Command="exit 4" ContinueOnError="true">{ShowExitCode}""", Skips: false),
        new("ExitCode of success", $"""<Exec Command="true">{ShowExitCode}"""),
        new("Death by a signal", $"""<Exec Command="kill -9 $$" ContinueOnError="true">{ShowExitCode}""", Skips: false),
        new("IgnoreExitCode", $"""<Exec Command="exit 3" IgnoreExitCode="true">{ShowExitCode}""", Skips: false),
        new("ContinueOnError", """<Exec Command="exit 3" ContinueOnError="WarnAndContinue" /><Exec Command="exit 3" ContinueOnError="ErrorAndContinue" />""", Skips: false),
        new("ConsoleToMSBuild", $"""<Exec Command="echo ' a;b %25 '; echo; echo c; printf d" ConsoleToMSBuild="true">{ShowConsole}"""),
        new("ConsoleOutput holds stderr", $"""<Exec Command="echo of stdout; echo of stderr &gt;&amp;2" ConsoleToMSBuild="true" StandardErrorImportance="low">{ShowConsole}"""),
        new("CustomErrorRegularExpression", """<Exec Command="echo fine; echo BAD thing" CustomErrorRegularExpression="^BAD" />""", Skips: false),
        new("CustomWarningRegularExpression", """<Exec Command="echo fine; echo ODD thing" CustomWarningRegularExpression="^ODD" />"""),
        new("Regular expression is wrong", """<Exec Command="echo fine" CustomWarningRegularExpression="(" />""", Skips: false),
        new("Warning format", """<Exec Command="echo 'a.y:3:7: warning W12: odd'; echo 'b.c(4,5): warning X1: very odd'" />"""),
        new("Warning format on stderr", """<Exec Command="echo 'c.y(3,7): warning W13: odd' &gt;&amp;2" />"""),
        new("Error format", """<Exec Command="echo 'a.y(3,7): error E12: bad'; exit 1" />""", Skips: false),
        new("Error format and success", $"""<Exec Command="echo 'a.y(3,7): error E12: bad'" ContinueOnError="true">{ShowExitCode}""", Skips: false),
        new("Error format, success, IgnoreExitCode", """<Exec Command="echo 'a.y(3,7): error E12: bad'" IgnoreExitCode="true" />""", Skips: false),
        new("IgnoreStandardErrorWarningFormat", """<Exec Command="echo 'a.y(3,7): error E12: bad'; echo 'b.c(4,5): warning X1: odd'" IgnoreStandardErrorWarningFormat="true" />"""),
        new("StdOutEncoding", """<Exec Command="printf '\351t\351\n'" StdOutEncoding="iso-8859-1"><Output TaskParameter="StdOutEncoding" PropertyName="Result" /></Exec><Message Text="$(Result)" />"""),
        new("StdErrEncoding", """<Exec Command="printf '\351t\351\n' &gt;&amp;2" StdErrEncoding="iso-8859-1" />"""),
        new("Encoding is unknown", """<Exec Command="true" StdOutEncoding="klingon" />""", Skips: false),
        new("UseUtf8Encoding", """<Exec Command="echo grüß; echo ☃" UseUtf8Encoding="Always" />"""),
        new("Outputs", """<Exec Command="true with outputs" Outputs="x.c;y.c"><Output TaskParameter="Outputs" ItemName="Result" /></Exec><Message Text="@(Result)" />"""),
        new("EchoOff", """<Exec Command="echo secret | wc -c" EchoOff="true" />"""),
        new("EchoOff and failure", """<Exec Command="exit 9" EchoOff="true" />""", Skips: false),
        new("EnvironmentVariables", """<Exec Command="echo $COLOUR $SHAPE" EnvironmentVariables="COLOUR=red;SHAPE=a=b" />"""),
        new("EnvironmentVariables is wrong", """<Exec Command="true" EnvironmentVariables="COLOUR" />""", Skips: false),
        new("StandardOutputImportance", """<Exec Command="echo low; echo err &gt;&amp;2" StandardOutputImportance="low" />"""),
        new("StandardErrorImportance", """<Exec Command="echo out; echo low &gt;&amp;2" StandardErrorImportance="low" />"""),
        new("Importance is unknown", """<Exec Command="true" StandardOutputImportance="huge" />""", Skips: false),
        new("LogStandardErrorAsError", """<Exec Command="echo out; echo bad &gt;&amp;2" LogStandardErrorAsError="true" />""", Skips: false),
        new("Timeout", """<Exec Command="sleep 1000; echo never" Timeout="2500" ContinueOnError="true" />""", Skips: false),
        new("Timeout is not reached", """<Exec Command="echo done" Timeout="100000" />"""),
        new("YieldDuringToolExecution", """<Exec Command="echo done here" YieldDuringToolExecution="true" />"""),
        new("ToolExe", """<Exec Command="echo ${BASH_VERSION:+bash}" ToolPath="/bin" ToolExe="bash" />"""),
        new("ToolPath is wrong", """<Exec Command="true" ToolPath="/nowhere" ToolExe="bash" />""", Skips: false),
        new("UseCommandProcessor", """<Exec Command="echo from a script" UseCommandProcessor="true" />""", Skips: false),
        new("Standard input is empty", """<Exec Command="wc -c" />"""),
        new("Long lines, no end of line", """<Exec Command="head -c 100000 /dev/zero | tr '\\0' x; echo; printf end" />"""),
        new("Carriage returns, empty lines", """<Exec Command="printf 'a\rb\r\n\n\nc\r'" />"""),
        new("Bytes that are no text", """<Exec Command="printf 'a\377b\303\nc\342\230'" />"""),
        new("Background child", """<Exec Command="(sleep 1; echo late) &amp; echo early" />"""),
        new("Server left behind", """
            <Exec Command="(while test -d &quot;$PWD&quot; &amp;&amp; ! test -e Result.end; do sleep 0.1; done) &gt;/dev/null 2&gt;&amp;1 &amp; echo started" />
            <WriteLinesToFile File="Result.end" Lines="end" Overwrite="true" />
            """, Skips: false),
        new("Exported state", """<Exec Command="cd /; umask 077; exec true" /><Exec Command="basename &quot;$PWD&quot;; umask" />"""),
    ];
}
