# Other programs that the tests start.

# The program of the PowerShell that this runs in: a program of its own, or, as a .NET tool or from NuGet, an assembly that dotnet runs.
function Get-ShellCommand {
    $program = (Get-Process -Id $PID).Path
    $program
    if ((Split-Path -Leaf $program) -like 'dotnet*') { Join-Path $PSHOME 'pwsh.dll' }
}

# Another PowerShell of the kind that this runs in.
function Invoke-Shell {
    $program, $rest = Get-ShellCommand
    $start = @(if ($rest) { $rest }) + '-NoProfile', '-NonInteractive' + $args
    & $program @start
}

# What dotnet needs to run a program of this repository. `dotnet test` has built it, and nothing may be built while suites run; by hand it is built first.
function Get-RunArguments([string] $Project) {
    $built = if ($env:SCRAMJET_TEST_CONFIGURATION) { "--no-build --configuration $env:SCRAMJET_TEST_CONFIGURATION" }
    "run $built --project `"$(Split-Path (Split-Path $PSScriptRoot))/src/$Project`" --"
}
