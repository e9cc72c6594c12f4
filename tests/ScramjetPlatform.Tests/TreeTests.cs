using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Scramjet.Testing;
using Xunit;

namespace ScramjetPlatform.Tests;

/// <summary>The tree: its structure, places that fail, its lines, and how it is watched.</summary>
public sealed class TreeTests(RealPlatform real) : IDisposable
{
    private const string OwnScreen = "\u001b[?1049h";
    private const string BackFromIt = "\u001b[?1049l";
    private const string Frame = "\u001b[?2026h";

    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    private FakePlatform Connect(int hubs, Action<FakeHub>? configure = null) => Connect(_engine, hubs, configure);

    private static FakePlatform Connect(Engine engine, int hubs, Action<FakeHub>? configure = null)
    {
        var platform = FakePlatform.Of(hubs, configure);
        engine.Get($"Connect-ScramjetPlatform {platform.BaseUri} -AccessToken {FakePlatform.Token}");
        return platform;
    }

    private static Node[] Nodes(IEnumerable<PSObject> output) => [.. output.Select(o => new Node(o))];

    private static string[] Lines(string rendered) => [.. rendered.Split('\n').Select(l => l.TrimEnd('\r')).Where(l => l.Length > 0)];

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var waited = TimeSpan.Zero; !condition(); waited += TimeSpan.FromMilliseconds(20))
        {
            Assert.True(waited < TimeLimit, "It did not come.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static int Count(string text, string part) => Regex.Count(text, Regex.Escape(part));

    private static async Task<bool> Do(Task answer)
    {
        await answer;
        return true;
    }

    [Fact]
    public void A_real_platform_is_one_tree()
    {
        using var sequence = TestSequence.Stoppable();
        using var session = real.Connect();
        session.Get($"Publish-ScramjetSequence '{sequence.Folder}' | Start-ScramjetSequence -Wait | Out-Null");

        // Other tests change the platform at the same time, so one tree is used for all checks.
        session.Get("$tree = Show-ScramjetTree");
        var nodes = Nodes(session.Get("$tree"));
        Assert.Equal(("Space", "local", 0), (nodes[0].Kind, nodes[0].Id, nodes[0].Depth));
        Assert.Equal(["sth-0", "sth-1"], nodes[0].Children.Select(h => h.Id));
        Assert.Equal("Healthy", nodes[0].Status);
        foreach (var hub in nodes[0].Children)
        {
            Assert.Equal(("Healthy", true, "local", "local"), (hub.Status, hub.Healthy, hub.Parent?.Id, hub.Space));
            Assert.NotNull(hub.Load);
            Assert.NotNull(hub.Age);
            var mine = Assert.Single(hub.Children, s => s.Name == sequence.Name);
            var instance = Assert.Single(mine.Children);
            Assert.Equal(("Instance", "Running", 3, hub.Id), (instance.Kind, instance.Status, instance.Depth, instance.Hub));
            Assert.NotNull(instance.Age);
        }

        // Depth first: each node follows its parent and its earlier siblings.
        Assert.Equal(nodes.Select(n => n.Id), nodes[0].Walk().Select(n => n.Id));

        var lines = Lines(session.Render("$tree"));
        Assert.All(lines, l => Assert.True(l.Length <= 120, l));
        Assert.StartsWith("Name", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("local  ", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("├─ sth-0  ", lines[3], StringComparison.Ordinal);
        Assert.Contains(lines, l => l.StartsWith("└─ sth-1  ", StringComparison.Ordinal));
        Assert.Equal(2, lines.Count(l => l.Contains($"─ {sequence.Name} 1.2.3 ", StringComparison.Ordinal)));
        Assert.All(nodes.Where(n => n.Kind != "Space"), n => Assert.Contains(lines, l => l.Contains(n.Id, StringComparison.Ordinal)));

        session.Set("name", sequence.Name);
        session.Get("Show-ScramjetTree | Where-Object { $_.Kind -eq 'Instance' -and $_.GetParent().Name -eq $name } | Stop-ScramjetInstance -Wait");
        Assert.Empty(session.Get("Get-ScramjetInstance -Sequence $name -Status Running"));
        session.Get("Show-ScramjetTree | Where-Object { $_.Kind -eq 'Sequence' -and $_.Name -eq $name } | Remove-ScramjetSequence -Force -Confirm:$false");
        Assert.Empty(session.Get("Get-ScramjetSequence $name*"));
    }

    [Fact]
    public void A_standalone_hub_is_the_root_of_its_tree()
    {
        using var session = real.ConnectHub();
        var nodes = Nodes(session.Get("Show-ScramjetTree"));
        Assert.Equal(("Hub", "Running", null), (nodes[0].Kind, nodes[0].Status, nodes[0].Healthy));
        Assert.NotNull(nodes[0].Load);
        Assert.Single(nodes, n => n.Depth == 0);
    }

    [Fact]
    public void Each_space_of_a_multi_manager_is_a_tree()
    {
        _engine.Get($"Connect-ScramjetPlatform -MultiManagerUri {real.Platform.MultiManagerUri} -AccessToken {real.Platform.Token}");
        Assert.Equal(["local", "sth-0", "sth-1"], Nodes(_engine.Get("Show-ScramjetTree -Depth Hub")).Select(n => n.Id));
    }

    [Fact]
    public async Task Fifty_hubs_are_one_tree_even_if_some_fail()
    {
        await using var platform = Connect(50, hub =>
        {
            if (hub.Id == "sth-9")
                hub.Delay = TimeSpan.FromMilliseconds(500);
            if (hub.Id == "sth-8")
                hub.Intercept = (exchange, _) => Do(exchange.AnswerAsync(500, """{"error":"on fire"}"""));
        });
        platform.Disconnected.Add("sth-7");
        var result = _engine.Run("Show-ScramjetTree -TimeoutSec 10");
        var nodes = Nodes(result.Output);

        // Numbers in ids are sorted by value.
        var hubs = nodes.Where(n => n.Kind == "Hub").ToArray();
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"sth-{i}"), hubs.Select(h => h.Id));
        Assert.Equal(("Disconnected", "Failed", "Healthy"), (hubs[7].Status, hubs[8].Status, hubs[9].Status));
        Assert.All(hubs, h => Assert.Equal(h.Id is "sth-7" or "sth-8" ? 0 : 1, h.Children.Length));
        Assert.Contains("stopped by its owner", hubs[7].Info, StringComparison.Ordinal);
        Assert.Contains("on fire", hubs[8].Info, StringComparison.Ordinal);
        Assert.Equal(("Degraded", "50 hubs, 1 disconnected, 1 failed"), (nodes[0].Status, nodes[0].Info));
        Assert.Equal(
            ["sth-7 HUB_DISCONNECTED", "sth-8 SERVER_ERROR"],
            result.Errors.Select(e => $"{e.TargetObject} {e.FullyQualifiedErrorId.Split(',')[0]}").Order());

        // One request for all objects of a hub, and one for its load.
        Assert.Single(platform.Server.Requests, r => r.Target.EndsWith("/sth-0/api/v1/entities", StringComparison.Ordinal));
        Assert.Single(platform.Server.Requests, r => r.Target.EndsWith("/sth-0/api/v1/load-check", StringComparison.Ordinal));
        Assert.DoesNotContain(platform.Server.Requests, r => r.Target.Contains("/sth-7/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sequences_are_sorted_by_name_and_instances_without_one_are_shown()
    {
        await using var platform = Connect(1, hub =>
        {
            hub.AddSequence("zeta");
            hub.AddInstance(hub.AddSequence("alpha"), "errored", "i-errored");
            hub.AddInstance("of-old", "completed", "i-orphan");
        });
        var nodes = Nodes(_engine.Get("Show-ScramjetTree sequence"))[2..];
        Assert.Equal(["alpha", "hello", "zeta"], nodes.Select(n => n.Name));
        Assert.Contains("1 instance", nodes[0].Info, StringComparison.Ordinal);

        var orphan = Assert.Single(Nodes(_engine.Get("Show-ScramjetTree | Where-Object Status -eq Completed")));
        Assert.Equal(("i-orphan", "sth-0", "of of-old"), (orphan.Id, orphan.Parent?.Id, orphan.Info));
        Assert.Equal("i-errored", Assert.Single(Nodes(_engine.Get("Show-ScramjetTree | Where-Object Status -eq Errored"))).Id);

        var lines = Lines(_engine.Render("Show-ScramjetTree"));
        Assert.Contains(lines, l => l.StartsWith("   │  └─ i-errored ", StringComparison.Ordinal) && l.Contains(" Errored ", StringComparison.Ordinal));
        Assert.StartsWith("   └─ i-orphan ", lines[^1], StringComparison.Ordinal);
        Assert.Matches(@"└─ sth-0 +Healthy +[0-9]+[smhd] +12\.4 +25% 3 sequences, 3 instances", lines[3]);
    }

    [Fact]
    public async Task Objects_below_the_depth_are_not_requested()
    {
        await using var platform = Connect(2);
        Assert.Equal(["Space"], _engine.Get("(Show-ScramjetTree -Depth Space).Kind").Select(k => k.ToString()));
        Assert.DoesNotContain(platform.Server.Requests, r => r.Target.Contains("/sth/", StringComparison.Ordinal));
        var hubs = Nodes(_engine.Get("Show-ScramjetTree -Depth Hub -NoLoad"))[1..];
        Assert.All(hubs, h => Assert.Equal("Healthy", h.Status));
        Assert.All(hubs, h => Assert.Null(h.Load));
        Assert.DoesNotContain(platform.Server.Requests, r => r.Target.Contains("/sth/", StringComparison.Ordinal));
        Assert.Equal(5, _engine.Get("Show-ScramjetTree -Depth Sequence -NoLoad").Count);
        Assert.DoesNotContain(
            platform.Server.Requests,
            r => r.Target.EndsWith("/instances", StringComparison.Ordinal) || r.Target.EndsWith("/load-check", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_health_of_running_instances_is_requested_if_specified()
    {
        await using var platform = Connect(1, hub => hub.AddInstance(hub.Sequences.Keys.Single(), "completed"));
        Assert.All(Nodes(_engine.Get("Show-ScramjetTree | Where-Object Kind -eq Instance")), i => Assert.Null(i.Healthy));
        var nodes = Nodes(_engine.Get("Show-ScramjetTree -Health | Where-Object Kind -eq Instance"));
        var running = Assert.Single(nodes, i => i.Status == "Running");
        Assert.Equal((true, "healthy, process 42"), (running.Healthy, running.Info));
        Assert.NotNull(running.HealthReport);
        Assert.Single(platform.Server.Requests, r => r.Target.EndsWith("/health", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_load_that_fails_is_one_error_and_the_hub_is_shown()
    {
        await using var platform = Connect(
            1,
            hub => hub.Intercept = (exchange, path) => path == "/load-check" ? Do(exchange.AnswerAsync(500, "no")) : Task.FromResult(false));
        var result = _engine.Run("Show-ScramjetTree");
        Assert.Equal(4, result.Output.Count);
        Assert.Equal("Healthy", Nodes(result.Output)[1].Status);
        Assert.StartsWith("SERVER_ERROR,", Assert.Single(result.Errors).FullyQualifiedErrorId);
        Assert.Equal("Failed", Nodes(_engine.Run("Show-ScramjetTree -Depth Hub").Output)[1].Status);
    }

    [Fact]
    public async Task Nodes_convert_to_their_objects()
    {
        await using var platform = Connect(2);
        Assert.Equal(
            ["sth-0", "sth-1"],
            _engine.Get("(Show-ScramjetTree | Where-Object Kind -eq Space | Get-ScramjetHub).Id").Select(i => i.ToString()).Order());
        Assert.Equal("sth-1", _engine.Single("(Show-ScramjetTree | Where-Object Id -eq sth-1 | Get-ScramjetInstance).Hub").BaseObject);
        Assert.Equal(
            "sth-1",
            _engine.Single("(Show-ScramjetTree | Where-Object { $_.Kind -eq 'Sequence' -and $_.Hub -eq 'sth-1' } | Start-ScramjetSequence).Hub").BaseObject);
        Assert.Equal(3, _engine.Get("Show-ScramjetTree | Where-Object Kind -eq Instance | Get-ScramjetHealth").Count);
        Assert.Equal(
            ["sth-1", "hello"],
            Nodes(_engine.Get("Show-ScramjetTree | Where-Object Id -eq sth-1 | Show-ScramjetTree -Depth Sequence")).Select(n => n.Name));
        _engine.Get("Show-ScramjetTree | Where-Object Kind -eq Instance | Stop-ScramjetInstance -GracePeriodSec 0.1");
        Assert.Empty(_engine.Get("Get-ScramjetInstance -Status Running"));
    }

    [Fact]
    public async Task Spaces_and_hubs_can_be_piped_or_specified_by_name()
    {
        await using var platform = Connect(3);
        Assert.Equal(10, _engine.Get("Get-ScramjetSpace | Show-ScramjetTree").Count);
        var hubs = Nodes(_engine.Get("Get-ScramjetHub | Show-ScramjetTree -Depth Hub"));
        Assert.Equal(["sth-0", "sth-1", "sth-2"], hubs.Select(h => h.Id));
        Assert.All(hubs, h => Assert.Equal((0, $"in {FakePlatform.SpaceId}"), (h.Depth, h.Info)));
        Assert.Equal([FakePlatform.SpaceId, "sth-1"], Nodes(_engine.Get("Show-ScramjetTree -Hub sth-1 -Depth Hub")).Select(n => n.Id));
        Assert.Equal([FakePlatform.SpaceId, "sth-1", "sth-2"], Nodes(_engine.Get("Show-ScramjetTree -Hub sth-1, *2 -Depth Hub")).Select(n => n.Id));
        Assert.Empty(_engine.Get("Show-ScramjetTree -Hub none*"));
        Assert.StartsWith("NOT_FOUND,", _engine.Error("Show-ScramjetTree -Hub nowhere").FullyQualifiedErrorId);
        Assert.StartsWith("BAD_PARAMETERS,", _engine.Error("Get-ScramjetInstance -Hub sth-0 | Show-ScramjetTree").FullyQualifiedErrorId);
    }

    [Fact]
    public async Task Lines_fit_narrow_hosts_and_encodings_without_line_characters()
    {
        await using var platform = Connect(2);
        var narrow = Lines(_engine.Render("$Host.UI.RawUI.BufferSize = [Management.Automation.Host.Size]::new(80, 300); Show-ScramjetTree"));
        Assert.All(narrow, l => Assert.True(l.Length < 80, l));
        Assert.Contains(
            narrow,
            l => l.Contains(platform.Hubs[0].Instances.Keys.Single(), StringComparison.Ordinal) && l.Contains("Running", StringComparison.Ordinal));

        var plain = _engine.Render(
            "$before = [Console]::OutputEncoding; try { [Console]::OutputEncoding = [Text.Encoding]::ASCII; Show-ScramjetTree } finally "
                + "{ [Console]::OutputEncoding = $before }");
        Assert.Contains("|- sth-0", plain, StringComparison.Ordinal);
        Assert.Contains("|  `- hello 1.0.0", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("─", plain, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_from_hubs_cannot_move_the_cursor()
    {
        await using var platform = Connect(1, hub => hub.AddSequence("evil\u001b[2J\r\nname"));
        var lines = Lines(_engine.Render("Show-ScramjetTree"));
        Assert.Contains(lines, l => l.Contains("├─ evil [2J name 1.0.0", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, l => l.Contains('\u001b'));
        Assert.Equal("evil\u001b[2J\r\nname", Nodes(_engine.Get("Show-ScramjetTree"))[2].Name);
    }

    [Fact]
    public async Task Watching_writes_tree_after_tree_if_the_cursor_cannot_be_moved()
    {
        await using var platform = Connect(2);
        var fails = false;
        platform.Hubs[1].Intercept = (exchange, _) => fails ? Do(exchange.AnswerAsync(400, """{"error":"on fire"}""")) : Task.FromResult(false);
        await _engine.StopAfterAsync("Show-ScramjetTree -Watch -IntervalSec 0.1", TimeSpan.Zero, async () =>
        {
            await UntilAsync(() => Count(_engine.Screen, "Ctrl+C ends") >= 3);
            Assert.DoesNotContain("Failed", _engine.Screen, StringComparison.Ordinal);
            fails = true;
            await UntilAsync(() => Regex.IsMatch(_engine.Screen, "sth-1 +Failed.*on fire|sth-1 +Failed.*BAD_PARAMETERS"));
            fails = false;
            var rounds = Count(_engine.Screen, "Ctrl+C ends");
            await UntilAsync(() => Count(_engine.Screen, "Ctrl+C ends") >= rounds + 3);
        });
        var last = _engine.Screen[_engine.Screen.LastIndexOf("Scramjet  ", StringComparison.Ordinal)..];
        Assert.DoesNotContain("Failed", last, StringComparison.Ordinal);
        Assert.Contains("1 space, 2 hubs, 2 sequences, 2 instances", _engine.Screen, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", _engine.Screen, StringComparison.Ordinal);

        // Nothing continues in the background.
        var asked = platform.Server.Requests.Count;
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.Equal(asked, platform.Server.Requests.Count);
    }

    [Fact]
    public async Task Watching_marks_what_was_added_changed_and_removed_but_not_what_is_below_a_hub_that_fails()
    {
        await using var platform = Connect(2);
        var fails = false;
        platform.Hubs[1].Intercept = (exchange, _) => fails ? Do(exchange.AnswerAsync(400, """{"error":"on fire"}""")) : Task.FromResult(false);
        await _engine.StopAfterAsync("Show-ScramjetTree -Watch -IntervalSec 0.1", TimeSpan.Zero, async () =>
        {
            await UntilAsync(() => Count(_engine.Screen, "Ctrl+C ends") >= 3);
            Assert.DoesNotMatch(new Regex("^[-+*] ", RegexOptions.Multiline), _engine.Screen);
            var added = platform.Hubs[0].AddInstance(platform.Hubs[0].AddSequence("added"));
            await UntilAsync(() => Regex.IsMatch(_engine.Screen, $@"^\+ .*{added}\s+Running", RegexOptions.Multiline));
            platform.Hubs[0].Instances.TryRemove(added, out _);
            await UntilAsync(() => Regex.IsMatch(_engine.Screen, $@"^- .*{added}\s+Removed", RegexOptions.Multiline));
            fails = true;
            await UntilAsync(() => Regex.IsMatch(_engine.Screen, @"^\* .*sth-1 +Failed", RegexOptions.Multiline));
            fails = false;
            var rounds = Count(_engine.Screen, "Ctrl+C ends");
            await UntilAsync(() => Count(_engine.Screen, "Ctrl+C ends") >= rounds + 3);
            Assert.DoesNotMatch(new Regex($@"^[-+*] .*({string.Join('|', platform.Hubs[1].Instances.Keys)})", RegexOptions.Multiline), _engine.Screen);
        });
    }

    /// <summary>Hubs know the usage of instances in containers alone, and the CPU as the time since the start.</summary>
    [Fact]
    public async Task Watching_shows_the_usage_of_instances_in_containers()
    {
        await using var platform = Connect(1);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        platform.Hubs[0].Intercept = (exchange, path) => path.EndsWith("/health", StringComparison.Ordinal)
            ? Do(
                exchange.AnswerAsync(
                    200,
                    string.Create(
                        System.Globalization.CultureInfo.InvariantCulture,
                        $$"""
                        {"healthy":true,"cpuTotalUsage":{{clock.Elapsed.TotalMilliseconds * 500_000:0}},"memoryUsage":1048576,"limit":4194304,
                        "containerId":"c"}
                        """)))
            : Task.FromResult(false);
        await _engine.StopAfterAsync("Show-ScramjetTree -Watch -Health -IntervalSec 0.5", TimeSpan.Zero, () =>
            UntilAsync(() => Regex.IsMatch(_engine.Screen, @"Running +\S+ +\d+% +25%", RegexOptions.Multiline)));
    }

    [Fact]
    public async Task Nodes_are_sorted_as_asked()
    {
        await using var platform = Connect(3);
        platform.Hubs[2].Intercept = (exchange, _) => Do(exchange.AnswerAsync(400, """{"error":"on fire"}"""));
        Assert.Equal(
            ["sth-2", "sth-0", "sth-1"],
            Nodes(_engine.Get("Show-ScramjetTree -Depth Sequence -SortBy Status -ErrorAction Ignore")).Where(n => n.Kind == "Hub").Select(n => n.Id));
        Assert.Equal(
            ["sth-0", "sth-1", "sth-2"],
            Nodes(_engine.Get("Show-ScramjetTree -Depth Sequence -SortBy Name -ErrorAction Ignore")).Where(n => n.Kind == "Hub").Select(n => n.Id));
        var cpu = Nodes(_engine.Get("Show-ScramjetTree -Depth Sequence -SortBy Cpu -ErrorAction Ignore"));
        Assert.Equal("sth-2", cpu.Last(n => n.Kind == "Hub").Id);
    }

    [Fact]
    public async Task Watching_redraws_in_place_and_restores_the_screen()
    {
        using var engine = new Engine(colors: true);
        await using var platform = Connect(engine, 60);
        await engine.StopAfterAsync(
            "Show-ScramjetTree -Watch -IntervalSec 0.1",
            TimeSpan.Zero,
            () => UntilAsync(() => Count(engine.Screen, Frame) >= 4 && engine.Screen.Contains("\u001b[32mHealthy", StringComparison.Ordinal)));
        var screen = engine.Screen;
        Assert.Equal((1, 1), (Count(screen, OwnScreen), Count(screen, BackFromIt)));
        Assert.EndsWith("\n", screen, StringComparison.Ordinal);
        Assert.Contains("\u001b[?25h", screen[screen.LastIndexOf(BackFromIt, StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Contains("\u001b[32mHealthy", screen, StringComparison.Ordinal);

        // The host's window has 50 lines. The tree is cut to it, except for the last one.
        var frames = screen[..screen.IndexOf(BackFromIt, StringComparison.Ordinal)].Split(Frame)[1..];
        Assert.All(frames, f => Assert.True(Count(f, "\n") < 50));
        Assert.Contains("more lines", frames[^1], StringComparison.Ordinal);
        Assert.Contains("sth-59", screen[screen.IndexOf(BackFromIt, StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watching_continues_while_a_hub_does_not_respond_and_the_platform_fails()
    {
        using var engine = new Engine(colors: true);
        var platform = Connect(engine, 2);
        var silent = false;
        platform.Hubs[1].Intercept = (exchange, _) => silent ? Do(exchange.SilenceAsync()) : Task.FromResult(false);
        var time = await engine.StopAfterAsync("Show-ScramjetTree -Watch -IntervalSec 0.1 -TimeoutSec 1", TimeSpan.Zero, async () =>
        {
            await UntilAsync(() => engine.Screen.Contains("1 space, 2 hubs, 2 sequences, 2 instances", StringComparison.Ordinal));
            silent = true;
            await UntilAsync(() => engine.Screen.Contains("waiting for 1 hub", StringComparison.Ordinal));

            // The previous objects of the hub that doesn't respond are still shown.
            Assert.Contains("1 space, 2 hubs, 2 sequences, 2 instances; waiting for 1 hub", engine.Screen, StringComparison.Ordinal);
            await UntilAsync(() => engine.Screen.Contains("TIMEOUT: ", StringComparison.Ordinal));
            await platform.DisposeAsync();
            await UntilAsync(
                () => engine.Screen.Contains("nothing to show", StringComparison.Ordinal)
                    && engine.Screen.Contains("No connection to", StringComparison.Ordinal));
        });
        Assert.True(time < TimeSpan.FromSeconds(10), $"It took {time}.");
        Assert.Contains(BackFromIt, engine.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_ends_the_requests_at_once()
    {
        await using var platform = Connect(2, hub => hub.Intercept = (exchange, _) => Do(exchange.SilenceAsync()));
        foreach (var script in new[] { "Show-ScramjetTree", "Show-ScramjetTree -Watch" })
        {
            var asked = platform.Server.Requests.Count;
            var time = await _engine.StopAfterAsync(
                script,
                TimeSpan.Zero,
                () => UntilAsync(() => platform.Server.Requests.Skip(asked).Any(r => r.Target.Contains("/sth/", StringComparison.Ordinal))));
            Assert.True(time < TimeSpan.FromSeconds(10), $"It took {time}.");
        }
    }

    [Fact]
    public async Task A_standalone_hub_can_be_watched()
    {
        var hub = new FakeHub("mine");
        hub.AddInstance(hub.AddSequence("hello"));
        await using var server = hub.Serve();
        _engine.Get($"Connect-ScramjetPlatform -HubUri {server.BaseUri}");
        Assert.Equal(["mine", "hello"], Nodes(_engine.Get("Show-ScramjetTree -Depth Sequence")).Select(n => n.Name));
        Assert.Equal("mine", Assert.Single(Nodes(_engine.Get("Show-ScramjetTree -Depth Space"))).Name);
        await _engine.StopAfterAsync(
            "Get-ScramjetHub | Show-ScramjetTree -Watch -IntervalSec 0.1",
            TimeSpan.Zero,
            () => UntilAsync(() => Count(_engine.Screen, "1 hub, 1 sequence, 1 instance") >= 2));
    }

    /// <summary>Returns a node as PowerShell sees it.</summary>
    private sealed class Node(PSObject node)
    {
        public string Kind => Get("Kind")!.ToString()!;

        public string Id => (string)Get("Id")!;

        public string Name => (string)Get("Name")!;

        public string? Status => (string?)Get("Status");

        public bool? Healthy => (bool?)Get("Healthy");

        public TimeSpan? Age => (TimeSpan?)Call("GetAge");

        public object? Load => Call("GetLoad");

        public object? HealthReport => Call("GetHealthReport");

        public string? Info => (string?)Get("Info");

        public int Depth => (int)Get("Depth")!;

        public string? Space => (string?)Get("Space");

        public string? Hub => (string?)Get("Hub");

        public Node? Parent => Call("GetParent") is { } parent ? new Node(PSObject.AsPSObject(parent)) : null;

        public Node[] Children => Nodes(LanguagePrimitives.GetEnumerable(Call("GetChildren")).Cast<object>().Select(PSObject.AsPSObject));

        public IEnumerable<Node> Walk() => Children.SelectMany(c => c.Walk()).Prepend(this);

        private object? Get(string name) => node.Properties[name].Value;

        private object? Call(string name) => node.Methods[name].Invoke();
    }
}
