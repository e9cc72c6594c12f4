using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Scramjet.Client;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Scope;

namespace ScramjetPlatform;

/// <summary>Reads a state file, and compares the hubs of a scope with it.</summary>
internal sealed class StatePlanner : IDisposable
{
    /// <summary>How many hubs a warning names.</summary>
    private const int MaxNamed = 10;

    private readonly CommandContext _context;
    private readonly string _path;
    private readonly Lazy<Task<StateFile>> _file;
    private readonly ConcurrentDictionary<string, bool> _scope = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<Task> _comparisons = [];

    /// <param name="context">The command.</param>
    /// <param name="path">The path of the file. Paths in the file are relative to its folder.</param>
    public StatePlanner(CommandContext context, string path)
    {
        _context = context;
        _path = path;
        _file = new Lazy<Task<StateFile>>(() => ReadAsync(path));
    }

    /// <summary>Compares the hubs that the file is about with it. A hub that can't be asked is an error, and the others are compared.</summary>
    /// <param name="scope">The hubs that the command is about.</param>
    /// <param name="prune">Whether to remove what the file doesn't have.</param>
    /// <param name="body">Called for each hub.</param>
    public Task ForEachAsync(CommandScope scope, bool prune, Func<StatePlan, Task> body)
    {
        var comparison = CompareAsync(scope, prune, body);
        _comparisons.Add(comparison);
        return comparison;
    }

    private async Task CompareAsync(CommandScope scope, bool prune, Func<StatePlan, Task> body)
    {
        var file = await _file.Value.ConfigureAwait(false);
        var seen = new ConcurrentBag<string>();
        var places = new PlaceFinder(_context, scope);
        await places.ForEachHubAsync(async hub =>
        {
            seen.Add(hub.Id);
            var isMeant = file.Includes(hub.Id, hub.Space);
            _scope.TryAdd(hub.Space is null ? hub.Id : $"{hub.Space}/{hub.Id}", isMeant);
            if (!isMeant || !_context.IsFirst(hub.Client))
                return;

            PlaceFinder.RequireConnected(hub);
            hub.Client.Transport.Hide(file.Secrets);
            var plan = StatePlan.Of(file, await HubState.GetAsync(_context, hub.Client).ConfigureAwait(false), prune);
            foreach (var warning in plan.Warnings)
                _context.Output.PostWarning(warning);
            foreach (var problem in plan.Problems)
                _context.Report(problem, hub.Id);
            await body(plan).ConfigureAwait(false);
        }).ConfigureAwait(false);

        // A hub outside the scope isn't missing, and one in a space that didn't respond may exist.
        if (scope.Hubs.Length > 0 || scope.Spaces.Length > 0 || places.Failed.Count > 0)
            return;
        foreach (var (hub, location) in file.NamedHubs.Where(named => !seen.Any(named.Hub.IsMatch)))
        {
            _context.Report(
                new ScramjetException(
                    ErrorCodes.NotFound,
                    $"{location}: there is no hub '{hub.Text}'.",
                    "Correct the file, or connect the hub to its space. Get-ScramjetHub lists the hubs."),
                hub.Text);
        }
    }

    /// <summary>Waits for all comparisons, and warns if nothing was compared, because the file is empty or about other hubs.</summary>
    /// <param name="prune">Whether to remove what the file doesn't have.</param>
    public async Task WarnOfNothingAsync(bool prune)
    {
        await Task.WhenAll(_comparisons).IgnoreOutcomeAsync().ConfigureAwait(false);
        if (_file is not { IsValueCreated: true, Value.Status: TaskStatus.RanToCompletion } || _context.HasReported)
            return;

        var file = _file.Value.Result;
        if (file.IsEmpty && !file.Places.NamesHubs)
            Warn("has no sequences and no topics, and names no hubs. Add them, or check the path");
        else if (file.IsEmpty && !prune)
            Warn("has no sequences and no topics. Add them, or use -Prune to remove what its hubs have");
        else if (!_scope.Values.Any(static isMeant => isMeant))
            Warn($"is about other hubs; {DescribeScope()}. Check {StateFile.HubsKey} and {StateFile.SpacesKey} in the file, -Hub, -Space and the context");
    }

    private void Warn(string why) => _context.Output.PostWarning($"Nothing was compared: '{_path}' {why}.");

    private string DescribeScope()
    {
        var hubs = _scope.Keys.OrderBy(h => h, StringComparer.Ordinal).ToArray();
        return hubs.Length == 0 ? "no hub is in scope" : $"the hubs in scope are {StateExport.Some(hubs, MaxNamed)}";
    }

    /// <summary>Closes the packages.</summary>
    public void Dispose()
    {
        if (_file is { IsValueCreated: true, Value.Status: TaskStatus.RanToCompletion })
            _file.Value.Result.Dispose();
    }

    /// <summary>Reads the file, and checks its packages. Nothing is requested from a hub. An error ends the command.</summary>
    private async Task<StateFile> ReadAsync(string path)
    {
        try
        {
            return await ReadAndCheckAsync(path).ConfigureAwait(false);
        }
        catch (ScramjetException e)
        {
            throw new TerminatingError(e, path);
        }
    }

    private async Task<StateFile> ReadAndCheckAsync(string path)
    {
        var file = await Task.Run(() => StateFile.Parse(path, StateFileFormat.Read(path, _context.Cancellation))).ConfigureAwait(false);
        try
        {
            foreach (var sequence in file.Sequences.Where(s => s.Path is not null))
                await CheckAsync(sequence, Path.GetDirectoryName(path) ?? "").ConfigureAwait(false);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private async Task CheckAsync(StateSequence sequence, string folder)
    {
        var path = sequence.Path!;
        try
        {
            var full = Path.GetFullPath(Path.Combine(folder, path.Text()));
            if (!Directory.Exists(full) && !File.Exists(full))
                throw path.Error($"'{full}' doesn't exist", "Correct the path, which is relative to the folder of the file.", NotFound(full));
            sequence.Package = await Packages.CheckAsync(_context, full, label: true).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or PathTooLongException)
        {
            throw path.Error(e.Message.TrimEnd('.'), "Correct the path.");
        }
        catch (ScramjetException e) when (e.InnerException is not ScramjetException)
        {
            throw path.Error(e.Message.TrimEnd('.'), e.RecommendedAction ?? "Correct the package.", e);
        }

        var manifest = sequence.Package.Manifest;
        sequence.Name = manifest.Name ?? throw path.Error(
            "the package has no name, so that its sequence can't be found again",
            "Add a name to its package.json.");
        sequence.Version = manifest.Version;
    }

    private static ScramjetException NotFound(string path) => new(ErrorCodes.FileNotFound, $"'{path}' doesn't exist.", "Check the path.");
}
