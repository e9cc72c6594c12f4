using System.Threading;
using Newtonsoft.Json.Linq;

namespace Scramjet.Client.Model;

/// <summary>The options to start an instance with.</summary>
public sealed class StartOptions
{
    /// <summary>The configuration for the program.</summary>
    public JObject? AppConfig { get; set; }

    /// <summary>The arguments of the program's function.</summary>
    public JArray? ArgumentList { get; set; }

    /// <summary>The topic that receives the output. Requires a hub since 0.26.</summary>
    public string? OutputTopic { get; set; }

    /// <summary>The topic that provides the input. Requires a hub since 0.26.</summary>
    public string? InputTopic { get; set; }

    /// <summary>The limits of the instance, such as memory in megabytes. Requires a hub since 0.26.</summary>
    public JObject? Limits { get; set; }

    /// <summary>The id of the instance, with 36 characters. Requires a hub since 0.26.</summary>
    public string? InstanceId { get; set; }

    /// <summary>
    /// Returns the known options that an instance was started with, except its id: those that its hub reports, or that were sent over this connection.
    /// </summary>
    public static StartOptions Of(Instance instance) => instance.StartedWith.Clone();

    /// <summary>
    /// Reads a startup config: a JSON or YAML file with the fields <c>appConfig</c>, <c>args</c>, <c>outputTopic</c>, <c>inputTopic</c>, <c>limits</c> and
    /// <c>instanceId</c>.
    /// </summary>
    /// <exception cref="ScramjetException">
    /// <c>FILE_NOT_FOUND</c>, <c>FILE_UNREADABLE</c>, or <c>BAD_PARAMETERS</c>: the file isn't JSON or YAML, or a field is unknown or of another type.
    /// </exception>
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
                    if (InstanceLimits.FindWrong(options.Limits) is { } why)
                        throw ConfigFile.Error(path, why);
                    break;
                case "instanceId":
                    options.InstanceId = Text(path, field);
                    break;
                default:
                    throw ConfigFile.Error(
                        path,
                        $"it has the field '{field.Name}', but a startup config can have only appConfig, args, outputTopic, inputTopic, limits and instanceId");
            }
        }

        return options;
    }

    /// <summary>The length of instance ids.</summary>
    public const int InstanceIdLength = 36;

    /// <summary>The same options with references to secrets in place of these; null if there are none.</summary>
    internal StartOptions? Template { get; set; }

    internal bool NeedsStartOptions => OutputTopic is not null || InputTopic is not null || Limits is not null || InstanceId is not null;

    /// <summary>Returns a copy without the id.</summary>
    internal StartOptions Clone() => new()
    {
        AppConfig = (JObject?)AppConfig?.DeepClone(),
        ArgumentList = (JArray?)ArgumentList?.DeepClone(),
        InputTopic = InputTopic,
        OutputTopic = OutputTopic,
        Limits = (JObject?)Limits?.DeepClone(),
        Template = Template,
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

    private static string? Text(string path, JProperty field) => (string?)Typed<JValue>(path, field, "a string");

    private static T? Typed<T>(string path, JProperty field, string expected) where T : JToken => field.Value switch
    {
        { Type: JTokenType.Null } => null,
        T value when value is not JValue || value.Type == JTokenType.String => value,
        _ => throw ConfigFile.Error(path, $"its '{field.Name}' isn't {expected}"),
    };
}
