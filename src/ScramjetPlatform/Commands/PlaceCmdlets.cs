using System.Management.Automation;
using Scramjet.Client.Streams;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>A cmdlet that works on a connection.</summary>
public abstract class ConnectionCmdlet : AsyncCmdlet
{
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ConnectionCompleter))]
    public ScramjetConnection? Connection { get; set; }

    [Parameter(ValueFromPipeline = true)]
    public object? InputObject { get; set; }

    private protected override (string Name, object? Value)? Input => (nameof(InputObject), InputObject);

    private protected override PipedKind AcceptedInput => PipedKind.Connection;

    /// <summary>The places of the record.</summary>
    private protected virtual Places Places => new(Context, CommandLine, Piped, Connection, null, null);
}

/// <summary>A cmdlet that works on spaces, with other objects in the pipeline.</summary>
public abstract class SpaceCmdlet : AsyncCmdlet
{
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SpaceCompleter))]
    public SpaceReference[]? Space { get; set; }

    [Parameter]
    [ValidateRange(1, 1024)]
    [NoCompletion]
    public int ThrottleLimit { get; set; } = DefaultThrottleLimit;

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ConnectionCompleter))]
    public ScramjetConnection? Connection { get; set; }

    [Parameter(ValueFromPipeline = true)]
    public object? InputObject { get; set; }

    private protected override (string Name, object? Value)? Input => (nameof(InputObject), InputObject);

    private protected override int Throttle => ThrottleLimit;

    /// <summary>The places of the record.</summary>
    private protected virtual Places Places => new(Context, CommandLine, Piped, Connection, Space, null);
}

/// <summary>A cmdlet that works on spaces, which can come from the pipeline.</summary>
public abstract class PipedSpaceCmdlet : AsyncCmdlet
{
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SpaceCompleter))]
    public SpaceReference[]? Space { get; set; }

    [Parameter]
    [ValidateRange(1, 1024)]
    [NoCompletion]
    public int ThrottleLimit { get; set; } = DefaultThrottleLimit;

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ConnectionCompleter))]
    public ScramjetConnection? Connection { get; set; }

    [Parameter(ValueFromPipeline = true)]
    public object? InputObject { get; set; }

    private protected override (string Name, object? Value)? Input => (nameof(InputObject), InputObject);

    private protected override PipedKind AcceptedInput => PipedKind.Connection | PipedKind.Space;

    private protected override int Throttle => ThrottleLimit;

    /// <summary>The places of the record.</summary>
    private protected Places Places => new(Context, CommandLine, Piped, Connection, Space, null);
}

/// <summary>A cmdlet that works on hubs, or on objects on hubs.</summary>
public abstract class HubCmdlet : AsyncCmdlet
{
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(HubCompleter))]
    public HubReference[]? Hub { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SpaceCompleter))]
    public SpaceReference[]? Space { get; set; }

    [Parameter]
    [ValidateRange(1, 1024)]
    [NoCompletion]
    public int ThrottleLimit { get; set; } = DefaultThrottleLimit;

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ConnectionCompleter))]
    public ScramjetConnection? Connection { get; set; }

    [Parameter(ValueFromPipeline = true)]
    public object? InputObject { get; set; }

    private protected override (string Name, object? Value)? Input => (nameof(InputObject), InputObject);

    private protected override int Throttle => ThrottleLimit;

    /// <summary>The places of the record.</summary>
    private protected Places Places => new(Context, CommandLine, Piped, Connection, Space, Hub);
}

/// <summary>A cmdlet that sends the pipeline's objects as data. Only the command line specifies the place.</summary>
public abstract class DataCmdlet : AsyncCmdlet
{
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ConnectionCompleter))]
    public ScramjetConnection? Connection { get; set; }

    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SpaceCompleter))]
    public SpaceReference[]? Space { get; set; }

    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(HubCompleter))]
    public HubReference[]? Hub { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContentTypeCompleter))]
    public string? ContentType { get; set; }

    [Parameter]
    [ValidateRange(1, 1024)]
    [NoCompletion]
    public int ThrottleLimit { get; set; } = DefaultThrottleLimit;

    [Parameter(Position = 1, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? InputObject { get; set; }

    private protected override int Throttle => ThrottleLimit;

    private protected override void Begin()
    {
        if (ContentType is not null)
            ContentTypes.Check(ContentType);
    }

    /// <summary>Returns the file to send, or null to send the pipeline. Specifying both is an error.</summary>
    /// <param name="path">The value of -Path.</param>
    /// <param name="literalPath">The value of -LiteralPath.</param>
    /// <param name="targetsArePiped">Whether the pipeline specifies the receivers.</param>
    private protected string? FileToSend(string? path, string? literalPath, bool targetsArePiped)
    {
        if (path is null && literalPath is null)
            return null;
        if (CommandLine.Has(nameof(InputObject)) || (CommandLine.ExpectsInput && !targetsArePiped))
        {
            var (file, data) = (path is null ? "-LiteralPath" : "-Path", CommandLine.Has(nameof(InputObject)) ? "-InputObject" : "the pipeline");
            throw TerminatingError.BadParameters($"Both {file} and {data} specify data to send.", "Specify one of them.");
        }

        return ResolveOnePath(path, literalPath);
    }

    /// <summary>The places on the command line.</summary>
    private protected Places Places => new(Context, CommandLine, default, Connection, Space, Hub);
}
