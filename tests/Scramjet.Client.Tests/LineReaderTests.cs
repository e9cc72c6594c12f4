using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Streams;
using Xunit;

namespace Scramjet.Client.Tests;

/// <summary>Lines are read completely, wherever the stream is split into chunks.</summary>
public sealed class LineReaderTests
{
    private const string Text = "plain\r\n\nzażółć 漢字 🚀\r\r\n\r\n{\"ключ\":[\"🧪\"]}\n a\rb \n";

    private static readonly string[] s_lines = ["plain\r", "", "zażółć 漢字 🚀\r\r", "\r", "{\"ключ\":[\"🧪\"]}", " a\rb "];

    [Theory]
    [InlineData("")]
    [InlineData("no end")]
    [InlineData("no end 🚀")]
    [InlineData("\r")]
    public async Task A_split_at_any_position_changes_nothing(string last)
    {
        var bytes = Encoding.UTF8.GetBytes(Text + last);
        string[] expected = last.Length == 0 ? s_lines : [.. s_lines, last];
        for (var cut = 0; cut <= bytes.Length; cut++)
            Assert.Equal(expected, await ReadAsync(new CutStream(bytes, [cut, bytes.Length - cut])));
    }

    [Fact]
    public async Task Chunks_of_any_size_change_nothing()
    {
        var bytes = Encoding.UTF8.GetBytes(Text);
        for (var size = 1; size <= bytes.Length; size++)
            Assert.Equal(s_lines, await ReadAsync(new CutStream(bytes, Enumerable.Repeat(size, bytes.Length))));
    }

    [Fact]
    public async Task The_ends_of_the_readers_buffer_change_nothing()
    {
        for (var shift = 0; shift < 8; shift++)
        {
            string[] lines = [new string('-', shift), .. Enumerable.Range(0, 20_000).Select(n => $"{n} 🚀")];
            Assert.Equal(lines, await ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(string.Join("\n", lines)))));
        }
    }

    [Fact]
    public async Task Long_lines_are_read_completely()
    {
        string[] lines = [string.Concat(Enumerable.Repeat("🚀", 2_500_000)), "short", new string('x', 10_000_000)];
        Assert.Equal(lines, await ReadAsync(new CutStream(Encoding.UTF8.GetBytes(string.Join("\n", lines)), Enumerable.Repeat(65_521, 1000))));
    }

    [Fact]
    public async Task A_byte_order_mark_is_skipped_only_at_the_beginning()
    {
        var bytes = Encoding.UTF8.GetBytes("\uFEFFone\n\uFEFFtwo\n");
        for (var cut = 0; cut <= bytes.Length; cut++)
            Assert.Equal(["one", "\uFEFFtwo"], await ReadAsync(new CutStream(bytes, [cut, bytes.Length])));
    }

    [Fact]
    public async Task An_empty_stream_has_no_lines() => Assert.Empty(await ReadAsync(new MemoryStream()));

    [Fact]
    public async Task Complete_lines_are_returned_before_the_error_of_an_interrupted_stream()
    {
        var reader = new LineReader(new CutStream(Encoding.UTF8.GetBytes("one\ntwo\nthr"), [11], new IOException("It broke.")));
        Assert.Equal(["one", "two"], await reader.ReadAsync(TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<IOException>(() => reader.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_beginning_of_a_line_can_be_taken_before_its_end()
    {
        var reader = new LineReader(new CutStream(Encoding.UTF8.GetBytes("one\n0,"), [6], new IOException("It broke.")));
        Assert.Equal(["one"], await reader.ReadAsync(TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<IOException>(() => reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal("0,", reader.TakeRest());
        Assert.Null(reader.TakeRest());
    }

    [Fact]
    public async Task Lines_are_enumerated_as_they_arrive()
    {
        var lines = new List<string>();
        await foreach (var line in new LineReader(new CutStream(Encoding.UTF8.GetBytes("one\ntwo\n\nthr"), [2, 3, 1, 1, 4])))
            lines.Add(line);
        Assert.Equal(["one", "two", "", "thr"], lines);

        lines.Clear();
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            await foreach (var line in new LineReader(new CutStream(Encoding.UTF8.GetBytes("one\ntwo\nthr"), [11], new IOException("It broke."))))
                lines.Add(line);
        });
        Assert.Equal(["one", "two"], lines);
    }

    private static async Task<string[]> ReadAsync(Stream stream)
    {
        var all = new List<string>();
        var reader = new LineReader(stream);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken) is { } lines)
            all.AddRange(lines);
        return [.. all];
    }

    /// <summary>Returns bytes in pieces of the specified sizes. Empty pieces are skipped, because they would be the end of the stream.</summary>
    private sealed class CutStream(byte[] bytes, IEnumerable<int> sizes, Exception? end = null) : MemoryStream(bytes, writable: false)
    {
        private readonly IEnumerator<int> _sizes = sizes.Where(s => s > 0).GetEnumerator();

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            if (_sizes.MoveNext())
                return Task.FromResult(Read(buffer, offset, Math.Min(count, _sizes.Current)));
            return end is null ? base.ReadAsync(buffer, offset, count, cancellationToken) : Task.FromException<int>(end);
        }
    }
}
