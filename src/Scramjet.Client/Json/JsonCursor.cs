using System;
using System.Globalization;
using System.Numerics;
using System.Text;
using Newtonsoft.Json;

namespace Scramjet.Client.Json;

/// <summary>
/// Goes through a JSON text, strictly as RFC 8259 has it: no comments, no single quotes, no names without quotes, no NaN, no octal numbers, no
/// commas too many, nothing behind the value. Texts are never taken for dates, and numbers keep their value.
/// </summary>
/// <remarks>
/// <see cref="Read"/> begins a value. What follows an object is a loop over <see cref="NextName"/> with a value for each name, and what
/// follows an array one over <see cref="NextItem"/>. <see cref="End"/> comes last.
/// </remarks>
internal sealed class JsonCursor
{
    /// <summary>The most digits that every double keeps.</summary>
    private const int ExactDigits = 15;

    /// <summary>The most digits that tell one double from the next.</summary>
    private const int DoubleDigits = 17;

    /// <summary>The most digits, before and behind the point together, that every decimal keeps.</summary>
    private const int DecimalDigits = 28;

    private const int LongestNumber = 4096;
    private const int ManyNames = 256;
    private const int LongName = 64;

    private static readonly double[] s_powers = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    /// <summary>The names seen last: the values of a stream mostly have the same ones.</summary>
    [ThreadStatic]
    private static string?[]? s_names;

    private readonly string _text;
    private readonly int _maxDepth;
    private int _at;
    private int _depth;
    private int _numberStart;

    /// <param name="text">The text, which may begin with a byte order mark.</param>
    /// <param name="maxDepth">How deep objects and arrays may be nested.</param>
    public JsonCursor(string text, int maxDepth)
    {
        _text = text;
        _maxDepth = maxDepth;
        _at = text.Length > 0 && text[0] == '\uFEFF' ? 1 : 0;
    }

    /// <summary>The text that was read last, or the name.</summary>
    public string Text { get; private set; } = "";

    /// <summary>The number that was read last: a long, a BigInteger, a double, or a decimal where a double would lose digits.</summary>
    public object Number { get; private set; } = 0L;

    /// <summary>The number that was read last, as it stands.</summary>
    public string NumberText => _text.Substring(_numberStart, _at - _numberStart);

    /// <summary>Reads a value, or the beginning of an object or array.</summary>
    /// <exception cref="JsonReaderException">There is none, or it isn't JSON.</exception>
    public JsonKind Read()
    {
        switch (Peek())
        {
            case '{':
                Enter();
                return JsonKind.Object;
            case '[':
                Enter();
                return JsonKind.Array;
            case '"':
                Text = ReadText(isName: false);
                return JsonKind.Text;
            case 't':
                Expect("true");
                return JsonKind.True;
            case 'f':
                Expect("false");
                return JsonKind.False;
            case 'n':
                Expect("null");
                return JsonKind.Null;
            case '-' or (>= '0' and <= '9'):
                ReadNumber();
                return JsonKind.Number;
            case '\0' when _at >= _text.Length:
                throw Wrong("The text ends where a value should be.");
            case var c:
                throw Wrong($"A value can't begin with {Describe(c)}.");
        }
    }

    /// <summary>Goes to the next name of an object, whose value is to be read then.</summary>
    /// <param name="first">Whether it is the object's first one; false from then on.</param>
    /// <returns>False at the object's end.</returns>
    public bool NextName(ref bool first)
    {
        if (!Next('}', ref first))
            return false;
        if (Peek() != '"')
            throw Wrong("A name in double quotes should be here.");
        Text = ReadText(isName: true);
        if (Peek() != ':')
            throw Wrong("A colon should be behind the name.");
        _at++;
        return true;
    }

    /// <summary>Goes to the next item of an array, which is to be read then.</summary>
    /// <param name="first">Whether it is the array's first one; false from then on.</param>
    /// <returns>False at the array's end.</returns>
    public bool NextItem(ref bool first) => Next(']', ref first);

    /// <summary>Makes sure that nothing is behind the value.</summary>
    public void End()
    {
        Peek();
        if (_at < _text.Length)
            throw Wrong("There is more behind the value.");
    }

    /// <summary>An error at the place that was reached.</summary>
    public JsonReaderException Wrong(string what)
    {
        var line = 1;
        var lineStart = 0;
        for (var i = 0; i < _at && i < _text.Length; i++)
        {
            if (_text[i] == '\n')
            {
                line++;
                lineStart = i + 1;
            }
        }

        var column = _at - lineStart + 1;
        return new JsonReaderException($"{what} Line {line}, column {column}.", "", line, column, null);
    }

    /// <summary>The next character that isn't white space; NUL at the end.</summary>
    private char Peek()
    {
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (c is not (' ' or '\t' or '\n' or '\r'))
                return c;
            _at++;
        }

