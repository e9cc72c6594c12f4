using System.Management.Automation;
using Scramjet.Client.Model;

namespace ScramjetPlatform.View;

/// <summary>Chooses the table of objects that have different columns: a type name in front of the others says which.</summary>
internal static class Views
{
    /// <summary>A hub without a platform has its load, and isn't judged by anybody.</summary>
    public static object Of(Hub hub) => hub.IsStandalone ? Named(hub, "Standalone") : hub;

    /// <summary>The memory is known of instances in containers.</summary>
    public static object Of(InstanceHealth health) => health.MemoryUsage is null && health.MemoryMaxUsage is null ? health : Named(health, "Container");

    private static PSObject Named(object value, string name)
    {
        var shown = new PSObject(value);
        shown.TypeNames.Insert(0, $"{value.GetType().FullName}#{name}");
        return shown;
    }
}
