using System;
using System.Globalization;
using System.Numerics;
using System.Text;
using Newtonsoft.Json;

namespace Scramjet.Client.Json;

/// <summary>
/// Reads JSON text strictly, as RFC 8259 defines it: no comments, no single quotes, no unquoted names, no NaN, no octal numbers, no trailing
/// commas and no text after the value. Strings are never converted to dates, and numbers keep their value.
/// </summary>
/// <remarks>
/// <see cref="Read"/> reads a value, or the beginning of an object or array. To read an object, call <see cref="NextName"/> and read a value until
/// it returns false; to read an array, do the same with <see cref="NextItem"/>. Call <see cref="End"/> after the value.
/// </remarks>
internal sealed class JsonCursor
{
    /// <summary>The number of significant digits that every double preserves.</summary>
    private const int ExactDigits = 15;

    /// <summary>The number of significant digits that identify a double.</summary>
    private const int DoubleDigits = 17;

    /// <summary>The number of digits, including those after the decimal point, that every decimal preserves.</summary>
    private const int DecimalDigits = 28;

    private const int MaxNumberLength = 4096;
    private const int MaxGrowth = 64 * 1024;
    private const int CachedNames = 256;
    private const int MaxCachedNameLength = 64;

    private static readonly double[] s_powers =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>A cache of the names read last, because the objects of a stream mostly have the same names.</summary>
    [ThreadStatic]
    private static string?[]? s_names;

    private readonly int _maxDepth;
    private char[] _text = [];
    private int _end;
    private int _at;
    private int _depth;
    private int _numberStart;

    /// <param name="maxDepth">The maximum nesting depth of objects and arrays.</param>
    public JsonCursor(int maxDepth) => _maxDepth = maxDepth;

    /// <param name="text">The JSON text. It can begin with a byte order mark.</param>
    /// <param name="maxDepth">The maximum nesting depth of objects and arrays.</param>
    public JsonCursor(string text, int maxDepth) : this(maxDepth) => Begin(text);

    /// <summary>Gets whether there is nothing but white space at the current position.</summary>
    public bool IsAtEnd => Peek() == '\0' && _at >= _end;

    /// <summary>Gets whether an array begins at the current position.</summary>
    public bool IsAtArray => Peek() == '[';

    /// <summary>Gets the position after white space, for <see cref="TextFrom"/>.</summary>
    public int Position
    {
        get
        {
            Peek();
            return _at;
        }
    }

    /// <summary>Gets the number of characters that the buffer has room for.</summary>
    public int Capacity => _text.Length;

    /// <summary>Begins to read another text. The buffer for it is kept.</summary>
    public void Begin(string text)
    {
        MakeRoom(text.Length);
        text.CopyTo(0, _text, 0, text.Length);
        Begin(text.Length);
    }

    /// <summary>Begins to read another text, which is UTF-8.</summary>
    public void Begin(byte[] text, int length)
    {
        // No character needs less than one byte.
        MakeRoom(length);
        Begin(Encoding.UTF8.GetChars(text, 0, length, _text, 0));
    }

    private void Begin(int length)
    {
        _end = length;
        _at = length > 0 && _text[0] == '\uFEFF' ? 1 : 0;
        _depth = 0;
    }

    private void MakeRoom(int length)
    {
        if (_text.Length < length)
            _text = new char[Math.Max(length, Math.Min(2 * _text.Length, MaxGrowth))];
    }

    /// <summary>Gets the string or name that was read last.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Gets the number that was read last: a long, a BigInteger, a double, or a decimal if a double would lose digits.</summary>
    public object Number { get; private set; } = 0L;

    /// <summary>Gets the text of the number that was read last.</summary>
    public string NumberText => TextFrom(_numberStart);

    /// <summary>Returns the text from a position to the current one.</summary>
    public string TextFrom(int start) => new(_text, start, _at - start);

