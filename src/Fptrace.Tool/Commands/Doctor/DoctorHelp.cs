namespace Fptrace.Commands.Doctor;

/// <summary>The help of <c>fptrace doctor</c>.</summary>
internal static class DoctorHelp
{
    public static HelpPage Page { get; } = new(
        """
        fptrace doctor tells whether tracing works here, by which engine, what fptrace found and missed, and what to do.

        Usage: fptrace doctor [options]
               fptrace --version --verbose
        """,
        """
        It traces itself with every engine. What it says is missing need not matter: the line says what is lost.

        Exit codes
            0  tracing works
          124  tracing does not work
        """);
}
