using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Scramjet.Client;
using ScramjetPlatform.Completion;

namespace ScramjetPlatform.Pipeline;

/// <summary>
/// A cmdlet about events of instances. The instance is the first value on the command line, or comes from the pipeline: then the first value is
/// the event's name.
/// </summary>
public abstract class InstanceEventCmdlet : InstanceActionCmdlet
{
    private bool _instanceIsPiped;

    [Parameter(Position = 1)]
    [Alias("Name")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EventNameCompleter))]
    public string EventName { get; set; } = "";

    /// <summary>The instances that this record names.</summary>
    private protected override InstanceReference[] Instances => _instanceIsPiped ? [LanguagePrimitives.ConvertTo<InstanceReference>(InputObject)] : Instance;

    private protected override void Begin()
    {
        if (MyInvocation.ExpectingInput && IsPositional(nameof(Instance)))
        {
            var values = new Queue<object?>([Instance.FirstOrDefault()?.Value]);
            if (IsPositional(nameof(EventName)))
                values.Enqueue(EventName);
            if (!IsOnCommandLine(nameof(EventName)) || IsPositional(nameof(EventName)))
                EventName = values.Dequeue()?.ToString() ?? "";
            if (values.Count > 0)
                TakeMessage(values.Dequeue());
            LeaveToPipeline(nameof(Instance));
            _instanceIsPiped = true;
        }

        if (EventName.Length == 0)
            Fail(new ScramjetException(ErrorCodes.BadParameters, "The event has no name.", "Give its name with -EventName."));
        ScramjetSession.Current.Remember(EventName);
    }

    /// <summary>Takes the value behind the event's name on the command line.</summary>
    private protected virtual void TakeMessage(object? message) =>
        Fail(new ScramjetException(ErrorCodes.BadParameters, $"'{message}' is one value too many.", "The instances come from the pipeline: give the event's name alone."), message);
}
