using System.Runtime.CompilerServices;

// Every import takes what C takes. So nothing is generated for a call at run time, and ReadyToRun compiles it ahead.
[assembly: DisableRuntimeMarshalling]
