using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>Conventions for all objects that cmdlets write: in JSON, in files, in lists, and in comparisons.</summary>
public sealed class ObjectTests(ObjectSamples samples) : IClassFixture<ObjectSamples>
{
    private const int LongestJson = 2000;

    /// <summary>The properties whose form the user's program, package or hub determines.</summary>
    private static readonly HashSet<string> s_payloads = ["AppConfig", "ArgumentList", "Limits", "Data", "Message", "Settings", "AdditionalData"];

    private static readonly Assembly s_client = Assembly.LoadFrom(Path.Combine(Engine.RepositoryRoot, "bin/Scramjet.Client.dll"));
    private static readonly Assembly s_module = Assembly.LoadFrom(Path.Combine(Engine.RepositoryRoot, "bin/ScramjetPlatform.dll"));

    /// <summary>The module's types that its cmdlets write.</summary>
    public static TheoryData<string> Types => [.. s_module.GetTypes()
        .SelectMany(t => t.GetCustomAttributes<OutputTypeAttribute>())
        .SelectMany(a => a.Type)
        .Select(t => t.Type)
        .Where(t => t.Assembly == s_module || t.Assembly == s_client)
        .Select(t => t.FullName!)
        .Distinct()
        .Order(StringComparer.Ordinal)];

    private Engine Session => samples.Session;

    [Fact]
    public void Every_type_that_cmdlets_write_has_a_sample() => Assert.Equal(Types.Select(t => t.Data).Order(), ObjectSamples.Scripts.Keys.Order());