    /// <summary>Moves behind a text if it is at the current position.</summary>
    /// <param name="text">A whole object or array.</param>
    /// <returns>Whether it is.</returns>
    public bool Skip(string text)
    {
        Peek();
        if (!IsAt(_at, text))
            return false;
        _at += text.Length;
        return true;
    }

    /// <summary>Reads a value, or the beginning of an object or array.</summary>
    /// <exception cref="JsonReaderException">The text ends, or isn't valid JSON.</exception>
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
            case '\0' when _at >= _end:
                throw Error("The text ends where a value is expected.");
            case var c:
                throw Error($"A value can't begin with {Describe(c)}.");
        }
    }

    /// <summary>Reads the next name of an object, or returns false at the end of the object.</summary>
    /// <param name="first">True before the first name; set to false by this method.</param>
    /// <returns>False at the end of the object.</returns>
    public bool NextName(ref bool first)
    {
        if (!Next('}', ref first))
            return false;
        if (Peek() != '"')
            throw Error("A name in double quotes is expected.");
        Text = ReadText(isName: true);
        if (Peek() != ':')
            throw Error("A colon is expected after the name.");
        _at++;
        return true;
    }

    /// <summary>Moves to the next item of an array, or returns false at the end of the array.</summary>
    /// <param name="first">True before the first item; set to false by this method.</param>
    /// <returns>False at the end of the array.</returns>
    public bool NextItem(ref bool first) => Next(']', ref first);

    /// <summary>Throws if the value is followed by more text.</summary>
    public void End()
    {
        Peek();
        if (_at < _end)
            throw Error("The value is followed by more text.");
    }

    /// <summary>Creates an error with the current line and column.</summary>
    public JsonReaderException Error(string message)
    {
        var line = 1;
        var lineStart = 0;
        for (var i = 0; i < _at && i < _end; i++)
        {
            if (_text[i] == '\n')
            {
                line++;
                lineStart = i + 1;
            }
        }

        var column = _at - lineStart + 1;
        return new JsonReaderException($"{message} Line {line}, column {column}.", "", line, column, null);
    }

    /// <summary>Skips white space and returns the next character, or NUL at the end.</summary>
    private char Peek()
    {
        while (_at < _end)
        {
            var c = _text[_at];
            if (c is not (' ' or '\t' or '\n' or '\r'))
                return c;
            _at++;
        }

        return '\0';
    }

    private bool IsAt(int at, string text)
    {
        if (_end - at < text.Length)
            return false;
        for (var i = 0; i < text.Length; i++)
        {
            if (_text[at + i] != text[i])
                return false;
        }

        return true;
    }

    private void Enter()
    {
        if (++_depth > _maxDepth)
            throw Error($"The value is nested more than {_maxDepth} levels deep.");
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
                throw Error(_at < _end ? $"A comma or {end} is expected." : $"The text ends before {end}.");
            _at++;
        }

        first = false;
        return true;
    }

    private void Expect(string word)
    {
        if (!IsAt(_at, word))
            throw Error($"A value can't begin with {Describe(_text[_at])}.");
        _at += word.Length;
    }

    private string ReadText(bool isName)
    {
        var start = ++_at;
        while (_at < _end)
        {
            var c = _text[_at];
            if (c == '"')
            {
                var length = _at++ - start;
                return isName ? CachedName(start, length) : new string(_text, start, length);
            }

            if (c == '\\')
                return ReadEscapedText(start);
            if (c < ' ')
                throw Error($"A string can't contain {Describe(c)} without an escape.");
            _at++;
        }

        throw Error("The text ends within a string.");
    }

    private string ReadEscapedText(int start)
    {
        var result = new StringBuilder();
        while (_at < _end)
        {
            var c = _text[_at];
            if (c == '"')
            {
                result.Append(_text, start, _at++ - start);
                return result.ToString();
            }

            if (c < ' ')
                throw Error($"A string can't contain {Describe(c)} without an escape.");
            if (c != '\\')
            {
                _at++;
                continue;
            }

            result.Append(_text, start, _at - start);
            result.Append(ReadEscape());
            start = _at;
        }

        throw Error("The text ends within a string.");
    }

    private char ReadEscape()
    {
        var kind = ++_at < _end ? _text[_at] : '\0';
        char? result = kind switch
        {
            '"' or '\\' or '/' => kind,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' when _at + 4 < _end && IsHex(_at + 1) && IsHex(_at + 2) && IsHex(_at + 3) && IsHex(_at + 4) =>
                (char)int.Parse(new string(_text, _at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            _ => null,
        };
        _at += kind == 'u' && result is not null ? 5 : 1;
        return result ?? throw Error("In a string, a backslash must be followed by one of \" \\ / b f n r t, or u and four hexadecimal digits.");
    }

    private bool IsHex(int at) => _text[at] is (>= '0' and <= '9') or (>= 'a' and <= 'f') or (>= 'A' and <= 'F');

    private string CachedName(int start, int length)
    {
        if (length is 0 or > MaxCachedNameLength)
            return new string(_text, start, length);

        var names = s_names ??= new string?[CachedNames];
        var hash = (length * 31 + _text[start]) * 31 + _text[start + length - 1] + (_text[start + length / 2] << 3);
        ref var slot = ref names[hash & (CachedNames - 1)];
        if (slot is null || slot.Length != length || !IsAt(start, slot))
            slot = new string(_text, start, length);
        return slot;
    }

    private void ReadNumber()
    {
        _numberStart = _at;
        var isNegative = _text[_at] == '-';
        if (isNegative)
            _at++;

        // The significant digits as an integer. The exponent says where the decimal point is.
        var mantissa = 0L;
        var digits = 0;
        var exponent = 0;
        if (Digit() == '0')
            _at++;
        else
            Digits("A number has no digits.");
        if (Digit() != '\0')
            throw Error("A number can't have leading zeros.");

        var isWhole = true;
        if (_at < _end && _text[_at] == '.')
        {
            isWhole = false;
            _at++;
            var point = _at;
            Digits("A number has no digits after its decimal point.");
            exponent = point - _at;
        }

        if (_at < _end && _text[_at] is 'e' or 'E')
        {
            isWhole = false;
            _at++;
            var isSmall = _at < _end && _text[_at] == '-';
            if (isSmall || (_at < _end && _text[_at] == '+'))
                _at++;
            var power = 0;
            var start = _at;
            for (; Digit() is not '\0' and var c; _at++)
                power = Math.Min(power * 10 + (c - '0'), 1_000_000);
            if (_at == start)
                throw Error("The exponent of a number has no digits.");
            exponent += isSmall ? -power : power;
        }

        if (_at - _numberStart > MaxNumberLength)
            throw Error($"A number has more than {MaxNumberLength} characters.");
        Number = isWhole && (mantissa != 0 || !isNegative) ? Whole(isNegative, mantissa, digits) : Fraction(isNegative, mantissa, digits, exponent);

        void Digits(string errorIfNone)
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
                throw Error(errorIfNone);
        }
    }

    /// <summary>Returns the current character if it is a digit; otherwise NUL.</summary>
    private char Digit() => _at < _end && _text[_at] is >= '0' and <= '9' ? _text[_at] : '\0';

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
        // Both operands are exact doubles, so the result is rounded only once.
        if (digits <= ExactDigits && Math.Abs(exponent) < s_powers.Length)
        {
            var magnitude = exponent < 0 ? mantissa / s_powers[-exponent] : mantissa * s_powers[exponent];
            return isNegative ? -magnitude : magnitude;
        }

        var text = NumberText;
        if (digits is > DoubleDigits and <= DecimalDigits && exponent is <= 0 and >= -DecimalDigits
            && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact))
        {
            return exact;
        }

        double number;
        try
        {
            number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        }
        catch (OverflowException)
        {
            // .NET Framework throws where later versions return infinity.
            number = double.PositiveInfinity;
        }

        return double.IsInfinity(number) || (number == 0 && mantissa != 0) ? throw Error("A number is too large or too small.") : number;
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
