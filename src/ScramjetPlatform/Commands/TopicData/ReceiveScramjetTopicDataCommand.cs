using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Streams;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Completion;
using ScramjetPlatform.Scope;
using ScramjetPlatform.Streams;

namespace ScramjetPlatform;

/// <summary>Writes the data of a topic of a hub or a space, until Ctrl+C, -First or -DurationSec.</summary>
[Cmdlet(VerbsCommunications.Receive, "ScramjetTopicData", SupportsShouldProcess = true)]
[OutputType(typeof(PSObject), typeof(string), typeof(byte[]))]
public sealed class ReceiveScramjetTopicDataCommand : HubCmdlet
{
    private StreamReceiver _receiver = null!;

    [Parameter(Mandatory = true, HelpMessage = "The name of the topic.", Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completion.TopicCompleter))]
    public string Topic { get; set; } = "";

    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContentTypeCompleter))]
    public string? ContentType { get; set; }

    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    [Parameter]
    public SwitchParameter Append { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [NoCompletion]
    public int First { get; set; } = int.MaxValue;

    [Parameter]
    [Alias("TimeoutSec")]
    [ValidateRange(0.001d, 2147483d)]
    [NoCompletion]
    public double? DurationSec { get; set; }

    private protected override double? CallTimeoutSec => StreamTime.CallTimeoutSec(DurationSec);

    private protected override int MaxRecords => int.MaxValue;

    private protected override PipedKind AcceptedInput => PipedKind.Places | PipedKind.Topic;

    private protected override void Begin()
    {
        StreamReceiver.Check(ContentType, OutFile, Append, Force, First);
        _receiver = new StreamReceiver(Context, DurationSec)
        {
            ContentType = AsByteStream ? ContentTypes.Bytes : ContentType,
            First = First,
            File = OutFile is null ? null : ResolveOnePath(null, OutFile),
            Append = Append,
            Replace = Force,
        };
    }

    private protected override Task ProcessAsync()
    {
        var name = Topic;
        return Places.ForEachTopicPlaceAsync(place => ReceiveAsync(place, name));
    }

    private Task ReceiveAsync(PlaceClient place, string name) => _receiver.ReceiveAsync(
        async (time, token) =>
        {
            // Without a content type, the topic's own is used.
            var contentType = ContentType ?? await place.GetTopicTypeAsync(name, token).ConfigureAwait(false);
            var stream = await Context.Bind(place, time).GetTopicStreamAsync(name, contentType ?? ContentTypes.NdJson, token).ConfigureAwait(false);
            stream.ContentType = contentType;
            return stream;
        },
        $"topic {name} of {Places.NameOf(place)}");
}
