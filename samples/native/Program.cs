using System.Runtime.InteropServices;

string text = args.Length > 0 ? string.Join(' ', args) : "three little words";
Console.WriteLine($"{Words.Count(text)} words");

internal static class Words
{
    [DllImport("words", EntryPoint = "words_count")]
    public static extern int Count([MarshalAs(UnmanagedType.LPUTF8Str)] string text);
}
