using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform.Scope;

/// <summary>The spaces and hubs of a record: the piped place, or those of the parameters, or the connection's context, or all.</summary>
internal sealed class CommandScope
{
    private CommandScope(ScramjetConnection? connection, EntityReference[] spaces, EntityReference[] hubs, HubClient? only = null)
    {
        Connection = connection;
        Spaces = spaces;
        Hubs = hubs;
        Only = only;
    }

    /// <summary>The connection; null if objects specify their places.</summary>
    public ScramjetConnection? Connection { get; }

    /// <summary>The spaces; empty for all.</summary>
    public EntityReference[] Spaces { get; }

    /// <summary>The hubs; empty for all.</summary>
    public EntityReference[] Hubs { get; }

    /// <summary>The single hub, if an object on it is specified.</summary>
    public HubClient? Only { get; }

    /// <summary>Creates the scope of a record.</summary>
    /// <param name="connect">Returns the record's connection.</param>
    /// <param name="spaces">The spaces of the parameters.</param>
    /// <param name="hubs">The hubs of the parameters.</param>
    /// <param name="piped">The object of the record.</param>
    public static CommandScope From(Func<ScramjetConnection> connect, EntityReference[] spaces, EntityReference[] hubs, PipedObject piped)
    {
        spaces = WithoutEmpty(spaces);
        hubs = WithoutEmpty(hubs);
        switch (piped.Value)
        {
            case Instance instance:
                return OfHub(instance.Client.Hub);
            case Sequence sequence:
                return OfHub(sequence.Client.Hub);
            case Space space:
                spaces = [new SpaceReference(space, null)];
                break;
            case Hub hub:
                hubs = [new HubReference(hub, null)];
                break;
            case PSObject row when piped.Kind == PipedKind.Space:
                spaces = [new SpaceReference(row, Column(row, "Id"))];
                break;
            case PSObject row when piped.Kind == PipedKind.Hub:
                hubs = [new HubReference(row, Column(row, "Id"))];
                spaces = Column(row, "Space") is { Length: > 0 } of ? [new SpaceReference(row, of)] : spaces;
                break;
            case { } report when piped.Kind is PipedKind.Space or PipedKind.Hub:
                // A report, such as a load or an access key, stands for the place that it is about.
                var about = PSObject.AsPSObject(report);
                if (piped.Kind == PipedKind.Hub)
                    hubs = [new HubReference(Column(about, "Hub"), Column(about, "Hub"))];
                if (Column(about, "Space") is { Length: > 0 } its)
                    spaces = [new SpaceReference(its, its)];
                break;
        }

        // Objects know their own connection.
        if (EntityReference.AreObjects(hubs))
            return new CommandScope(null, [], hubs);
        if (EntityReference.AreObjects(spaces))
            return new CommandScope(null, spaces, hubs);

        var connection = connect();
        if (spaces.Length == 0)
        {
            var context = connection.Context;
            if (context.Space is { } space && connection.IsPlatform)
                spaces = [new SpaceReference(space, space)];
            if (context.Hub is { } hub && hubs.Length == 0)
                hubs = [new HubReference(hub, hub)];
        }

        return new CommandScope(connection, spaces, hubs);
    }

    /// <summary>Creates the scope of an object on a hub.</summary>
    public static CommandScope OfHub(HubClient hub) => new(null, [], [], hub);

    /// <summary>Creates a scope of spaces, without the connection's context.</summary>
    public static CommandScope OfSpaces(Func<ScramjetConnection> connect, EntityReference[] spaces)
    {
        spaces = WithoutEmpty(spaces);
        return new CommandScope(EntityReference.AreObjects(spaces) ? null : connect(), spaces, []);
    }

    /// <summary>Returns the scope of a row's Hub and Space columns within this one.</summary>
    public CommandScope For(EntityReference reference) => reference is { Hub: null, Space: null } || Connection is null ? this : new CommandScope(
        Connection,
        reference.Space is { } space ? [new SpaceReference(space, space)] : Spaces,
        reference.Hub is { } hub ? [new HubReference(hub, hub)] : Hubs);

    private static EntityReference[] WithoutEmpty(EntityReference[] references) => Array.FindAll(references, r => r is { IsEmpty: false });

    private static string Column(PSObject row, string name) => row.Properties[name]?.Value?.ToString() ?? "";
}
