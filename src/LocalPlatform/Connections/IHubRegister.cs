using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;

namespace Scramjet.LocalPlatform.Connections;

/// <summary>Decides which hubs join, and keeps them while they are connected.</summary>
internal interface IHubRegister
{
    /// <summary>Null where a hub may join, or else the status line with which it is refused. After 403 a hub doesn't come again.</summary>
    Task<string?> CheckAsync(HubGreeting greeting, ListenerInfo listener);

    /// <summary>Keeps a hub in its space until the connection ends.</summary>
    Task ServeAsync(HubGreeting greeting, ConnectionContext connection, ListenerInfo listener);
}
