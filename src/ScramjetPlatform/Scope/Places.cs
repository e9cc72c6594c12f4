using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Scramjet.Client;
using Scramjet.Client.Model;
using ScramjetPlatform.Binding;
using ScramjetPlatform.Engine;
using ScramjetPlatform.Pipeline;

namespace ScramjetPlatform.Scope;

/// <summary>
/// The places of a record, from the parameters -Connection, -Space and -Hub and from the piped object. Use it before the first wait, because the next
/// record changes the parameters.
/// </summary>
internal sealed class Places(
    CommandContext context,
    CommandLine line,
    PipedObject piped,
    ScramjetConnection? connection,
    SpaceReference[]? spaces,
    HubReference[]? hubs)
{
    private const string SpaceParameter = "Space";
    private const string HubParameter = "Hub";

    private CommandScope? _scope;

    /// <summary>The spaces that the record specifies.</summary>
    public SpaceReference[] Spaces => Named(SpaceParameter, spaces);

    /// <summary>The hubs that the record specifies.</summary>
    public HubReference[] Hubs => Named(HubParameter, hubs);

    /// <summary>Whether the record specifies a space or a hub.</summary>
    public bool IsNarrowed => piped.Kind is PipedKind.Space or PipedKind.Hub || spaces is not null || hubs is not null;

    /// <summary>Whether there is a connection.</summary>
    public bool HasConnection => connection is not null || context.Session.Default is not null;

    /// <summary>The record's connection. If there is none, the error ends the command.</summary>
    public ScramjetConnection Connection
    {
        get
        {
            var found = piped.Value as ScramjetConnection
                ?? (piped.Value is Entity entity ? ScramjetConnection.Of(entity) : null)
                ?? connection
                ?? context.Session.Default
                ?? throw new TerminatingError(NotConnected(context.Session.Connections));
            return found.FindClosed() is { } closed ? throw new TerminatingError(closed, found) : found;
        }
    }

    private static ScramjetException NotConnected(IReadOnlyList<ScramjetConnection> others) => others.Count == 0
        ? new ScramjetException(
            ErrorCodes.NotConnected,
            "There is no connection to a Scramjet platform or hub.",
            "Connect first, with Connect-ScramjetPlatform.")
        : new ScramjetException(
            ErrorCodes.NotConnected,
            "There is no default connection: it was disconnected.",
            $"Select another one with Select-ScramjetConnection, or use -Connection: {string.Join(", ", others.Select(c => c.Name))}.");

    /// <summary>The multi-manager of the connection. If the connection is to another server, the error ends the command.</summary>
    public MultiManagerClient MultiManager => Connection is { Target: ConnectionKind.MultiManager } found
        ? context.Bind(found.MultiManager)
        : throw new TerminatingError(
            new ScramjetException(
                ErrorCodes.NotSupported,
                $"'{Connection.Name}' isn't a connection to a multi-manager.",
                "Connect to one, with Connect-ScramjetPlatform -MultiManagerUri."),
            Connection);

    /// <summary>The scope of the record.</summary>
    /// <exception cref="ScramjetException"><c>BAD_PARAMETERS</c>: a row has an empty column for a place, and the command changes something.</exception>
    public CommandScope Scope
    {
        get
        {
            // A standalone hub has no space, so the column can be empty.
            if (line.Changes && line.FindEmptyPlaces(piped).FirstOrDefault(column => column != SpaceParameter || Connection.IsPlatform) is { } empty)
            {
                throw new ScramjetException(
                    ErrorCodes.BadParameters,
                    $"The row's column '{empty}' is empty, so the place is unknown.",
                    $"Fill the column, remove it, or specify -{empty}.");
            }

            return _scope ??= CommandScope.From(() => Connection, Spaces, Hubs, piped);
        }
    }

    /// <summary>Whether the record specifies whole spaces, for example for topics: on a platform, if no hub is specified.</summary>
    public bool AreSpaces => piped.Kind switch
    {
        PipedKind.Space => !line.Has(HubParameter),
        PipedKind.Hub => false,
        _ => Hubs.All(h => h is null or { IsEmpty: true }) && (Spaces.Any(s => s is { IsEmpty: false }) || Connection is { IsPlatform: true, Hub: null }),
    };

    /// <summary>A piped space that is used as a whole; null if there is none.</summary>
    public Space? PipedSpace => line.Has(HubParameter) ? null : piped.Value as Space;

    /// <summary>Returns the references to objects in this record. If the pipeline specifies places, only the command line can specify objects.</summary>
    public T[] Named<T>(string parameter, T[]? values) =>
        piped.Value is not null && (piped.Kind & PipedKind.Places) != 0 && !line.Has(parameter) ? [] : values ?? [];

    /// <summary>Calls the body for each space concurrently.</summary>
    public Task ForEachSpaceAsync(Func<Space, Task> body) => new PlaceFinder(context, Scope).ForEachSpaceAsync(body);

    /// <summary>Calls the body for each hub concurrently, whether it is connected or not.</summary>
    public Task ForEachHubAsync(Func<Hub, Task> body) => new PlaceFinder(context, Scope).ForEachHubAsync(body);

    /// <summary>Calls the body for each hub's client concurrently. A hub that its space lists as disconnected is an error.</summary>
    public Task ForEachClientAsync(Func<HubClient, Task> body) => new PlaceFinder(context, Scope).ForEachClientAsync(body);

    /// <summary>Calls the body for each place with topics: for whole spaces if they are specified, otherwise for hubs.</summary>
    public Task ForEachTopicPlaceAsync(Func<PlaceClient, Task> body) => AreSpaces
        ? ForEachSpaceAsync(space => body(context.Bind(space.Client)))
        : ForEachClientAsync(body);

    /// <summary>Returns the id of the hub or space of a client.</summary>
    public static string NameOf(PlaceClient place) => place is HubClient hub ? hub.HubId : ((SpaceClient)place).SpaceId;

    /// <summary>Calls the body for each instance that matches a reference.</summary>
    /// <param name="references">The references.</param>
    /// <param name="body">Called for each instance.</param>
    /// <param name="several">What a name of several instances means. By default, it is an error.</param>
    public Task ForEachInstanceAsync(InstanceReference[] references, Func<Instance, Task> body, Several several = Several.AreAmbiguous) =>
        ForEachAsync(Finder.Instances(context, several), references, body);

    /// <summary>Calls the body for the instances of each hub that match a reference.</summary>
    /// <param name="references">The references.</param>
    /// <param name="body">Called for the instances of a hub.</param>
    public Task ForEachInstanceListAsync(InstanceReference[] references, Func<IReadOnlyList<Instance>, Task> body) =>
        Finder.Instances(context).ForEachListAsync(ScopeFor(references), references, body);

    /// <summary>Calls the body for each sequence that matches a reference.</summary>
    /// <param name="references">The references.</param>
    /// <param name="body">Called for each sequence.</param>
    /// <param name="several">What a name of several sequences means. By default, several on one hub are an error.</param>
    public Task ForEachSequenceAsync(SequenceReference[] references, Func<Sequence, Task> body, Several several = Several.AreOnePerPlace) =>
        ForEachAsync(Finder.Sequences(context, several), references, body);

    /// <summary>Calls the body for each item that matches a reference.</summary>
    public Task ForEachAsync<T>(Finder<T> finder, EntityReference[] references, Func<T, Task> body) where T : Entity =>
        finder.ForEachAsync(ScopeFor(references), references, body);

    /// <summary>Returns the scope for references, or null if all are objects, which know their place.</summary>
    public CommandScope? ScopeFor(IReadOnlyList<EntityReference> references) => EntityReference.AreObjects([.. references]) ? null : Scope;
}
