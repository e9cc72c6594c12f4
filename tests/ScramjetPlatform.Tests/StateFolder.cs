using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using Scramjet.Testing;

namespace ScramjetPlatform.Tests;

/// <summary>A folder for the state files of a test, and what the commands about them return.</summary>
internal sealed class StateFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("scramjet-state-").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    /// <summary>Returns the path of a file in the folder.</summary>
    public string PathOf(string name) => Path.Combine(_path, name);

    /// <summary>Returns the content of a file in the folder.</summary>
    public string Read(string name) => File.ReadAllText(PathOf(name));

    /// <summary>Writes a file, and returns its path.</summary>
    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    /// <summary>Writes a file with one sequence, and returns its path.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="instances">The list of its instances, in YAML.</param>
    public string Write(TestSequence sequence, string instances) => Write("state.yaml", $"""
        sequences:
          hello:
            path: {sequence.Folder}
            instances:
        {instances}
        """);

    /// <summary>Writes a file with one sequence, which is $file in a session from then on, and makes the hub of the session match it.</summary>
    /// <param name="session">The session.</param>
    /// <param name="sequence">The sequence.</param>
    /// <param name="instances">The list of its instances, in YAML.</param>
    public void Sync(Engine session, TestSequence sequence, string instances)
    {
        session.Set("file", Write(sequence, instances));
        session.Get("Sync-ScramjetState $file");
    }

    public static string Text(PSObject change, string property) => change.Properties[property].Value?.ToString() ?? "";

    /// <summary>The actions and kinds of changes, such as "Add Instance", without the order.</summary>
    public static string[] Plan(IEnumerable<PSObject> changes) =>
        [.. changes.Select(c => $"{Text(c, "Action")} {Text(c, "Kind")}").Order(StringComparer.Ordinal)];

    /// <summary>The same with the hubs, such as "Add Instance on sth-0".</summary>
    public static string[] PlanOfHubs(IEnumerable<PSObject> changes) =>
        [.. changes.Select(c => $"{Text(c, "Action")} {Text(c, "Kind")} on {Text(c, "Hub")}").Order(StringComparer.Ordinal)];

    /// <summary>The results of changes, such as "Add Instance: Done", without the order.</summary>
    public static string[] Results(IEnumerable<PSObject> changes) =>
        [.. changes.Select(c => $"{Text(c, "Action")} {Text(c, "Kind")}: {Text(c, "Result")}").Order(StringComparer.Ordinal)];

    public static string[] Differences(IEnumerable<PSObject> changes) =>
        [.. changes.SelectMany(c => ((IEnumerable)c.Properties["Differences"].Value).Cast<object>().Select(d => d.ToString()!)).Order()];
}
