using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Scramjet.Client;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform.Binding;

/// <summary>Distinguishes the parameters on a command's command line from those that the pipeline binds.</summary>
internal sealed class CommandLine
{
    /// <summary>The type of the value that PowerShell binds for a script block, such as <c>-Hub { $_.Id }</c>, until a record provides its value.</summary>
    private const string DelayedArgument = "DelayedScriptBlockArgument";

    private readonly InvocationInfo _invocation;
    private readonly HashSet<string> _given;
    private readonly ParameterMetadata[] _parameters;
    private readonly string[] _delayed;

    public CommandLine(InvocationInfo invocation)
    {
        _invocation = invocation;
        _given = new HashSet<string>(invocation.BoundParameters.Keys, StringComparer.OrdinalIgnoreCase);
        _parameters = [.. invocation.MyCommand.Parameters.Values];
        _delayed = [.. ReferencesGiven.Where(name => invocation.BoundParameters[name]?.GetType().Name == DelayedArgument)];
    }

    /// <summary>The name of the command.</summary>
    public string Command => _invocation.MyCommand.Name;

    /// <summary>Whether the command changes something and has -WhatIf.</summary>
    public bool Changes => _invocation.MyCommand.Parameters.ContainsKey("WhatIf");

    /// <summary>Whether the command receives input from the pipeline.</summary>
    public bool ExpectsInput => _invocation.ExpectingInput;

    /// <summary>Returns whether a parameter is on the command line.</summary>
    public bool Has(string parameter) => _given.Contains(parameter);

    /// <summary>Returns whether a parameter is on the command line without its name.</summary>
    public bool HasByPosition(string parameter)
    {
        if (!Has(parameter))
            return false;
        var byPosition = PSObject.AsPSObject(_invocation.BoundParameters).Properties["BoundPositionally"]?.Value as IEnumerable;
        return byPosition?.Cast<object>().Contains(parameter) != false;
    }

    /// <summary>Treats a parameter as bound by the pipeline although the command line has a value in its position.</summary>
    public void LeaveToPipeline(string parameter) => _given.Remove(parameter);

    /// <summary>
    /// Returns the error for a name that is empty, or null if there is none. An empty name, such as a variable that was never set, must not mean all.
    /// </summary>
    public ScramjetException? FindEmptyName() => FindEmptyName(ReferencesGiven.Except(_delayed));

    /// <summary>Returns the error for a record that can't be used, or null if it can.</summary>
    /// <param name="piped">The record's object.</param>
    /// <param name="accepted">The kinds of objects that the command accepts.</param>
    /// <param name="input">The name of the parameter for the object.</param>
    public ScramjetException? Refuse(PipedObject piped, PipedKind accepted, string input)
    {
        if (FindEmptyName(_delayed) is { } empty)
            return empty;

        var byParameter = Has(input);
        if (piped.Value is null)
        {
            return !byParameter && !ExpectsInput ? null : new ScramjetException(
                ErrorCodes.BadParameters,
                byParameter ? $"-{input} is empty." : "The object from the pipeline is null.",
                "Check the variable, or the command before the pipe.");
        }

        if (piped.Kind != PipedKind.Other)
        {
            var kind = piped.Kind == PipedKind.Record ? "this object" : PipedKinds.Describe(piped.Kind);
            return (piped.Kind & accepted) != 0 ? null : new ScramjetException(
                ErrorCodes.BadParameters,
                $"{Command} can't use {kind} ('{piped.Value}') from the pipeline.",
                $"Pipe {PipedKinds.Describe(accepted)}.");
        }

        if (!byParameter && FindUnusableColumn(piped, input) is { } column)
        {
            return new ScramjetException(
                ErrorCodes.BadParameters,
                $"The row's column '{column.Name}' has a value that -{column.Parameter} can't use: '{column.Value}'.",
                "Correct the value, or remove the column.");
        }

        // An object that sets no parameter must not mean all.
        if (!byParameter && (_delayed.Length > 0 || _parameters.Any(p => p.Name != input && IsFromRecord(p.Name))))
            return null;

        return new ScramjetException(
            ErrorCodes.BadParameters,
            $"{Command} can't use '{piped.Value}' ({piped.Value.GetType().Name}) from the pipeline.",
            $"Pipe {PipedKinds.Describe(accepted)}, or objects whose properties have the names of parameters.");
    }

