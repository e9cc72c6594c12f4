using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text.RegularExpressions;
using System.Threading;

namespace ScramjetPlatform.Tests;

/// <summary>A host for the engine that shows what a console would show, and prompts only for choices that a test answers.</summary>
/// <param name="output">Receives the output.</param>
/// <param name="colors">Whether the host supports colors.</param>
internal sealed partial class PowerShellHost(TextWriter output, bool colors) : PSHost
{
    private readonly WriterUI _ui = new(output, colors);

    /// <summary>Answers a prompt for a choice: receives its message, and returns the label of the choice, such as Yes.</summary>
    public Func<string, string>? Answer { get => _ui.Answer; set => _ui.Answer = value; }

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "ScramjetPlatform";

    public override PSHostUserInterface UI => _ui;

    public override Version Version => new(1, 0);

    public override void EnterNestedPrompt() => throw new NotSupportedException();

    public override void ExitNestedPrompt() => throw new NotSupportedException();

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    public override void SetShouldExit(int exitCode)
    {
    }

    [GeneratedRegex("\u001b\\[[0-9;]*m")]
    private static partial Regex Escapes();

    private sealed class WriterUI(TextWriter output, bool colors) : PSHostUserInterface
    {
        private readonly Lock _gate = new();

        public Func<string, string>? Answer { get; set; }

        public override bool SupportsVirtualTerminal => colors;

        public override PSHostRawUserInterface RawUI { get; } = new WideUI();

        public override void Write(string value) => Add(value);

        public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Add(value);

        public override void WriteLine(string value) => Add(value + "\n");

        public override void WriteErrorLine(string value) => Add("ERROR: " + value + "\n");

        public override void WriteWarningLine(string message) => Add("WARNING: " + message + "\n");

        public override void WriteVerboseLine(string message) => Add("VERBOSE: " + message + "\n");

        public override void WriteDebugLine(string message) => Add("DEBUG: " + message + "\n");

        public override void WriteProgress(long sourceId, ProgressRecord record)
        {
        }

        public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
            throw new InvalidOperationException(
                $"Nothing may prompt here, and this did: {caption} {message} {string.Join(", ", descriptions.Select(d => d.Name))}");

        public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
        {
            if (Answer is null)
                throw new InvalidOperationException($"Nothing may prompt here, and this did: {caption} {message}");
            var label = Answer(message);
            return choices.IndexOf(choices.Single(c => c.Label.Replace("&", "", StringComparison.Ordinal) == label));
        }

        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
            throw new InvalidOperationException("Nothing may prompt here.");

        public override PSCredential PromptForCredential(
            string caption,
            string message,
            string userName,
            string targetName,
            PSCredentialTypes allowedCredentialTypes,
            PSCredentialUIOptions options) =>
            throw new InvalidOperationException("Nothing may prompt here.");

        public override string ReadLine() => throw new InvalidOperationException("Nothing may prompt here.");

        public override SecureString ReadLineAsSecureString() => throw new InvalidOperationException("Nothing may prompt here.");

        private void Add(string text)
        {
            lock (_gate)
                output.Write(colors ? text : Escapes().Replace(text, ""));
        }
    }

    private sealed class WideUI : PSHostRawUserInterface
    {
        public override ConsoleColor BackgroundColor { get; set; }

        public override Size BufferSize { get; set; } = new(120, 3000);

        public override Coordinates CursorPosition { get; set; }

        public override int CursorSize { get; set; }

        public override ConsoleColor ForegroundColor { get; set; }

        public override bool KeyAvailable => false;

        public override Size MaxPhysicalWindowSize => new(120, 50);

        public override Size MaxWindowSize => new(120, 50);

        public override Coordinates WindowPosition { get; set; }

        public override Size WindowSize { get; set; } = new(120, 50);

        public override string WindowTitle { get; set; } = "";

        public override void FlushInputBuffer()
        {
        }

        public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw new NotSupportedException();

        public override KeyInfo ReadKey(ReadKeyOptions options) => throw new NotSupportedException();

        public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) =>
            throw new NotSupportedException();

        public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw new NotSupportedException();

        public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw new NotSupportedException();
    }
}
