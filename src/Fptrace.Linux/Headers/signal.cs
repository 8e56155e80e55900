namespace Fptrace.Linux.Headers;

/// <summary>signal.h.</summary>
internal static class signal
{
    public const int SIGHUP = 1;
    public const int SIGINT = 2;
    public const int SIGQUIT = 3;
    public const int SIGTRAP = 5;
    public const int SIGBUS = 7;
    public const int SIGKILL = 9;
    public const int SIGSEGV = 11;
    public const int SIGPIPE = 13;
    public const int SIGTERM = 15;
    public const int SIGCHLD = 17;
    public const int SIGCONT = 18;
    public const int SIGSTOP = 19;
    public const int SIGTSTP = 20;
    public const int SIGTTIN = 21;
    public const int SIGTTOU = 22;
    public const int SIGURG = 23;
    public const int SIGXFSZ = 25;
    public const int SIGWINCH = 28;
    public const int SIG_UNBLOCK = 1;
}
