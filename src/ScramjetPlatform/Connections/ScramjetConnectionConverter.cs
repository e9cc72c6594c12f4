using System;
using System.Linq;
using System.Management.Automation;

namespace ScramjetPlatform;

/// <summary>Lets a connection of the session be given by its name.</summary>
public sealed class ScramjetConnectionConverter : PSTypeConverter
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) => sourceValue is string || sourceValue is PSObject { BaseObject: string };

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        ScramjetSession.Current.Connections.FirstOrDefault(c => string.Equals(c.Name, sourceValue.ToString(), StringComparison.OrdinalIgnoreCase))
        ?? throw new PSInvalidCastException($"There is no connection '{sourceValue}'. See Get-ScramjetConnection.");

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) => throw new NotSupportedException();
}
