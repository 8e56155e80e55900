namespace Fptrace.Commands.Completion;

/// <summary>The help of <c>fptrace completion</c>.</summary>
internal static class CompletionHelp
{
    public static HelpPage Page { get; } = new(
        """
        fptrace completion prints a script by which a shell completes the verbs, options and values of fptrace.

        Usage: fptrace completion bash|zsh|fish
        """,
        """
        To have it in each new shell
          bash   echo 'eval "$(fptrace completion bash)"' >> ~/.bashrc
          zsh    echo 'eval "$(fptrace completion zsh)"' >> ~/.zshrc
          fish   fptrace completion fish > ~/.config/fish/completions/fptrace.fish
        """);
}
