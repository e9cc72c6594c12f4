using System;
using System.Collections.Specialized;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Scramjet.Client.Json;
using Scramjet.Client.Model;
using Xunit;

namespace Scramjet.Client.Tests;

/// <summary>JSON is read strictly and without changes.</summary>
public sealed class JsonTextTests
{
    [Theory]
    [InlineData("{\"b\":\"2024-01-01T00:00:00+05:30\",\"c\":\"/Date(1)/\"}")]
    [InlineData("[1,1.5,1.50,1.0,100.0,1e2,1E+2,-0,0.1,1.7976931348623157E308,5E-324]")]
    [InlineData("[9223372036854775807,-9223372036854775808,9223372036854775808,123456789012345678901234567890]")]
    [InlineData("[0.1234567890123456789,3.14159265358979323846264338327950288419716939937510]")]
    [InlineData("[\"\",\"é🧪\",\"\\u001b\\n\",\"\\\\\",null,true,false,{},[],[[[]]]]")]
    [InlineData("\"alone\"")]
    [InlineData("0")]
    public void Text_is_written_as_it_was_read(string text)
    {
        Assert.Equal(text, JsonText.Parse(text).ToString(Formatting.None));
        Assert.Equal(text, JsonText.Parse($"\uFEFF \t\r\n{text}\n ").ToString(Formatting.None));
    }

    [Fact]
    public void Numbers_keep_their_text_within_another_value()
    {
        const string Text = "{\"a\":1.50,\"b\":[1e2]}";
        var first = new JObject { ["x"] = JsonText.Parse(Text) };
        var second = new JObject { ["x"] = first["x"] };
        Assert.Equal($"{{\"x\":{Text}}}", second.ToString(Formatting.None));
    }

