using System.Runtime.Versioning;

// ptrace and seccomp are Linux's.
[assembly: SupportedOSPlatform("linux")]