    /// <summary>Returns the columns of a row that specify a place but are empty, completely or in part. They must not mean all places.</summary>
    public IEnumerable<string> FindEmptyPlaces(PipedObject piped) => piped.Kind == PipedKind.Other && IsRow(piped)
        ? new[] { "Hub", "Space" }.Where(name => !Has(name) && PSObject.AsPSObject(piped.Value!).Properties[name] is { } column && HasEmpty(column.Value))
        : [];

    /// <summary>Removes the values of a record from the list of bound parameters, in which PowerShell leaves them.</summary>
    public void EndRecord()
    {
        foreach (var name in _invocation.BoundParameters.Keys.Where(n => !_given.Contains(n)).ToArray())
            _invocation.BoundParameters.Remove(name);
    }

    /// <summary>Returns whether an object is outside of the places of -Hub or -Space on the command line.</summary>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: a name isn't a valid pattern.</exception>
    public bool Excludes(PipedObject piped) => Excludes(piped, "Hub", PipedKind.Hub) || Excludes(piped, "Space", PipedKind.Space);

    private bool Excludes(PipedObject piped, string parameter, PipedKind kind)
    {
        if (!Has(parameter) || _delayed.Contains(parameter) || piped.Value is null or string or ScramjetConnection)
            return false;
        var column = piped.Kind == kind ? "Id" : parameter;
        if (PSObject.AsPSObject(piped.Value).Properties[column]?.Value?.ToString() is not { Length: > 0 } place)
            return false;
        var references = ReferencesOf(parameter);
        return references.Length > 0 && !Array.Exists(references, r => new TextPattern(r.ToString()).IsMatch(place));
    }

    /// <summary>Returns whether the current record has bound a parameter.</summary>
    private bool IsFromRecord(string parameter) => !Has(parameter) && _invocation.BoundParameters.ContainsKey(parameter);

    /// <summary>
    /// Returns the column of a row whose value can't be converted to the type of its parameter. PowerShell ignores such a column, so the command would run
    /// without it. Empty places are another error.
    /// </summary>
    private (string Name, string Parameter, object? Value)? FindUnusableColumn(PipedObject piped, string input)
    {
        if (piped.Value is null or string or ValueType)
            return null;
        var row = PSObject.AsPSObject(piped.Value);
        foreach (var parameter in ColumnParameters)
        {
            if (parameter.Name == input || IsFromRecord(parameter.Name) || parameter.ParameterSets.Values.Any(s => s.ValueFromPipeline))
                continue;
            var value = ColumnOf(row, parameter);
            if (value?.Value is { } given && given is not "" && !HasEmpty(given))
                return (value.Name, parameter.Name, given);
        }

        return null;
    }

    private static bool HasEmpty(object? value)
    {
        var plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        return plain is IList list ? list.Count == 0 || list.Cast<object?>().Any(HasEmpty) : string.IsNullOrEmpty(plain?.ToString());
    }

    private IEnumerable<string> ReferencesGiven =>
        _parameters.Where(p => Has(p.Name) && IsReference(p.ParameterType)).Select(p => p.Name);

    private static bool IsReference(Type type) => typeof(EntityReference).IsAssignableFrom(type.GetElementType() ?? type);

    /// <summary>The parameters that columns of a row can bind.</summary>
    private IEnumerable<ParameterMetadata> ColumnParameters =>
        _parameters.Where(p => !Has(p.Name) && p.ParameterSets.Values.Any(s => s.ValueFromPipelineByPropertyName));

    private static PSPropertyInfo? ColumnOf(PSObject row, ParameterMetadata parameter) =>
        parameter.Aliases.Prepend(parameter.Name).Select(name => row.Properties[name]).FirstOrDefault(column => column is not null);

    private EntityReference[] ReferencesOf(string parameter) => _invocation.BoundParameters[parameter] switch
    {
        EntityReference one => [one],
        EntityReference[] many => many,
        _ => [],
    };

    private bool IsRow(PipedObject piped)
    {
        if (piped.Value is null or string or ValueType)
            return false;
        var row = PSObject.AsPSObject(piped.Value);
        return _delayed.Length > 0 || row.Properties["Id"] is not null || ColumnParameters.Any(p => ColumnOf(row, p) is not null);
    }

    private ScramjetException? FindEmptyName(IEnumerable<string> parameters)
    {
        var empty = parameters.FirstOrDefault(name =>
        {
            var references = ReferencesOf(name);
            return references.Length == 0 || Array.Exists(references, r => r is null || r.IsEmpty);
        });
        return empty is null ? null : new ScramjetException(ErrorCodes.BadParameters, $"-{empty} is empty.", "Specify a name, or * for all.");
    }
}