        return '\0';
    }

    private void Enter()
    {
        if (++_depth > _maxDepth)
            throw Wrong($"The value is nested more than {_maxDepth} deep.");
        _at++;
    }

    private bool Next(char end, ref bool first)
    {
        var c = Peek();
        if (c == end)
        {
            _depth--;
            _at++;
            return false;
        }

        if (!first)
        {
            if (c != ',')
                throw Wrong(_at < _text.Length ? $"A comma or {end} should be here." : $"The text ends before {end}.");
            _at++;
        }

        first = false;
        return true;
    }

    private void Expect(string word)
    {
        if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0)
            throw Wrong($"A value can't begin with {Describe(_text[_at])}.");
        _at += word.Length;
    }

    private string ReadText(bool isName)
    {
        var start = ++_at;
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (c == '"')
            {
                var length = _at++ - start;
                return isName ? Name(start, length) : _text.Substring(start, length);
            }

            if (c == '\\')
                return ReadEscapedText(start);
            if (c < ' ')
                throw Wrong($"A text can't hold {Describe(c)} as it is.");
            _at++;
        }

        throw Wrong("A text has no end.");
    }

    private string ReadEscapedText(int start)
    {
        var result = new StringBuilder();
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (c == '"')
            {
                result.Append(_text, start, _at++ - start);
                return result.ToString();
            }

            if (c < ' ')
                throw Wrong($"A text can't hold {Describe(c)} as it is.");
            if (c != '\\')
            {
                _at++;
                continue;
            }

            result.Append(_text, start, _at - start);
            result.Append(ReadEscape());
            start = _at;
        }

        throw Wrong("A text has no end.");
    }

    private char ReadEscape()
    {
        var kind = ++_at < _text.Length ? _text[_at] : '\0';
        char? result = kind switch
        {
            '"' or '\\' or '/' => kind,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' when _at + 4 < _text.Length && IsHex(_at + 1) && IsHex(_at + 2) && IsHex(_at + 3) && IsHex(_at + 4) =>
                (char)int.Parse(_text.Substring(_at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            _ => null,
        };
        _at += kind == 'u' && result is not null ? 5 : 1;
        return result ?? throw Wrong("A backslash in a text is followed by one of \" \\ / b f n r t, or u and four hexadecimal digits.");
    }

    private bool IsHex(int at) => _text[at] is (>= '0' and <= '9') or (>= 'a' and <= 'f') or (>= 'A' and <= 'F');

    private string Name(int start, int length)
    {
        if (length is 0 or > LongName)
            return _text.Substring(start, length);

        var names = s_names ??= new string?[ManyNames];
        var hash = (length * 31 + _text[start]) * 31 + _text[start + length - 1] + (_text[start + length / 2] << 3);
        ref var slot = ref names[hash & (ManyNames - 1)];
        if (slot is null || slot.Length != length || string.CompareOrdinal(_text, start, slot, 0, length) != 0)
            slot = _text.Substring(start, length);
        return slot;
    }

    private void ReadNumber()
    {
        _numberStart = _at;
        var isNegative = _text[_at] == '-';
        if (isNegative)
            _at++;

        // The significant digits as one whole number, and where their point is.
        var mantissa = 0L;
        var digits = 0;
        var exponent = 0;
        if (Digit() == '0')
            _at++;
        else
            Digits("A number has no digits.");
        if (Digit() != '\0')
            throw Wrong("A number can't begin with a zero that more digits follow.");

        var isWhole = true;
        if (_at < _text.Length && _text[_at] == '.')
        {
            isWhole = false;
            _at++;
            var point = _at;
            Digits("A number has no digits behind its point.");
            exponent = point - _at;
        }

        if (_at < _text.Length && _text[_at] is 'e' or 'E')
        {
            isWhole = false;
            _at++;
            var isSmall = _at < _text.Length && _text[_at] == '-';
            if (isSmall || (_at < _text.Length && _text[_at] == '+'))
                _at++;
            var power = 0;
            var start = _at;
            for (; Digit() is not '\0' and var c; _at++)
                power = Math.Min(power * 10 + (c - '0'), 1_000_000);
            if (_at == start)
                throw Wrong("A number's exponent has no digits.");
            exponent += isSmall ? -power : power;
        }

        if (_at - _numberStart > LongestNumber)
            throw Wrong($"A number has more than {LongestNumber} characters.");
        Number = isWhole && (mantissa != 0 || !isNegative) ? Whole(isNegative, mantissa, digits) : Fraction(isNegative, mantissa, digits, exponent);

        void Digits(string whenNone)
        {
            var start = _at;
            for (; Digit() is not '\0' and var c; _at++)
            {
                if (digits > 0 || c != '0')
                    digits++;
                if (digits <= DoubleDigits + 1)
                    mantissa = mantissa * 10 + (c - '0');
            }

            if (_at == start)
                throw Wrong(whenNone);
        }
    }

    /// <summary>The digit at the place that was reached; NUL where there is none.</summary>
    private char Digit() => _at < _text.Length && _text[_at] is >= '0' and <= '9' ? _text[_at] : '\0';

    private object Whole(bool isNegative, long mantissa, int digits)
    {
        if (digits <= DoubleDigits + 1)
            return isNegative ? -mantissa : mantissa;

        return long.TryParse(NumberText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            ? (object)whole
            : BigInteger.Parse(NumberText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }

    private object Fraction(bool isNegative, long mantissa, int digits, int exponent)
    {
        // Both numbers are exact in a double, and so is what comes of them, but for the one rounding.
        if (digits <= ExactDigits && Math.Abs(exponent) < s_powers.Length)
        {
            var magnitude = exponent < 0 ? mantissa / s_powers[-exponent] : mantissa * s_powers[exponent];
            return isNegative ? -magnitude : magnitude;
        }

        var text = NumberText;
        if (digits is > DoubleDigits and <= DecimalDigits && exponent is <= 0 and >= -DecimalDigits && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact))
            return exact;

        double number;
        try
        {
            number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        }
        catch (OverflowException)
        {
            // The .NET Framework says so; newer ones give an infinite number.
            number = double.PositiveInfinity;
        }

        return double.IsInfinity(number) || (number == 0 && mantissa != 0) ? throw Wrong("A number is too large or too small to be kept.") : number;
    }

    private static string Describe(char c) => c is < ' ' or >= '\u007F' ? $"the character U+{(int)c:X4}" : $"'{c}'";
}

/// <summary>The kinds of JSON values.</summary>
internal enum JsonKind
{
    Object,
    Array,
    Text,
    Number,
    True,
    False,
    Null,
}
