using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Scramjet.Client;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform.Binding;

/// <summary>Which parameters a command was given on its command line, and which ones its pipeline gives.</summary>
internal sealed class CommandLine
{
    /// <summary>What PowerShell binds for a script block, such as <c>-Hub { $_.Id }</c>, until a record gives its value.</summary>
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

    /// <summary>The command's name.</summary>
    public string Command => _invocation.MyCommand.Name;

    /// <summary>Whether the command changes something, so that it has -WhatIf.</summary>
    public bool Changes => _invocation.MyCommand.Parameters.ContainsKey("WhatIf");

    /// <summary>Whether the command is behind a pipe.</summary>
    public bool ExpectsInput => _invocation.ExpectingInput;

    /// <summary>Whether a parameter was given on the command line, rather than by the pipeline or not at all.</summary>
    public bool Has(string parameter) => _given.Contains(parameter);

    /// <summary>Whether a parameter was given on the command line by its position, without its name.</summary>
    public bool HasByPosition(string parameter)
    {
        if (!Has(parameter))
            return false;
        var byPosition = PSObject.AsPSObject(_invocation.BoundParameters).Properties["BoundPositionally"]?.Value as IEnumerable;
        return byPosition?.Cast<object>().Contains(parameter) != false;
    }

    /// <summary>Treats a parameter as one that the pipeline gives, although the command line has a value in its position.</summary>
    public void LeaveToPipeline(string parameter) => _given.Remove(parameter);

    /// <summary>The error for a name that was given and is empty, such as a variable that was never set: it must not mean all. Null if there is none.</summary>
    public ScramjetException? FindEmptyName() => FindEmptyName(ReferencesGiven.Except(_delayed));

    /// <summary>Why a record can't be used; null if it can.</summary>
    /// <param name="piped">The record's object.</param>
    /// <param name="accepted">The kinds of objects that the command accepts.</param>
    /// <param name="input">The name of the parameter that takes the object.</param>
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
            return (piped.Kind & accepted) != 0 ? null : new ScramjetException(
                ErrorCodes.BadParameters,
                $"{Command} can't use {(piped.Kind == PipedKind.Record ? "this object" : PipedKinds.Describe(piped.Kind))} ('{piped.Value}') from the pipeline.",
                $"Pipe {PipedKinds.Describe(accepted)}.");
        }

        if (!byParameter && (IsRow(piped) || _parameters.Any(p => p.Name != input && !Has(p.Name) && p.ParameterSets.Values.Any(s => s.ValueFromPipeline))))
            return null;

        return new ScramjetException(
            ErrorCodes.BadParameters,
            $"{Command} can't use '{piped.Value}' ({piped.Value.GetType().Name}) from the pipeline.",
            $"Pipe {PipedKinds.Describe(accepted)}, or objects whose properties have the names of parameters.");
    }

    /// <summary>The columns of a row that say where to act and are empty: they must not mean everywhere.</summary>
    public IEnumerable<string> FindEmptyPlaces(PipedObject piped) => piped.Kind == PipedKind.Other && IsRow(piped)
        ? new[] { "Hub", "Space" }.Where(column => !Has(column) && PSObject.AsPSObject(piped.Value!).Properties[column] is { } property && string.IsNullOrEmpty(property.Value?.ToString()))
        : [];

    private IEnumerable<string> ReferencesGiven =>
        _parameters.Where(p => Has(p.Name) && typeof(EntityReference).IsAssignableFrom(p.ParameterType.GetElementType() ?? p.ParameterType)).Select(p => p.Name);

    private bool IsRow(PipedObject piped)
    {
        if (piped.Value is null or string or ValueType)
            return false;
        var row = PSObject.AsPSObject(piped.Value);
        return _delayed.Length > 0
            || row.Properties["Id"] is not null
            || _parameters.Any(p => p.ParameterSets.Values.Any(s => s.ValueFromPipelineByPropertyName) && !Has(p.Name)
                && p.Aliases.Prepend(p.Name).Any(column => row.Properties[column] is not null));
    }

    private ScramjetException? FindEmptyName(IEnumerable<string> parameters)
    {
        var empty = parameters.FirstOrDefault(name =>
        {
            var references = _invocation.BoundParameters[name] switch
            {
                EntityReference one => [one],
                EntityReference[] many => many,
                _ => Array.Empty<EntityReference>(),
            };
            return references.Length == 0 || Array.Exists(references, r => r is null || r.IsEmpty);
        });
        return empty is null ? null : new ScramjetException(ErrorCodes.BadParameters, $"-{empty} is empty.", "Give a name, or * for all.");
    }
}
