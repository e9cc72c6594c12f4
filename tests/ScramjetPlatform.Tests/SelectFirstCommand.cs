using System;
using System.Management.Automation;

namespace ScramjetPlatform.Tests;

/// <summary>
/// Select-Object -First, which isn't part of the test engine: writes the first objects, and then ends the previous commands in PowerShell's own way, which
/// isn't public.
/// </summary>
[Cmdlet(VerbsCommon.Select, "First")]
public sealed class SelectFirstCommand : PSCmdlet
{
    private int _count;

    [Parameter(Mandatory = true, Position = 0)]
    public int First { get; set; }

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Adds the command Select-First to a session.</summary>
    public static void AddTo(Engine session)
    {
        session.Set("tests", typeof(SelectFirstCommand).Assembly);
        session.Get("Import-Module -Assembly $tests");
    }

    protected override void ProcessRecord()
    {
        WriteObject(InputObject);
        if (++_count < First)
            return;

        var stop = typeof(Cmdlet).Assembly.GetType("System.Management.Automation.StopUpstreamCommandsException", throwOnError: true)!;
        throw (Exception)Activator.CreateInstance(stop, this)!;
    }
}
