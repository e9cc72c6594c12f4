using System;
using System.Threading;
using System.Threading.Tasks;
using Scramjet.Client.Streams;

namespace Scramjet.Client.Api;

/// <summary>Sends data to an instance and reads its output at the same time, until the output ends.</summary>
/// <param name="instance">The instance.</param>
/// <param name="body">The data.</param>
/// <param name="cancellationToken">Cancels both.</param>
internal sealed class InOutCall(InstanceClient instance, StreamBody body, CancellationToken cancellationToken) : IDisposable
{
    private readonly CancellationTokenSource _over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private readonly TaskCompletionSource<bool> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ApiStream? _stream;
    private Task _output = Task.CompletedTask;
    private Task _input = Task.CompletedTask;

    public void Dispose() => _over.Dispose();

    /// <summary>Runs the call.</summary>
    /// <param name="send">Sends the data.</param>
    /// <param name="read">Reads the output until it ends.</param>
    /// <param name="inputFailed">Called at once if the input fails. The output is then read until it ends or no data arrives.</param>
    /// <returns>Whether all data was received.</returns>
    public async Task<bool> RunAsync(
        Func<CancellationToken, Task> send,
        Func<ApiStream, CancellationToken, Task> read,
        Action<ScramjetException>? inputFailed)
    {
        _output = ReadAsync(read);
        _input = SendAsync(send);
        try
        {
            // The call ends with the output: a program can leave some of its input unread.
            if (await Task.WhenAny(_output, _input).ConfigureAwait(false) != _input)
            {
                await _output.ConfigureAwait(false);
                await Task.WhenAny(_input, Task.Delay(body.IsAllSent ? Timings.InputResponse : Timings.UnsentInput, _over.Token)).ConfigureAwait(false);
            }

            if (_input.IsFaulted)
            {
                await EndAfterFailureAsync(inputFailed).ConfigureAwait(false);
                return false;
            }

            await _output.ConfigureAwait(false);
            return _input.Status == TaskStatus.RanToCompletion;
        }
        finally
        {
            _over.Cancel();
            await Task.WhenAll(_output, _input).IgnoreOutcomeAsync().ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(Func<ApiStream, CancellationToken, Task> read)
    {
        try
        {
            using var stream = await instance.GetStreamAsync(InstanceStream.Output, _over.Token).ConfigureAwait(false);
            Volatile.Write(ref _stream, stream);
            _opened.TrySetResult(true);

            InstanceClient.EndWithInstance(stream, instance.HasEndedAsync);
            await read(stream, _over.Token).ConfigureAwait(false);
        }
        finally
        {
            _opened.TrySetResult(false);
        }
    }

    private async Task SendAsync(Func<CancellationToken, Task> send)
    {
        // Hubs send the headers of the output at once, but a proxy can hold them back until there is output.
        await Task.WhenAny(_opened.Task, Task.Delay(Timings.OutputHeaders, _over.Token)).ConfigureAwait(false);
        if (!_opened.Task.IsCompleted || _opened.Task.Result)
            await send(_over.Token).ConfigureAwait(false);
    }

    /// <summary>Reads the rest of the output after the input has failed.</summary>
    /// <exception cref="ScramjetException">The failure, or a better reason for it.</exception>
    private async Task EndAfterFailureAsync(Action<ScramjetException>? inputFailed)
    {
        if (_input.Exception!.InnerException is not ScramjetException failure)
        {
            await _input.ConfigureAwait(false);
            return;
        }

        // If the input wasn't sent, the error isn't about the instance.
        if (failure is { Code: ErrorCodes.BadParameters or ErrorCodes.InputEnded } and not ScramjetApiException)
            throw failure;

        // An instance that ends closes its input. The rest of its output is still read, and the reason for its end is the better error.
        if (failure.Code == ErrorCodes.Gone && failure is not ScramjetApiException)
        {
            await Task.WhenAny(_output, Task.Delay(Timings.OutputAfterInput, _over.Token)).ConfigureAwait(false);
            if (!_output.IsCompleted)
                throw failure;
            await _output.ConfigureAwait(false);
            return;
        }

        inputFailed?.Invoke(failure);
        await ReadRestAsync().ConfigureAwait(false);
        if (inputFailed is null)
            throw failure;
    }

    /// <summary>Waits until the output ends or no data arrives.</summary>
    private async Task ReadRestAsync()
    {
        long before;
        do
        {
            before = Volatile.Read(ref _stream)?.BytesRead ?? 0;
            await Task.WhenAny(_output, Task.Delay(Timings.OutputAfterFailedInput, _over.Token)).ConfigureAwait(false);
        }
        while (!_output.IsCompleted && !cancellationToken.IsCancellationRequested && Volatile.Read(ref _stream)?.BytesRead > before);
        if (_output.IsCompleted)
            await _output.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
