# Another PowerShell of the kind that this runs in.

function Invoke-Shell {
    # It is a program of its own, or, as a .NET tool or from NuGet, an assembly that dotnet runs.
    $program = (Get-Process -Id $PID).Path
    $start = @(if ((Split-Path -Leaf $program) -like 'dotnet*') { Join-Path $PSHOME 'pwsh.dll' }) + '-NoProfile', '-NonInteractive' + $args
    & $program @start
}
