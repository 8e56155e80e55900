using var notes = new StreamReader(typeof(Settings).Assembly.GetManifestResourceStream("notes.txt")!);
Console.WriteLine($"{Settings.Greeting}, {Settings.Name}! {notes.ReadLine()}");
