using System.Collections.Generic;
using Scramjet.Client;

namespace ScramjetPlatform.Engine;

/// <summary>Recommended actions that name this module's commands and parameters, which the client doesn't know.</summary>
internal static class CmdletAdvice
{
    private static readonly Dictionary<ErrorSituation, string> s_texts = new()
    {
        [ErrorSituation.TokenMissing] = "Connect with an access token: Connect-ScramjetPlatform -AccessToken.",
        [ErrorSituation.ProfileTokenMissing] = "Set the token with: si config set token <token>, or use -AccessToken.",
        [ErrorSituation.ProfileExists] = "Specify another name, or use -Force to replace it.",
        [ErrorSituation.ConnectionClosed] = "Connect again with Connect-ScramjetPlatform.",
        [ErrorSituation.HubUnreachable] = "Check whether the hub is running and connected: Get-ScramjetHub.",
        [ErrorSituation.ResponseLate] =
            "Allow more time with -TimeoutSec, or check whether the server is overloaded. The request may or may not have been executed.",
        [ErrorSituation.ResponseUnreadable] =
            "Check that the address is that of a Scramjet API. Request less data at once, such as that of one hub with -Hub.",
        [ErrorSituation.InstanceIdInUse] =
            "Specify another -InstanceId, or none. The id of an instance that has ended can be used again when its hub no longer lists the instance: " +
            "see Wait-ScramjetInstance -Status Gone.",
        [ErrorSituation.StoreItemIdInUse] = "Specify another id, or remove the existing item first with Remove-ScramjetStoreItem.",
        [ErrorSituation.SequenceInUse] = "Stop its instances first with Stop-ScramjetInstance. Remove-ScramjetSequence -Force kills them.",
        [ErrorSituation.InstancesListed] =
            "Hubs list an instance for a while after its end. Try again later, or allow the hub more time with -WaitTimeoutSec.",
        [ErrorSituation.WaitEnded] = "Wait longer with -WaitTimeoutSec, or check its log and health.",
        [ErrorSituation.InputEnded] = "Send all parts but the last with -KeepOpen, or start another instance.",
        [ErrorSituation.InstanceFailed] = "If it has written to its standard error, the lines are warnings. Use -Verbose to see its log.",
        [ErrorSituation.InstanceLost] =
            "See the hub's log with Get-ScramjetLog. A hub loses its connections to instances when its machine is overloaded.",
        [ErrorSituation.OutputIncomplete] = "Check whether something else reads the instance's output, and see the hub's log with Get-ScramjetLog.",
        [ErrorSituation.FileExists] = "Specify another path, or use -Force to replace the file.",
        [ErrorSituation.FolderNotEmpty] = "Specify another folder, or use -Force to replace the files of the same names in this one.",
    };

    /// <summary>Returns the recommended action for an error, or null if there is none.</summary>
    public static string? For(ScramjetException error) => s_texts.TryGetValue(error.Situation, out var text) ? text : error.RecommendedAction;
}
