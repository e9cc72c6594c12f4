using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using System.Text;
using System.Threading.Tasks;
using Scramjet.Client.Packaging;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Writes a state file of what hubs have.</summary>
[Cmdlet(VerbsData.Export, "ScramjetState", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportScramjetStateCommand : HubCmdlet
{
    private readonly List<CommandScope> _scopes = [];
    private string _path = "";

    [Parameter(Mandatory = true, HelpMessage = "The path of the new state file: .yaml, .yml, .json or .psd1.", Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    [Parameter]
    public SwitchParameter IncludeSecret { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void Begin()
    {
        _path = ResolveOnePath(null, Path);
        StateFileFormat.Check(_path);
        LocalFile.CheckReplaceable(_path, Force);
    }

    private protected override Task ProcessAsync()
    {
        _scopes.Add(Places.Scope);
        return Task.CompletedTask;
    }

    private protected override async Task EndAsync()
    {
        var hubs = await RequestContext.CollectAsync<HubState>(add => Context.ForEachAsync(_scopes, scope => ReadAsync(scope, add))).ConfigureAwait(false);
        if (hubs.Count == 0)
            return;

        var export = new StateExport(hubs, IncludeSecret);
        var text = StateFileFormat.Write(_path, export.Create());
        if (!await ConfirmAsync(_path, $"Write the state of {(hubs.Count == 1 ? hubs[0].Hub : $"{hubs.Count} hubs")}").ConfigureAwait(false))
            return;

        foreach (var warning in export.Warnings)
            Context.Output.PostWarning(warning);
        var bytes = Encoding.UTF8.GetBytes(text);
        LocalFile.Write(_path, Force, file => file.Write(bytes, 0, bytes.Length), isPrivate: IncludeSecret);
        await WriteAsync(await Context.Output.InvokeAsync(() => GetItem(_path)).ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>A hub that several records mean is asked once.</summary>
    private Task ReadAsync(CommandScope scope, System.Func<HubState, Task> add) => new PlaceFinder(Context, scope).ForEachClientAsync(async hub =>
    {
        if (Context.IsFirst(hub))
            await add(await HubState.GetAsync(Context, hub).ConfigureAwait(false)).ConfigureAwait(false);
    });
}
