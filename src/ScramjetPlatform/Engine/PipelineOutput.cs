using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Threading.Tasks;
using Scramjet.Client;

namespace ScramjetPlatform.Engine;

/// <summary>Writes to a command's pipeline from any thread. The pump runs the writes on the pipeline thread.</summary>
/// <param name="pump">Runs actions on the pipeline thread.</param>
/// <param name="runtime">The command's streams.</param>
/// <param name="verbose">Writes a verbose message.</param>
/// <param name="warn">Writes a warning.</param>
/// <param name="asksForRemovals">Returns whether the user is asked only about changes of high impact, such as removals.</param>
internal sealed class PipelineOutput(PipelinePump pump, ICommandRuntime runtime, Action<string> verbose, Action<string> warn, Func<bool> asksForRemovals)
{
    private bool _yesToAll;
    private bool _noToAll;

    /// <summary>Writes an object. The task completes when the pipeline has room for more.</summary>
    public Task WriteAsync(object? value) => pump.WriteAsync(value);

    /// <summary>Writes objects. The task completes when the pipeline has room for more.</summary>
    /// <param name="values">The objects.</param>
    /// <param name="size">The approximate size of their source in bytes, which counts for the limit of the queue.</param>
    public Task WriteManyAsync(IReadOnlyList<object?> values, long? size = null) => pump.WriteManyAsync(values, size);

    /// <summary>Writes a block of bytes. The task completes when the pipeline has room for more.</summary>
    public Task WriteBlockAsync(byte[] block) => pump.WriteAsync(block, block.Length);

    /// <summary>Runs a function on the pipeline thread.</summary>
    public Task<T> InvokeAsync<T>(Func<T> function) => pump.InvokeAsync(function);

    /// <summary>Asks for confirmation, or describes the action if -WhatIf is used.</summary>
    public Task<bool> ConfirmAsync(string target, string action) =>
        pump.InvokeAsync(() => Ask(() => runtime.ShouldProcess(DisplayText.Clean(target), DisplayText.Clean(action))));

    /// <summary>
    /// Asks for confirmation of a removal by a command that doesn't only remove. The user is asked as by a command whose ConfirmImpact is high.
    /// </summary>
    public Task<bool> ConfirmRemovalAsync(string target, string action) => pump.InvokeAsync(() =>
    {
        var (what, how) = (DisplayText.Clean(target)!, DisplayText.Clean(action)!);
        return Ask(() => runtime.ShouldProcess(what, how) && (!asksForRemovals() || runtime.ShouldContinue(
            $"Are you sure you want to perform this action?\nPerforming the operation \"{how}\" on target \"{what}\".",
            "Confirm",
            ref _yesToAll,
            ref _noToAll)));
    });

    /// <summary>Asks the user, if the session is interactive.</summary>
    private static bool Ask(Func<bool> question)
    {
        try
        {
            return question();
        }
        catch (Exception e) when (e is PSInvalidOperationException or HostException or NotImplementedException)
        {
            throw new TerminatingError(new ScramjetException(
                ErrorCodes.BadParameters,
                $"The command asks for confirmation, and can't do that in this session: {e.Message}",
                "To run it without the question, use -Confirm:$false.",
                e));
        }
    }

    /// <summary>Writes a non-terminating error.</summary>
    public void PostError(Exception error, object? target) => _ = pump.PostAsync(() => runtime.WriteError(ErrorRecords.From(error, target)));

    /// <summary>Writes a warning.</summary>
    public void PostWarning(string text) => _ = PostWarningAsync(text);

    /// <summary>Writes a warning. The task completes when the pipeline has room for more.</summary>
    public Task PostWarningAsync(string text) => pump.PostAsync(() => warn(DisplayText.Clean(text)!), text.Length);

    /// <summary>Writes a verbose line.</summary>
    public void PostVerbose(string text) => _ = PostVerboseAsync(text);

    /// <summary>Writes a verbose line. The task completes when the pipeline has room for more.</summary>
    public Task PostVerboseAsync(string text) => pump.PostAsync(() => verbose(DisplayText.Clean(text)!), text.Length);

    /// <summary>Writes a debug message.</summary>
    public void PostDebug(string text) => _ = pump.PostAsync(() => runtime.WriteDebug(text), text.Length);

    /// <summary>Shows a line as Write-Host does: it isn't output, and goes to the information stream.</summary>
    public void PostHostLine(string text) => _ = pump.PostAsync(() =>
    {
        var record = new InformationRecord(new HostInformationMessage { Message = DisplayText.Clean(text) }, nameof(ScramjetPlatform));
        record.Tags.Add("PSHOST");
        (runtime as ICommandRuntime2)?.WriteInformation(record);
    });

    /// <summary>Reports progress.</summary>
    public void PostProgress(ProgressRecord progress) => _ = pump.PostAsync(() => runtime.WriteProgress(progress));

    /// <summary>Reports progress in several records. The task completes when they are written.</summary>
    public Task PostProgress(IReadOnlyList<ProgressRecord> records) => pump.InvokeAsync(() =>
    {
        foreach (var record in records)
            runtime.WriteProgress(record);
        return true;
    });

    /// <summary>Writes a warning. The task completes when it is written.</summary>
    /// <returns>Whether it was written. Work that continues after its pipeline was stopped can't write.</returns>
    public async Task<bool> TryWarnAsync(string text)
    {
        try
        {
            return await pump.InvokeAsync(() =>
            {
                warn(text);
                return true;
            }).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or PipelineStoppedException)
        {
            return false;
        }
    }
}
