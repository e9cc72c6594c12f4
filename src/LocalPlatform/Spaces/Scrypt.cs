using System;
using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Scramjet.LocalPlatform.Spaces;

/// <summary>The key derivation of RFC 7914, which .NET doesn't have, with the numbers that hubs use.</summary>
internal static class Scrypt
{
    private const int Length = 96;
    private const int Cost = 16384;
    private const int BlockSize = 8;

    /// <summary>Derives 96 bytes.</summary>
    public static byte[] Derive(string password, string salt) =>
        Derive(Encoding.UTF8.GetBytes(password), Encoding.UTF8.GetBytes(salt), Cost, BlockSize, Length);

    /// <summary>Derives bytes, with a parallelization of 1.</summary>
    public static byte[] Derive(byte[] password, byte[] salt, int cost, int blockSize, int length)
    {
        var bytes = Rfc2898DeriveBytes.Pbkdf2(password, salt, 1, HashAlgorithmName.SHA256, 128 * blockSize);
        var block = new uint[32 * blockSize];
        for (var i = 0; i < block.Length; i++)
            block[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(i * sizeof(uint)));

        Mix(block, cost);
        for (var i = 0; i < block.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * sizeof(uint)), block[i]);
        return Rfc2898DeriveBytes.Pbkdf2(password, bytes, 1, HashAlgorithmName.SHA256, length);
    }

    // scryptROMix
    private static void Mix(uint[] block, int cost)
    {
        var size = block.Length;
        var seen = new uint[cost * size];
        var scratch = new uint[size];
        for (var i = 0; i < cost; i++)
        {
            block.CopyTo(seen, i * size);
            MixBlock(block, scratch);
        }

        for (var i = 0; i < cost; i++)
        {
            var earlier = seen.AsSpan((int)(block[size - 16] & (uint)(cost - 1)) * size, size);
            for (var j = 0; j < size; j++)
                block[j] ^= earlier[j];
            MixBlock(block, scratch);
        }
    }

    // scryptBlockMix
    private static void MixBlock(uint[] block, uint[] scratch)
    {
        Span<uint> last = stackalloc uint[16];
        block.AsSpan(block.Length - 16).CopyTo(last);
        var half = block.Length / 2;
        for (var i = 0; i < block.Length / 16; i++)
        {
            for (var j = 0; j < 16; j++)
                last[j] ^= block[(i * 16) + j];
            Salsa(last);
            last.CopyTo(scratch.AsSpan((i % 2 == 0 ? 0 : half) + (i / 2 * 16)));
        }

        scratch.CopyTo(block, 0);
    }

    // Salsa20/8
    private static void Salsa(Span<uint> state)
    {
        Span<uint> x = stackalloc uint[16];
        state.CopyTo(x);
        for (var i = 0; i < 4; i++)
        {
            Quarter(x, 0, 4, 8, 12);
            Quarter(x, 5, 9, 13, 1);
            Quarter(x, 10, 14, 2, 6);
            Quarter(x, 15, 3, 7, 11);
            Quarter(x, 0, 1, 2, 3);
            Quarter(x, 5, 6, 7, 4);
            Quarter(x, 10, 11, 8, 9);
            Quarter(x, 15, 12, 13, 14);
        }

        for (var i = 0; i < 16; i++)
            state[i] += x[i];
    }

    private static void Quarter(Span<uint> x, int a, int b, int c, int d)
    {
        x[b] ^= BitOperations.RotateLeft(x[a] + x[d], 7);
        x[c] ^= BitOperations.RotateLeft(x[b] + x[a], 9);
        x[d] ^= BitOperations.RotateLeft(x[c] + x[b], 13);
        x[a] ^= BitOperations.RotateLeft(x[d] + x[c], 18);
    }
}
