namespace Fptrace.Commands;

/// <summary>What <c>fptrace check --help</c> and <c>fptrace explain --help</c> print.</summary>
internal static class CheckHelp
{
    public const string Text =
        """
        fptrace check tells whether steps are up to date, and the first reason against each; fptrace explain tells all reasons.

        Usage: fptrace check [options] MANIFEST...
               fptrace explain [options] MANIFEST...

          --json               JSON on stdout: an object, or an array of them for several manifests
          --no-refresh         leave manifests as they are; otherwise they learn the new times of files that were only touched
          --no-env             do not compare the environment, as for a step that MSBuild runs in its own
          -q, --quiet          print nothing
          -h, --help           this text

        Of several manifests each has a line above its reasons that names the command.

        Examples
          fptrace explain .fptrace/*.json

        Exit codes
            0  all are up to date
            1  not all are: a step would run
            2  the command line is wrong

        """;
}
