using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;

namespace ScramjetPlatform.Pipeline;

/// <summary>Finds sequences, instances or other things that hubs list, by id, beginning of an id, name or wildcard.</summary>
internal sealed class EntityQuery<T>(ScramjetCmdlet cmdlet, string kind, Func<HostClient, Task<IReadOnlyList<T>>> list, Func<T, string> id, Func<T, string?>? name = null)
    where T : Entity
{
    /// <summary>Whether a name that fits several things on one hub is an error, rather than all of them.</summary>
    public bool MustBeOne { get; set; }

    /// <summary>Calls the body for each thing that a reference names, or for all where there are none, as hubs answer.</summary>
    public async Task ForEachAsync(HubScope? scope, IReadOnlyList<EntityReference> references, Func<T, Task> body)
    {
        var calls = references.Where(r => r.Value is T).Select(r => GuardAsync((T)r.Value, body)).ToList();
        var texts = references.Where(r => r.Text is { Length: > 0 }).ToArray();
        if (scope is not null && references.Count == 0)
            calls.Add(ForEachNamedAsync(scope, [], body));

        // Rows may each name a hub of their own.
        foreach (var group in texts.GroupBy(t => (t.Hub, t.Space)))
            calls.Add(ForEachNamedAsync(scope!.For(group.First()), group.ToArray(), body));

        await Task.WhenAll(calls).ConfigureAwait(false);
    }

    private async Task ForEachNamedAsync(HubScope scope, EntityReference[] texts, Func<T, Task> body)
    {
        var matchers = texts.Select(t => new Matcher<T>(kind, t.Text!, id, name)).ToArray();
        var answered = 0;
        await scope.ForEachClientAsync(async hub =>
        {
            var items = await cmdlet.ThrottledAsync(() => list(hub)).ConfigureAwait(false);
            Interlocked.Increment(ref answered);
            var wanted = matchers.Length == 0 ? items : matchers.SelectMany(m => Take(m, items)).Distinct();
            await Task.WhenAll(wanted.Select(item => GuardAsync(item, body))).ConfigureAwait(false);
        }).ConfigureAwait(false);

        var rest = new List<T>();
        foreach (var matcher in matchers)
        {
            try
            {
                rest.AddRange(matcher.Rest(scope.Failed, answered > 0 || scope.Failed.Count == 0));
            }
            catch (ScramjetException e)
            {
                cmdlet.Report(e, matcher.Text);
            }
        }

        await Task.WhenAll(rest.Distinct().Select(item => GuardAsync(item, body))).ConfigureAwait(false);
    }

    private IReadOnlyList<T> Take(Matcher<T> matcher, IReadOnlyList<T> items)
    {
        try
        {
            return matcher.Take(items, MustBeOne);
        }
        catch (ScramjetException e)
        {
            cmdlet.Report(e, matcher.Text);
            return [];
        }
    }

    private async Task GuardAsync(T item, Func<T, Task> body)
    {
        try
        {
            await body(item).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cmdlet.Cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            cmdlet.Report(e, item);
        }
    }
}
