using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Reflection;

namespace ScramjetPlatform.Conversion;

/// <summary>
/// The properties of objects such as those of Import-Csv, which have nothing but note properties. PSObject.Properties creates 4 KB of collections for each
/// object, which live as long as the object. The members of the object itself need none, but PowerShell has only an internal property for them. Without it,
/// and if an object can have other properties, PSObject.Properties is used.
/// </summary>
internal sealed class NoteProperties
{
    private static readonly string s_object = typeof(object).FullName!;
    private static readonly string s_custom = typeof(PSCustomObject).FullName!;
    private static readonly Func<PSObject, PSMemberInfoCollection<PSMemberInfo>>? s_membersOf = FindMembers();

    private readonly Dictionary<string, bool> _hasOthers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Enumerates the properties of an object, or returns null if they aren't known to be note properties only.</summary>
    public List<PSMemberInfo>? Of(PSObject value)
    {
        if (s_membersOf is null || value.BaseObject is not PSCustomObject || HasOthers(value.TypeNames))
            return null;

        // Each enumeration of the members copies them.
        var members = new List<PSMemberInfo>();
        foreach (var member in s_membersOf(value))
        {
            if (member.GetType() != typeof(PSNoteProperty))
                return null;
            members.Add(member);
        }

        return members;
    }

    /// <summary>Returns whether objects with these types can have properties from Update-TypeData. PSObject.Properties of an empty one tells.</summary>
    private bool HasOthers(IList<string> types)
    {
        // Select-Object adds one type to that of each custom object.
        if (types.Count is not (2 or 3) || types[types.Count - 1] != s_object || types[types.Count - 2] != s_custom)
            return true;
        var first = types[0];
        if (_hasOthers.TryGetValue(first, out var known))
            return known;

        var empty = new PSObject();
        if (types.Count == 3)
            empty.TypeNames.Insert(0, first);
        return _hasOthers[first] = empty.Properties.Any();
    }

    private static Func<PSObject, PSMemberInfoCollection<PSMemberInfo>>? FindMembers()
    {
        var getter = typeof(PSObject).GetProperty("InstanceMembers", BindingFlags.Instance | BindingFlags.NonPublic)?.GetGetMethod(nonPublic: true);
        return getter is not null && typeof(PSMemberInfoCollection<PSMemberInfo>).IsAssignableFrom(getter.ReturnType)
            ? (Func<PSObject, PSMemberInfoCollection<PSMemberInfo>>)getter.CreateDelegate(typeof(Func<PSObject, PSMemberInfoCollection<PSMemberInfo>>))
            : null;
    }
}
