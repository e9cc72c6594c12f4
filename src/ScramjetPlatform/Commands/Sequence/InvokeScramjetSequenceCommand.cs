using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Scramjet.Client;
using Scramjet.Client.Model;
using Scramjet.Client.Streams;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Conversion;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Pipeline;
using ScramjetPlatform.Scope;
using ScramjetPlatform.Streams;

namespace ScramjetPlatform;

/// <summary>Uses a sequence as a filter: starts an instance, sends it the pipeline, and writes its output at the same time.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "ScramjetSequence", SupportsShouldProcess = true, DefaultParameterSetName = SequenceSet)]
[OutputType(typeof(PSObject), typeof(string), typeof(byte[]))]
public sealed class InvokeScramjetSequenceCommand : DataCmdlet
{
    private const string SequenceSet = "Sequence";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private PipelineSender _sender = null!;
    private SequenceInvocation _invocation = null!;

    [Parameter(Mandatory = true, HelpMessage = "The id or name of a sequence.", Position = 0, ParameterSetName = SequenceSet)]
    [Alias("SequenceId")]
    [ArgumentCompleter(typeof(SequenceCompleter))]
    public SequenceReference? Sequence { get; set; }

    [Parameter]
    public SwitchParameter Latest { get; set; }

    [Parameter(Mandatory = true, HelpMessage = "The path of a package or a folder.", ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    [Parameter(Mandatory = true, HelpMessage = "The path of a package or a folder, without wildcards.", ParameterSetName = LiteralPathSet)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string? LiteralPath { get; set; }

    [Parameter]
    public SwitchParameter RemoveAfter { get; set; }

    [Parameter]
    [ValidateNotNull]
    [NoCompletion]
    public object? AppConfig { get; set; }

    [Parameter]
    [Alias("Args")]
    [AllowEmptyCollection]
    [AllowNull]
    public object?[]? ArgumentList { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContentTypeCompleter))]
    public string? OutputContentType { get; set; }

    [Parameter]
    [ValidateRange(1, 200)]
    [NoCompletion]
    public int InstanceCount { get; set; } = 1;

    [Parameter]
    public SwitchParameter Ordered { get; set; }

    [Parameter]
    [ValidateRange(1, 100)]
    [NoCompletion]
    public int Retry { get; set; }

    private object Target => (object?)Sequence ?? Path ?? LiteralPath!;

    private protected override int MaxRecords => 1;

    private protected override void Begin()
    {
        base.Begin();
        CheckCombination();
        var path = Sequence is null ? ResolveOnePath(Path, LiteralPath) : null;
        var deal = new RecordDeal(Context.Output, InstanceCount > 1, Ordered);
        var placement = new SequencePlacement(Context, Sequence is null ? Places.Scope : Places.ScopeFor([Sequence]), InstanceCount)
        {
            IsWhatIf = IsWhatIf,
            RemovesAfter = RemoveAfter,
        };
        _invocation = new SequenceInvocation(Context, CreateOptions(), deal, placement);
        _sender = new PipelineSender(Context, ContentType, Target)
        {
            Start = StartInBackground,
            Deal = deal,
            RunDeal = () => _invocation.RunAsync(() => path is null ? placement.FindAsync(Sequence!, Latest) : placement.PublishAsync(path)),
            HasOutput = true,
        };
    }

    private protected override Task ProcessAsync() => _sender.SendRecordAsync(CommandLine, InputObject);

    private protected override async Task EndAsync()
    {
        await _sender.EndAsync().ConfigureAwait(false);
        _invocation.ReportUnsent();
    }

    private void CheckCombination()
    {
        if (CommandLine.ExpectsInput && CommandLine.Has(nameof(InputObject)))
        {
            throw TerminatingError.BadParameters(
                "The input comes from the pipeline, and from -InputObject or a value without a name as well.",
                "Specify one of them. With -Path, no sequence is named.",
                InputObject);
        }

        if (RemoveAfter && Sequence is not null)
        {
            throw TerminatingError.BadParameters(
                "-RemoveAfter requires -Path or -LiteralPath, because only a sequence that the command has published is removed.",
                "To remove another sequence, use Remove-ScramjetSequence.");
        }

        if (Latest && Sequence is null)
        {
            throw TerminatingError.BadParameters(
                "-Latest requires -Sequence, because a sequence that is published is the newest one.",
                "Omit -Latest, or specify the sequence by its name.");
        }

        if (CommandLine.Has(nameof(Retry)) && !Ordered)
        {
            throw TerminatingError.BadParameters(
                "-Retry requires -Ordered, because otherwise it isn't known which records an instance has answered.",
                "Use -Ordered too, if the sequence writes one value for each record.");
        }

        if ((Ordered || InstanceCount > 1) && new[] { ContentType, OutputContentType }.Contains(ContentTypes.Bytes))
        {
            throw TerminatingError.BadParameters(
                $"-{(Ordered ? nameof(Ordered) : nameof(InstanceCount))} requires records, but {ContentTypes.Bytes} has none.",
                $"Use {ContentTypes.NdJson} or {ContentTypes.Text}.");
        }
    }

    private InvocationOptions CreateOptions()
    {
        try
        {
            return new InvocationOptions
            {
                Start = new StartOptions
                {
                    AppConfig = PSJson.ObjectFrom(AppConfig, nameof(AppConfig)),
                    ArgumentList = ArgumentList is null ? null : (JArray)PSJson.From(ArgumentList),
                },
                OutputContentType = OutputContentType,
                Verbose = ShowsVerbose,
                RemoveAfter = RemoveAfter,
                Retries = Retry,
                Target = Target,
            };
        }
        catch (ScramjetException e)
        {
            throw new TerminatingError(e, AppConfig);
        }
    }
}
