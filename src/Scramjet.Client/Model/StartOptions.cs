using Newtonsoft.Json.Linq;

namespace Scramjet.Client.Model;

/// <summary>What an instance is started with.</summary>
public sealed class StartOptions
{
    /// <summary>The configuration that the program gets: any object that is a JSON object.</summary>
    public JObject? AppConfig { get; set; }

    /// <summary>The arguments that the program's function gets.</summary>
    public JArray? ArgumentList { get; set; }

    /// <summary>The topic that the output goes to. Hubs since 0.26.</summary>
    public string? OutputTopic { get; set; }

    /// <summary>The topic that the input comes from. Hubs since 0.26.</summary>
    public string? InputTopic { get; set; }

    /// <summary>The instance's limits: memory in megabytes, gpu. Hubs since 0.26.</summary>
    public JObject? Limits { get; set; }

    /// <summary>The id that the instance gets, 36 characters. Hubs since 0.26.</summary>
    public string? InstanceId { get; set; }

    /// <summary>The length that instance ids have.</summary>
    public const int InstanceIdLength = 36;

    internal bool NeedsStartOptions => OutputTopic is not null || InputTopic is not null || Limits is not null || InstanceId is not null;

    internal JObject ToJson()
    {
        var body = new JObject { ["appConfig"] = AppConfig ?? [], ["args"] = ArgumentList ?? [] };
        if (OutputTopic is not null)
            body["outputTopic"] = OutputTopic;
        if (InputTopic is not null)
            body["inputTopic"] = InputTopic;
        if (Limits is not null)
            body["limits"] = Limits;
        if (InstanceId is not null)
            body["instanceId"] = InstanceId;
        return body;
    }
}
