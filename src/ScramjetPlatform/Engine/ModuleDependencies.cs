using System;
using System.IO;
using System.Management.Automation;
using System.Reflection;
using System.Threading;

namespace ScramjetPlatform;

/// <summary>
/// Loads what the module brings apart from what other modules bring, so that each has its own version. PowerShell calls this when the module is imported.
/// </summary>
public sealed class ModuleDependencies : IModuleAssemblyInitializer
{
    private static readonly string Module = Path.GetDirectoryName(typeof(ModuleDependencies).Assembly.Location)!;
    private static readonly string Dependencies = Path.Combine(Module, "dependencies");
    private static readonly Lazy<Func<string, Assembly>> Load = new(CreateLoad);
    private static int _listening;

    /// <inheritdoc/>
    public void OnImport()
    {
        // Once for the process: objects of the module may outlive its removal, and another runspace may import it too.
        if (Interlocked.Exchange(ref _listening, 1) == 0)
            AppDomain.CurrentDomain.AssemblyResolve += Resolve;
    }

    /// <summary>Answers the module's own assemblies, and nobody else's.</summary>
    private static Assembly? Resolve(object sender, ResolveEventArgs request)
    {
        if (!IsOwn(request.RequestingAssembly))
            return null;

        var file = Path.Combine(Dependencies, new AssemblyName(request.Name).Name + ".dll");
        return File.Exists(file) ? Load.Value(file) : null;
    }

    private static bool IsOwn(Assembly? assembly)
    {
        // What was made in memory has no place, and may throw where it is asked for one.
        if (assembly is null || assembly.IsDynamic || assembly.Location.Length == 0)
            return false;
        var folder = Path.GetDirectoryName(assembly.Location);
        return folder == Module || folder == Dependencies;
    }

    /// <summary>
    /// How a file is loaded beside others of the same name: in PowerShell 7 into a load context of its own, which .NET Standard doesn't know by name; in
    /// Windows PowerShell by LoadFile, which has no context.
    /// </summary>
    private static Func<string, Assembly> CreateLoad()
    {
        if (Type.GetType("System.Runtime.Loader.AssemblyLoadContext, System.Runtime.Loader") is not { } type)
            return Assembly.LoadFile;

        var context = Activator.CreateInstance(type, nameof(ScramjetPlatform), false);
        return (Func<string, Assembly>)Delegate.CreateDelegate(typeof(Func<string, Assembly>), context, type.GetMethod("LoadFromAssemblyPath")!);
    }
}
