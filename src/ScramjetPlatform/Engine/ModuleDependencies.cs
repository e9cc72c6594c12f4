using System;
using System.IO;
using System.Management.Automation;
using System.Reflection;
using System.Threading;

namespace ScramjetPlatform;

/// <summary>
/// Loads the module's dependencies separately from those of other modules, so that each module has its own versions. PowerShell calls it on import.
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
        // Subscribe once per process: objects can be used after the module was removed, and other runspaces can import the module too.
        if (Interlocked.Exchange(ref _listening, 1) == 0)
            AppDomain.CurrentDomain.AssemblyResolve += Resolve;
    }

    /// <summary>Resolves only assemblies that the module itself requests.</summary>
    private static Assembly? Resolve(object sender, ResolveEventArgs request)
    {
        if (!IsOwn(request.RequestingAssembly))
            return null;

        var file = Path.Combine(Dependencies, new AssemblyName(request.Name).Name + ".dll");
        return File.Exists(file) ? Load.Value(file) : null;
    }

    private static bool IsOwn(Assembly? assembly)
    {
        // Assemblies in memory have no location, and the property can throw.
        if (assembly is null || assembly.IsDynamic || assembly.Location.Length == 0)
            return false;
        var folder = Path.GetDirectoryName(assembly.Location);
        return folder == Module || folder == Dependencies;
    }

    /// <summary>
    /// Returns how to load a file next to others of the same name: in PowerShell 7 with a load context, which .NET Standard doesn't define; in Windows
    /// PowerShell with LoadFile.
    /// </summary>
    private static Func<string, Assembly> CreateLoad()
    {
        if (Type.GetType("System.Runtime.Loader.AssemblyLoadContext, System.Runtime.Loader") is not { } type)
            return Assembly.LoadFile;

        var context = Activator.CreateInstance(type, nameof(ScramjetPlatform), false);
        return (Func<string, Assembly>)Delegate.CreateDelegate(typeof(Func<string, Assembly>), context, type.GetMethod("LoadFromAssemblyPath")!);
    }
}
