using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Completion;

namespace ScramjetPlatform.Pipeline;

/// <summary>A cmdlet that works on access keys of spaces.</summary>
public abstract class AccessKeyCmdlet : SpaceCmdlet
{
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SpaceCompleter))]
    public override SpaceReference[]? Space { get; set; }

    private protected override PipedKind TakesFromPipeline => PipedKind.Connection | PipedKind.Space;

    /// <summary>Does something for each space in scope. To change keys, a space must be meant: where none is named, there may be only one.</summary>
    private protected async Task ForEachMeantSpaceAsync(HubScope scope, bool named, Func<Space, Task> body)
    {
        var spaces = new List<Space>();
        await scope.ForEachSpaceAsync(space =>
        {
            lock (spaces)
                spaces.Add(space);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        if (!named && spaces.Count > 1)
            throw new ScramjetException(ErrorCodes.Ambiguous, $"There are {spaces.Count} spaces: {string.Join(", ", spaces.Select(s => s.Id))}.", "Name one with -Space, or * to mean all, or set one with Set-ScramjetContext.");

        await Task.WhenAll(spaces.Select(space => GuardAsync(space, () => body(space)))).ConfigureAwait(false);
    }

    /// <summary>The platform that has a space's keys.</summary>
    private protected MiddlewareClient MiddlewareOf(Space space) => space.Client.Middleware is { } middleware
        ? Own(middleware)
        : throw new ScramjetException(ErrorCodes.NotSupported, $"The space '{space.Id}' was found by a multi-manager, which has no access keys.", "Connect to the platform, with Connect-ScramjetPlatform -Uri.");
}
