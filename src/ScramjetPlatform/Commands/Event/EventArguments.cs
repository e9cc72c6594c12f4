using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Scramjet.Client;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform;

/// <summary>
/// The values of a command for events of instances. The first value on the command line is the instance. If instances come from the pipeline, it is the
/// event's name instead, and the next value moves up too.
/// </summary>
internal sealed class EventArguments
{
    private readonly bool _isInstancePiped;

    /// <param name="line">The command line.</param>
    /// <param name="instance">The value of -Instance.</param>
    /// <param name="eventName">The value of -EventName.</param>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: there is no name.</exception>
    public EventArguments(CommandLine line, InstanceReference[] instance, string eventName)
    {
        EventName = eventName;
        if (line.ExpectsInput && line.HasByPosition("Instance"))
        {
            var values = new Queue<object?>([instance.FirstOrDefault()?.Value]);
            if (line.HasByPosition("EventName"))
                values.Enqueue(eventName);
            if (!line.Has("EventName") || line.HasByPosition("EventName"))
                EventName = values.Dequeue()?.ToString() ?? "";
            HasRest = values.Count > 0;
            Rest = HasRest ? values.Dequeue() : null;
            line.LeaveToPipeline("Instance");
            _isInstancePiped = true;
        }

        if (EventName.Length == 0)
            throw new ScramjetException(ErrorCodes.BadParameters, "The event has no name.", "Specify its name with -EventName.");
    }

    /// <summary>The event's name.</summary>
    public string EventName { get; }

    /// <summary>Whether a value after the event's name has moved up.</summary>
    public bool HasRest { get; }

    /// <summary>The value after the event's name.</summary>
    public object? Rest { get; }

    /// <summary>Returns the instances of a record.</summary>
    public InstanceReference[] GetInstances(InstanceReference[] instance, object? input) =>
        _isInstancePiped ? [LanguagePrimitives.ConvertTo<InstanceReference>(input)] : instance;

    /// <summary>Throws if there is a value that the command has no parameter for.</summary>
    public void RequireNoRest()
    {
        if (HasRest)
        {
            throw TerminatingError.BadParameters(
                $"There is no parameter for the value '{Rest}'.",
                "The instances come from the pipeline. Specify only the event's name.",
                Rest);
        }
    }
}