    [Theory]
    [MemberData(nameof(Types))]
    public void The_JSON_of_an_object_is_flat_and_complete(string type)
    {
        // Several objects are an array, which is a level of its own.
        var result = Session.Run($"$o = @({ObjectSamples.Scripts[type]}); $o + $o | ConvertTo-Json");
        Assert.Empty(result.Errors);
        if (type != "ScramjetPlatform.ScramjetConfiguration")
            Assert.Empty(result.Warnings);

        var objects = JsonDocument.Parse((string)Assert.Single(result.Output).BaseObject).RootElement.EnumerateArray().ToArray();
        Assert.NotEmpty(objects);
        Assert.All(objects, o => Assert.True(o.GetRawText().Length < LongestJson, $"{o.GetRawText().Length} characters of JSON are much for a {type}."));
        foreach (var property in objects.SelectMany(o => o.EnumerateObject()).Where(p => !s_payloads.Contains(p.Name)))
        {
            var values = property.Value.ValueKind switch
            {
                JsonValueKind.Array => property.Value.EnumerateArray().ToArray(),
                JsonValueKind.Object => property.Value.EnumerateObject().Select(p => p.Value).ToArray(),
                _ => [],
            };
            Assert.All(values, v => Assert.False(v.ValueKind is JsonValueKind.Array or JsonValueKind.Object, $"{property.Name} is nested: {v.GetRawText()}"));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void No_property_is_an_enumeration(string type) =>
        Assert.Empty(Enumerations(s_module.GetType(type) ?? s_client.GetType(type, throwOnError: true)!, []));

    private static IEnumerable<string> Enumerations(Type type, HashSet<Type> seen)
    {
        type = Nullable.GetUnderlyingType(type) ?? type.GetElementType() ?? (type.IsGenericType ? type.GetGenericArguments()[^1] : type);
        if (type.IsEnum)
            return [type.Name];
        if (!seen.Add(type) || (type.Assembly != s_module && type.Assembly != s_client))
            return [];
        return type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .SelectMany(p => Enumerations(p.PropertyType, seen).Select(name => $"{type.Name}.{p.Name}: {name}"));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void An_object_from_a_file_has_its_values_and_views(string type)
    {
        var file = Path.GetTempFileName();
        try
        {
            Session.Set("file", file);
            Session.Get($"$o = @({ObjectSamples.Scripts[type]}); $o | Export-Clixml $file; $back = @(Import-Clixml $file)");
            Assert.Equal(View("$o | Out-String -Width 120"), View("$back | Out-String -Width 120"));
            Assert.Equal(Labels("$o"), Labels("$back"));
            foreach (var word in new[] { "Status", "Level", "Kind" })
                Assert.Equal(Words("$o", word), Words("$back", word));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_list_shows_all_properties(string type)
    {
        Session.Get($"$o = @({ObjectSamples.Scripts[type]})");
        var shown = Session.Get("$o[0].PSStandardMembers.DefaultDisplayPropertySet.ReferencedPropertyNames").Select(n => (string)n.BaseObject).ToArray();
        Assert.NotEmpty(shown);
        Assert.All(shown, name => Assert.True((bool)Session.Single($"[bool]$o[0].PSObject.Properties['{name}']").BaseObject, $"There is no {name}."));
        Assert.Equal(shown, Labels("$o[0]"));
        Assert.NotEqual(type, Session.Single("$o[0].ToString()").BaseObject);
    }

    [Theory]
    [InlineData("Scramjet.Client.Model.Space")]
    [InlineData("Scramjet.Client.Model.Hub")]
    [InlineData("Scramjet.Client.Model.Sequence")]
    [InlineData("Scramjet.Client.Model.Instance")]
    [InlineData("Scramjet.Client.Model.Topic")]
    [InlineData("Scramjet.Client.Model.AccessKey")]
    [InlineData("Scramjet.Client.Model.StoreItem")]
    [InlineData("ScramjetPlatform.ScramjetTreeNode")]
    public void Two_objects_of_one_resource_are_equal(string type)
    {
        Session.Get($"$a = @({ObjectSamples.Scripts[type]} | Sort-Object); $b = @({ObjectSamples.Scripts[type]} | Sort-Object)");
        var count = (int)Session.Single("$a.Count").BaseObject;
        Assert.True(count > 0);
        Assert.False((bool)Session.Single("[object]::ReferenceEquals($a[0], $b[0])").BaseObject);
        Assert.True((bool)Session.Single("$a[0] -eq $b[0]").BaseObject);
        Assert.True((bool)Session.Single("$b[-1] -in $a -and $a -contains $b[0]").BaseObject);
        Assert.Empty(Session.Get("Compare-Object $a $b"));
        foreach (var script in new[] { "$a + $b | Select-Object -Unique", "$a + $b | Sort-Object -Unique", "$a + $b | Group-Object" })
            Assert.Equal((script, count), (script, Session.Get(script).Count));
        Assert.Equal(1, Session.Single("@{ $a[0] = 1 }[$b[0]]").BaseObject);

        // Different resources differ, even with the same id.
        if (count > 1)
            Assert.Equal([], Session.Get("$a[0] -eq $a[1]").Where(b => (bool)b.BaseObject));
        Assert.Equal(count, Session.Get("Compare-Object $a @() -SyncWindow 9").Count);
    }

    [Fact]
    public void Hubs_with_the_same_id_in_two_places_are_different()
    {
        Session.Get("$a = Get-ScramjetHub sth-0 -Connection admin; $b = Get-ScramjetHub sth-0 -Connection real");
        Assert.Equal([false, false], Session.Get("$a -eq $b; $a -in @($b)").Select(b => (bool)b.BaseObject));
        Assert.Equal(2, Session.Get("$a, $b | Select-Object -Unique").Count);
        Assert.Equal(2, Session.Get("Compare-Object $a $b").Count);
    }

    [Theory]
    [InlineData("Scramjet.Client.Model.Instance", "$back")]
    [InlineData("Scramjet.Client.Model.Sequence", "$back")]
    [InlineData("Scramjet.Client.Model.Hub", "$back")]
    [InlineData("ScramjetPlatform.ScramjetTreeNode", "$back | Where-Object Kind -eq Instance")]
    public void An_object_from_a_file_still_identifies_its_resource(string type, string back)
    {
        var file = Path.GetTempFileName();
        try
        {
            Session.Set("file", file);
            var connection = ObjectSamples.Scripts[type].Split("-Connection ")[1];
            Session.Get($"@({ObjectSamples.Scripts[type]}) | Export-Clixml $file; $back = @(Import-Clixml $file)");
            Assert.NotEmpty(Session.Get(back));
            Assert.Equal(
                Session.Get($"({back}).Id | Sort-Object").Select(i => i.BaseObject),
                Session.Get($"({back} | Get-Scramjet{Noun(type)} -Connection {connection}).Id | Sort-Object").Select(i => i.BaseObject));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Noun(string type) => type.Split('.')[^1] is var name && name == "ScramjetTreeNode" ? "Instance" : name;

    private object?[] Words(string objects, string name) =>
        [.. Session.Get($"foreach ($i in {objects}) {{ if ($i.PSObject.Properties['{name}']) {{ $i.{name} }} }}").Select(v => v?.BaseObject)];

    /// <summary>The age of an object changes with time.</summary>
    private string View(string script) => Regex.Replace((string)Session.Single(script).BaseObject, @" +\d+[smhd]\b", " #");

    private string[] Labels(string objects) =>
        [
            .. Regex.Matches((string)Session.Single($"{objects} | Format-List | Out-String -Width 4096").BaseObject, @"^(\w+) *: ", RegexOptions.Multiline)
                .Select(m => m.Groups[1].Value)];
}
