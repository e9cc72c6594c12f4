using System;
using System.IO;
using System.Text;

namespace ScramjetPlatform.Conversion;

/// <summary>Collects text that is used again and again.</summary>
internal sealed class TextBuffer : TextWriter
{
    private char[] _text = new char[1024];
    private int _length;

    public override Encoding Encoding => Encoding.ASCII;

    /// <summary>Removes the text.</summary>
    public void Clear() => _length = 0;

    /// <summary>Returns the text, which contains only ASCII characters, as bytes.</summary>
    public byte[] ToAscii() => Encoding.GetBytes(_text, 0, _length);

    public override void Write(char value)
    {
        MakeRoom(1);
        _text[_length++] = value;
    }

    public override void Write(char[] buffer, int index, int count)
    {
        MakeRoom(count);
        Array.Copy(buffer, index, _text, _length, count);
        _length += count;
    }

    public override void Write(string? value)
    {
        if (value is null)
            return;
        MakeRoom(value.Length);
        value.CopyTo(0, _text, _length, value.Length);
        _length += value.Length;
    }

    private void MakeRoom(int count)
    {
        if (_length + count > _text.Length)
            Array.Resize(ref _text, Math.Max(_length + count, 2 * _text.Length));
    }
}
