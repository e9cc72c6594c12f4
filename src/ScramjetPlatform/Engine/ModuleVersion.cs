using System.Reflection;

namespace ScramjetPlatform.Engine;

/// <summary>The version of the module.</summary>
internal static class ModuleVersion
{
    public static string Text { get; } = typeof(ModuleVersion).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
