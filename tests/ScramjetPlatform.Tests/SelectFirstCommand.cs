using System;
using System.Management.Automation;

namespace ScramjetPlatform.Tests;

/// <summary>
/// Select-Object -First, which isn't in the engine that tests use: writes the first objects, and then ends the commands before it in the way that
/// PowerShell has for that, which is not public.
/// </summary>
[Cmdlet(VerbsCommon.Select, "First")]
public sealed class SelectFirstCommand : PSCmdlet
{
    private int _count;

    [Parameter(Mandatory = true, Position = 0)]
    public int First { get; set; }

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Gives a session the command Select-First.</summary>
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
