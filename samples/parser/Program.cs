string text = args.Length > 0 ? string.Join(' ', args) : "1+2*(3+4)";
Console.WriteLine($"{text} = {new Calculator(text.Replace(" ", "")).Evaluate()}");
