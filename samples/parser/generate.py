"""Makes a recursive-descent calculator in C# of a grammar: generate.py GRAMMAR OUTPUT

A line of a grammar is `NAME = SYMBOL OPERATOR SYMBOL, ...` from the loosest binding to the tightest, or `include FILE`.
"""
import os, sys


def rules(path):
    for line in open(path):
        words = line.split("#")[0].split()
        if words[:1] == ["include"]:
            yield from rules(os.path.join(os.path.dirname(path), words[1]))
        elif words:
            yield words[0], words[2:]


levels = list(rules(sys.argv[1]))
names = [name for name, _ in levels] + ["Primary"]
out = ["internal sealed class Calculator(string text)", "{", "    private int _at;", ""]
out += [f"    public double Evaluate() => {names[0]}();", ""]
for (name, operators), tighter in zip(levels, names[1:]):
    out += [f"    private double {name}()", "    {", f"        double value = {tighter}();"]
    out += ["        while (true)", "        {"]
    for operator in operators:
        out += [f"            if (Take('{operator}')) {{ value {operator}= {tighter}(); continue; }}"]
    out += ["            return value;", "        }", "    }", ""]
out += ["""    private double Primary()
    {
        if (Take('('))
        {
            double value = Evaluate();
            Take(')');
            return value;
        }

        int start = _at;
        while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] == '.'))
        {
            _at++;
        }

        return double.Parse(text[start.._at], System.Globalization.CultureInfo.InvariantCulture);
    }

    private bool Take(char c)
    {
        while (_at < text.Length && text[_at] == ' ')
        {
            _at++;
        }

        bool found = _at < text.Length && text[_at] == c;
        _at += found ? 1 : 0;
        return found;
    }
}
"""]
if len(levels) < 2:
    print(f"{sys.argv[1]}(1,1): warning GRAMMAR1: one level of operators: no precedence")
with open(sys.argv[2], "w") as file:
    file.write("\n".join(out))