    [Theory]
    [InlineData("7", 7L)]
    [InlineData("-7", -7L)]
    [InlineData("999999999999999999", 999999999999999999L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("1.5", 1.5)]
    [InlineData("1e2", 100.0)]
    [InlineData("-0", -0.0)]
    [InlineData("12345678.123456789", 12345678.123456789)]
    [InlineData("5e-324", 5e-324)]
    [InlineData("0.30000000000000004", 0.30000000000000004)]
    public void Numbers_are_read_with_their_value(string text, object value)
    {
        Assert.Equal(value, Plain(text));
        Assert.Equal(text == "-0", Plain(text) is double d && double.IsNegative(d));
    }

    [Fact]
    public void Numbers_that_are_too_long_for_the_usual_types_are_read_as_larger_types()
    {
        Assert.Equal(BigInteger.Parse("123456789012345678901234567890", CultureInfo.InvariantCulture), Plain("123456789012345678901234567890"));
        Assert.Equal(0.1234567890123456789m, Plain("0.1234567890123456789"));
    }

    [Fact]
    public void Doubles_are_read_as_the_runtime_reads_them()
    {
        var random = new Random(1);
        for (var i = 0; i < 100_000; i++)
        {
            var value = i % 2 == 0
                ? BitConverter.Int64BitsToDouble(random.NextInt64())
                : Math.Round(random.NextDouble() * Math.Pow(10, random.Next(1, 10)), random.Next(0, 6));
            if (!double.IsFinite(value))
                continue;
            var text = value.ToString("R", CultureInfo.InvariantCulture);
            Assert.Equal(value, Convert.ToDouble(Plain(text), CultureInfo.InvariantCulture));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{a: 0123}")]
    [InlineData("{a: 1}")]
    [InlineData("{'a': 1}")]
    [InlineData("'a'")]
    [InlineData("[\"a', \"b\"]")]
    [InlineData("0123")]
    [InlineData("0x1F")]
    [InlineData("+1")]
    [InlineData(".5")]
    [InlineData("1.")]
    [InlineData("-")]
    [InlineData("1e")]
    [InlineData("1e400")]
    [InlineData("1e-400")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    [InlineData("undefined")]
    [InlineData("True")]
    [InlineData("nul")]
    [InlineData("nulls")]
    [InlineData("new Date(1)")]
    [InlineData("/* a */ 1")]
    [InlineData("1 // a")]
    [InlineData("1 2")]
    [InlineData("{} {}")]
    [InlineData("[1,]")]
    [InlineData("[,1]")]
    [InlineData("[1,,2]")]
    [InlineData("[1 2]")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{,}")]
    [InlineData("{\"a\"}")]
    [InlineData("{\"a\" 1}")]
    [InlineData("{\"a\":}")]
    [InlineData("{\"a\":1")]
    [InlineData("[1")]
    [InlineData("[1}")]
    [InlineData("]")]
    [InlineData("\"a")]
    [InlineData("\"a\\")]
    [InlineData("\"\\x41\"")]
    [InlineData("\"\\u12\"")]
    [InlineData("\"\\u12g4\"")]
    [InlineData("\"a\tb\"")]
    [InlineData("\"a\nb\"")]
    [InlineData("1\0")]
    [InlineData("\u00A01")]
    public void Invalid_JSON_is_an_error(string text) => Assert.ThrowsAny<JsonException>(() => JsonText.Parse(text));

    [Fact]
    public void An_error_has_a_line_and_a_column()
    {
        var error = Assert.Throws<JsonReaderException>(() => JsonText.Parse("{\n  \"a\": 0123\n}"));
        Assert.Equal((2, 9), (error.LineNumber, error.LinePosition));
        Assert.Contains("Line 2, column 9", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_string_keeps_all_its_characters() => Assert.Equal("\" \\ / \b \f \n \r \t é 🧪 \ud83d", (string?)JsonText.Parse("""
        "\" \\ \/ \b \f \n \r \t \u00e9 \ud83e\uddea \ud83d"
        """));

    [Fact]
    public void The_last_value_of_a_duplicate_name_is_used_or_the_name_is_an_error()
    {
        Assert.Equal("{\"a\":3,\"b\":2}", JsonText.Parse("{\"a\":1,\"b\":2,\"a\":3}").ToString(Formatting.None));
        Assert.Contains(
            "the name \"a\" twice",
            Assert.Throws<JsonReaderException>(() => JsonText.Parse("[{\"a\":1,\"b\":2,\"a\":3}]", allowDuplicates: false)).Message,
            StringComparison.Ordinal);
        Assert.Equal(2, ((JObject)JsonText.Parse("{\"a\":1,\"A\":2}", allowDuplicates: false)).Count);
    }

    [Fact]
    public void A_value_that_is_nested_too_deeply_or_too_long_is_an_error()
    {
        Assert.Throws<JsonReaderException>(() => JsonText.Parse(new string('[', 100_000)));
        Assert.Throws<JsonReaderException>(() => JsonText.Parse(new string('1', 1_000_000)));
        Assert.Equal(200, JsonText.Parse(new string('[', 200) + new string(']', 200)).ToString(Formatting.None).Count(c => c == '['));
    }

    [Fact]
    public void Plain_values_keep_their_order_and_their_numbers()
    {
        var plain = Assert.IsType<OrderedDictionary>(JsonText.ToPlain(JsonText.Parse("{\"z\":1,\"a\":[1.50,null,\"2024-01-01\"]}")));
        Assert.Equal(["z", "a"], plain.Keys.Cast<string>());
        Assert.Equal(new object?[] { 1.5, null, "2024-01-01" }, Assert.IsType<object?[]>(plain["a"]));
    }

    [Fact]
    public void Items_of_a_list_share_equal_objects_and_keep_others_apart()
    {
        static string Item(int id, string sequence) =>
            $"{{\"id\":{id},\"sequence\":{{\"id\":\"{sequence}\",\"config\":{{\"name\":\"a name that is long enough to be shared, é\"}}}} }}";

        var text = $"[{Item(1, "a")},{Item(2, "b")}, {Item(3, "a")},{Item(4, "ab")},\n{Item(5, "b")}]";
        var items = ReadItems(text);
        var sequences = items.Select(i => ((JsonMap)i!).Find("sequence")).ToArray();
        Assert.Equal(["a", "b", "a", "ab", "b"], sequences.Select(JsonFields.IdOf));
        Assert.Same(sequences[0], sequences[2]);
        Assert.Same(sequences[1], sequences[4]);
        Assert.Equal(JToken.Parse(text).ToString(Formatting.None), JsonText.ToToken(items).ToString(Formatting.None));
        Assert.Throws<JsonReaderException>(() => ReadItems(text + "]"));
        Assert.Throws<JsonReaderException>(() => ReadItems(text.Substring(0, text.Length - 1)));
    }

    [Fact]
    public void An_object_can_have_many_fields_and_the_last_of_equal_names_counts()
    {
        var text = "{" + string.Join(",", Enumerable.Range(0, 1000).Select(i => $"\"n{i % 500}\":{i}")) + "}";
        var map = Assert.IsType<JsonMap>(JsonText.ReadObject(text));
        Assert.Equal(500, map.Count);
        Assert.All(Enumerable.Range(0, 500), i => Assert.Equal((long)i + 500, map.Find($"n{i}")));
        Assert.Null(map.Find("n500"));
        Assert.True(JsonMap.AreEqual(map, JsonMap.From((JObject)JsonText.Parse(text))));
        Assert.False(JsonMap.AreEqual(map, JsonText.ReadObject(text.Replace("999", "998"))));
    }

    [Fact]
    public void Only_fields_that_were_not_read_are_left_over()
    {
        var fields = new JsonFields(JsonText.ReadObject("{\"id\":\"x\",\"a\":1.50,\"b\":null,\"c\":[{\"id\":\"y\"},\"z\"],\"d\":{\"e\":\"7\"}}")!);
        Assert.Equal("x", fields.RequiredId());
        Assert.Equal(["y", "z"], fields.Ids("c")!);
        Assert.Equal(7, fields.Object("d")!.Integer("e"));
        Assert.Null(fields.Text("f"));
        Assert.Equal(["a", "b"], fields.Rest().Keys);
        Assert.Equal(1.5, fields.Rest()["a"]);
        Assert.Equal("{\"e\":\"7\"}", fields.Token<JObject>("d")!.ToString(Formatting.None));
        Assert.Null(fields.Token<JArray>("d"));
    }

    [Fact]
    public void A_text_that_is_empty_has_no_value()
    {
        Assert.True(JsonText.Read([], 0, static json => json is null));
        Assert.True(JsonText.Read([(byte)' ', (byte)'\n', (byte)'1'], 2, static json => json is null));
    }

    private static object?[] ReadItems(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return JsonText.Read(bytes, bytes.Length, static json => json!.ReadItems()!.ToArray());
    }

    private static object? Plain(string text) => JsonText.ToPlain(JsonText.Parse(text));
}
