using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Scramjet.LocalPlatform.Http;
using Scramjet.LocalPlatform.Spaces;

namespace Scramjet.LocalPlatform.Routes;

/// <summary>What the multi-manager answers itself.</summary>
internal sealed class MultiManagerRoutes(PlatformState state)
{
    /// <summary>Answers what is under the multi-manager's base but in no space; null where there is no such route.</summary>
    public Task? Handle(HttpContext context, string[] path) => (context.Request.Method, path) switch
    {
        ("POST", ["start"]) => StartAsync(context),
        ("GET", ["list"]) => Answer.JsonAsync(context, new JsonArray([.. state.Spaces.Select(space => (JsonNode)new JsonObject { ["id"] = space.Id })])),
        ("GET", ["version"]) => Answer.JsonAsync(context, PlatformRoutes.VersionOf("@scramjet/multi-manager")),
        ("GET", ["load"]) => Answer.JsonAsync(context, MachineLoad.Read()),
        ("GET", ["info"]) => Answer.JsonAsync(context, Info(context)),
        ("GET", ["log"]) => StreamAnswer.WriteAsync(
            context,
            LogMerge.ReadAsync(state.Hubs, () => state.Spaces.SelectMany(space => space.Hubs), context.RequestAborted)),
        _ => null,
    };

    private JsonObject Info(HttpContext context) => new()
    {
        ["apiBase"] = "/mm/api/v1",
        ["apiPort"] = context.Connection.LocalPort,
        ["id"] = "local-multi-manager",
        ["managersCount"] = state.Spaces.Count,
    };

    private async Task StartAsync(HttpContext context)
    {
        if (await Answer.ReadObjectAsync(context).ConfigureAwait(false) is not { } body)
        {
            await Answer.ErrorAsync(context, StatusCodes.Status400BadRequest, "The request is no JSON object").ConfigureAwait(false);
            return;
        }

        var id = body["manager"] is JsonObject manager && manager["id"] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0
            ? text
            : PlatformState.NewSpaceId();
        await (state.Add(id) is null
            ? Answer.ErrorAsync(context, StatusCodes.Status409Conflict, $"Manager {id} exists")
            : Answer.JsonAsync(context, new JsonObject { ["id"] = id })).ConfigureAwait(false);
    }
}
