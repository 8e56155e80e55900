namespace Fptrace.Commands;

/// <summary>What <c>fptrace check --help</c> and <c>fptrace explain --help</c> print.</summary>
internal static class CheckHelp
{
    public const string Text =
        """
        fptrace check tells whether the step of a manifest is up to date; fptrace explain tells all that speaks against it.

        Usage: fptrace check [options] MANIFEST
               fptrace explain [options] MANIFEST

          --json               JSON on stdout
          --no-refresh         leave the manifest as it is; otherwise it learns the new times of files that were only touched
          --no-env             do not compare the environment, as for a step that MSBuild runs in its own
          -q, --quiet          print nothing
          -h, --help           this text

        Exit codes
            0  up to date
            1  not up to date: the step would run
            2  the command line is wrong

        """;
}
