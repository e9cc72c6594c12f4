using System.Threading;
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

    /// <summary>What an instance was started with, but its id: what its hub tells, and what was sent with it over this connection.</summary>
    public static StartOptions Of(Instance instance) => instance.StartedWith.Clone();

    /// <summary>Reads a startup config: a JSON or YAML file with the fields of a start, <c>appConfig</c>, <c>args</c>, <c>outputTopic</c>, <c>inputTopic</c>, <c>limits</c>, <c>instanceId</c>.</summary>
    /// <exception cref="ScramjetException"><c>FILE_NOT_FOUND</c>, <c>FILE_UNREADABLE</c>, or <c>BAD_PARAMETERS</c>: it isn't JSON or YAML, or a field is unknown or of another type.</exception>
    public static StartOptions FromFile(string path, CancellationToken cancellationToken = default)
    {
        var config = ConfigFile.ReadObject(path, cancellationToken);
        var options = new StartOptions();
        foreach (var field in config.Properties())
        {
            switch (field.Name)
            {
                case "appConfig":
                    options.AppConfig = Typed<JObject>(path, field, "an object");
                    break;
                case "args":
                    options.ArgumentList = Typed<JArray>(path, field, "a list");
                    break;
                case "outputTopic":
                    options.OutputTopic = Text(path, field);
                    break;
                case "inputTopic":
                    options.InputTopic = Text(path, field);
                    break;
                case "limits":
                    options.Limits = Typed<JObject>(path, field, "an object");
                    break;
                case "instanceId":
                    options.InstanceId = Text(path, field);
                    break;
                default:
                    throw ConfigFile.Wrong(path, $"it has the field '{field.Name}', but a startup config has only appConfig, args, outputTopic, inputTopic, limits and instanceId");
            }
        }

        return options;
    }

    /// <summary>The length that instance ids have.</summary>
    public const int InstanceIdLength = 36;

    internal bool NeedsStartOptions => OutputTopic is not null || InputTopic is not null || Limits is not null || InstanceId is not null;

    /// <summary>The same, but the id.</summary>
    internal StartOptions Clone() => new()
    {
        AppConfig = (JObject?)AppConfig?.DeepClone(),
        ArgumentList = (JArray?)ArgumentList?.DeepClone(),
        InputTopic = InputTopic,
        OutputTopic = OutputTopic,
        Limits = (JObject?)Limits?.DeepClone(),
    };

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

    private static string? Text(string path, JProperty field) => (string?)Typed<JValue>(path, field, "a text");

    private static T? Typed<T>(string path, JProperty field, string expected) where T : JToken => field.Value switch
    {
        { Type: JTokenType.Null } => null,
        T value when value is not JValue || value.Type == JTokenType.String => value,
        _ => throw ConfigFile.Wrong(path, $"its '{field.Name}' isn't {expected}"),
    };
}
