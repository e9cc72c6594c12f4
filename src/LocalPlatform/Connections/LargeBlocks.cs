using System;
using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Scramjet.LocalPlatform.Connections;

/// <summary>Memory for connections in large blocks: with the 4 KB of the web server's own, a stream takes many reads of a socket.</summary>
internal sealed class LargeBlocks : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    private const int Size = 64 * 1024;

    public override int MaxBufferSize => Size;

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => Shared.Rent(Math.Max(minBufferSize, Size));

    protected override void Dispose(bool disposing)
    {
        // It is shared by all connections, and what it has is the process's.
    }
}
