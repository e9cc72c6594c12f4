using Newtonsoft.Json;
using Scramjet.Client.Model;
using Xunit;

namespace Scramjet.Client.Tests;

/// <summary>YAML as JSON.</summary>
public sealed class YamlTextTests
{
    [Theory]
    [InlineData("0123", "123")]
    [InlineData("+5", "5")]
    [InlineData("-.5", "-0.5")]
    [InlineData("5.", "5")]
    [InlineData("1e3", "1e3")]
    [InlineData("12345678901234567890123", "12345678901234567890123")]
    [InlineData("0.1234567890123456789", "0.1234567890123456789")]
    [InlineData("1_000", "\"1_000\"")]
    [InlineData("0x1F", "\"0x1F\"")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    [InlineData(".", "\".\"")]
    [InlineData("+", "\"+\"")]
    [InlineData("2024-01-01T00:00:00+05:30", "\"2024-01-01T00:00:00+05:30\"")]
    [InlineData("'12'", "\"12\"")]
    [InlineData("!!str 12", "\"12\"")]
    [InlineData("~", "null")]
    [InlineData("True", "true")]
    [InlineData("yes", "\"yes\"")]
    public void Values_are_those_of_the_core_schema_and_keep_their_digits(string yaml, string json) =>
        Assert.Equal(json, YamlText.Parse(yaml, TestContext.Current.CancellationToken).ToString(Formatting.None));

    [Fact]
    public void Aliases_are_copies()
    {
        var value = YamlText.Parse("a: &a { x: [1] }\nb: *a\n&k c: { *k : 1 }\n", TestContext.Current.CancellationToken);
        Assert.Equal("""{"a":{"x":[1]},"b":{"x":[1]},"c":{"c":1}}""", value.ToString(Formatting.None));
        Assert.NotSame(value["a"], value["b"]);
    }
}
