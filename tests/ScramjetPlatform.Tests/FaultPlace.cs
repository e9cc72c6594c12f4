using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.LocalPlatform;
using Scramjet.Testing;

namespace ScramjetPlatform.Tests;

/// <summary>A server with a fault in one request, for one command of the fault table. Other requests get the responses of the stand-in.</summary>
internal sealed class FaultPlace : IDisposable
{
    /// <summary>The time limit of a command in seconds, if only a time limit ends the fault.</summary>
    public const int ShortTime = 2;

    private const int LongTime = 60;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly HttpClient s_http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private readonly Fault _fault;
    private readonly FaultedCommand _command;
    private readonly FakeHub _hub;
    private readonly FaultServer _direct;
    private readonly FaultServer _front;
    private readonly TestSequence _sequence = new();
    private readonly Regex _route;
    private LocalPlatform? _platform;
    private FakeHub? _second;
    private FaultServer? _directSecond;
    private int _strikes;
    private volatile bool _armed;
    private volatile bool _frozen;

    private FaultPlace(Fault fault, FaultedCommand command)
    {
        _fault = fault;
        _command = command;

        // The instance of a filter must not have ended when its input fails.
        _hub = new FakeHub("sth-0") { Second = TimeSpan.FromMilliseconds(command.Kind == FaultedCommand.Filter ? 500 : 20) };
        _route = new Regex(command.Route + "$", RegexOptions.CultureInvariant);
        _direct = _hub.Serve();
        _front = new FaultServer(HandleAsync);
    }

    /// <summary>The number of times that the fault has occurred.</summary>
    public int Strikes => _strikes;

    /// <summary>Starts the server, and connects a session to it with what the command's script needs.</summary>
    public static FaultPlace Open(Fault fault, FaultedCommand command, Engine engine)
    {
        var place = new FaultPlace(fault, command);
        try
        {
            place.Prepare(engine);
            return place;
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _front.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _direct.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _directSecond?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _platform?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _sequence.Dispose();
    }

    private void Prepare(Engine engine)
    {
        _hub.AddSequence("idle");
        _hub.AddInstance(_hub.AddSequence("double"));
        _hub.Topic("t", "application/x-ndjson");
        var time = _fault.IsEndless ? ShortTime : LongTime;
        engine.Set("t", time);
        engine.Set("token", Fault.Token);
        engine.Set("folder", _sequence.Folder);
        engine.Set("file", Path.Combine(_sequence.Folder, "out.bin"));
        engine.Set("uri", _command.Place == FaultedPlace.MultiManager ? _front.Origin + "/mm/api/v1" : _front.BaseUri);
        if (_command.Place != FaultedPlace.Hub)
            StartPlatform();

        var script = _command.Place switch
        {
            FaultedPlace.Hub => "Connect-ScramjetPlatform -HubUri $uri -AccessToken $token -TimeoutSec $t -Name table; "
                + "$i = Get-ScramjetInstance; $s = Get-ScramjetSequence double; $idle = Get-ScramjetSequence idle",
            FaultedPlace.TwoHubs => "Connect-ScramjetPlatform $uri -AccessToken $token -TimeoutSec $t -Name table",
            FaultedPlace.Platform => "Connect-ScramjetPlatform $uri -AccessToken $token -TimeoutSec $t -Name table; "
                + "$key = (New-ScramjetAccessKey -Description x).AccessKey; Publish-ScramjetStoreItem $folder -Id stored | Out-Null",
            _ => "Connect-ScramjetPlatform -MultiManagerUri $uri -AccessToken $token -TimeoutSec $t -Name table",
        };

        // On a busy machine, a regular response may take longer than the short time limit.
        var clock = Stopwatch.StartNew();
        while (engine.Run(script) is { Errors.Count: > 0 } result)
        {
            if (clock.Elapsed > s_patience)
                throw new InvalidOperationException($"There is no connection: {string.Join("; ", result.Errors)}");
        }

        _armed = true;
    }

    private void StartPlatform()
    {
        var options = new LocalPlatformOptions { HubsPerSpace = 0, Token = Fault.Token };
        options.Spaces.Add("space");
        options.ExternalHubs.Add(new ExternalHub(_hub.Id, new Uri(_direct.BaseUri)));
        if (_command.Place == FaultedPlace.TwoHubs)
        {
            _second = new FakeHub("sth-1") { Second = _hub.Second };
            _second.AddSequence("double");
            _directSecond = _second.Serve();
            options.ExternalHubs.Add(new ExternalHub(_second.Id, new Uri(_directSecond.BaseUri)));
        }

        _platform = LocalPlatform.StartAsync(options).GetAwaiter().GetResult();
    }

    private async Task HandleAsync(FaultServer.Exchange exchange)
    {
        if (_frozen)
            await exchange.SilenceAsync();
        if (_armed && exchange.Method == _command.Method && _route.IsMatch(exchange.Target) && (!_fault.IsOnce || _strikes == 0))
        {
            Interlocked.Increment(ref _strikes);
            _frozen = _fault.FreezesHub;
            var body = _fault.LeavesBody ? [] : await exchange.ReadBodyAsync();
            await _fault.StrikeAsync(exchange, await SubjectAsync(exchange, body));
        }
        else if (_armed && _command.Instances == 1 && _command.Answer(exchange.Method, exchange.Target) is { } known)
        {
            await exchange.AnswerAsync(200, known, "application/octet-stream");
        }
        else if (_platform is null)
        {
            await _hub.HandleAsync(exchange, exchange.Target["/api/v1".Length..]);
        }
        else if (_second is not null && Regex.Match(exchange.Target, "/sth/(sth-[01])/api/v1(/.*)") is { Success: true } match)
        {
            await (match.Groups[1].Value == _hub.Id ? _hub : _second).HandleAsync(exchange, match.Groups[2].Value);
        }
        else
        {
            var (status, type, body) = await AskAsync(exchange, await exchange.ReadBodyAsync());
            await exchange.AnswerAsync(status, Encoding.UTF8.GetString(body), type);
        }
    }

    private async Task<FaultSubject> SubjectAsync(FaultServer.Exchange exchange, byte[] body)
    {
        if (_command.Answer(exchange.Method, exchange.Target) is { } known)
            return new FaultSubject(_command.Items, () => Task.FromResult((200, Encoding.UTF8.GetBytes(known))));

        var asked = new Lazy<Task<(int, byte[])>>(async () =>
        {
            var (status, _, answer) = await AskAsync(exchange, body);
            return (status, answer);
        });
        if (_command.IsCarriedOut && !_fault.LeavesBody)
            await asked.Value;
        return new FaultSubject(_command.Items, () => asked.Value);
    }

    /// <summary>Executes the request, and returns the response.</summary>
    private async Task<(int Status, string? Type, byte[] Body)> AskAsync(FaultServer.Exchange exchange, byte[] body)
    {
        var origin = _platform?.BaseUri ?? new Uri(_direct.BaseUri);
        using var request = new HttpRequestMessage(
            new HttpMethod(exchange.Method),
            new Uri(origin, exchange.Target)) { Content = exchange.Method == "GET" ? null : new ByteArrayContent(body) };
        foreach (var (name, value) in exchange.Headers.Where(h => h.Key is not ("Host" or "Content-Length" or "Transfer-Encoding" or "Connection" or "Expect")))
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content?.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await s_http.SendAsync(request, exchange.Stopped);
        return ((int)answer.StatusCode, answer.Content.Headers.ContentType?.ToString(), await answer.Content.ReadAsByteArrayAsync(exchange.Stopped));
    }
}
