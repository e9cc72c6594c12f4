<#
.SYNOPSIS
    Runs the Pester suite in the PowerShell that it is called in, and ends with its counts in one plain line.
.DESCRIPTION
    `dotnet test` calls this for each file of the suite, in the pwsh of its own restore. Called by hand, it needs Pester 5 or newer, and the module
    in bin/ (./build.ps1). The exit code is 1 if a test failed or none ran.
.EXAMPLE
    ./tests/Pester/Invoke-Tests.ps1 -Path ./tests/Pester/Streams.Tests.ps1 -FullName '*transcript*'
#>
[CmdletBinding()]
param(
    # The files or folders with the tests.
    [string[]] $Path = $PSScriptRoot,

    # Wildcards that the names of the tests to run match, with the names of their blocks.
    [string[]] $FullName,

    # Pester's name, or the path of its manifest.
    [string] $Pester = 'Pester',

    # A file that gets the results as JSON: the name, result and message of each test.
    [string] $ResultPath
)

$ErrorActionPreference = 'Stop'
Import-Module $Pester -MinimumVersion 5.0
$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Detailed'
if ($FullName) { $configuration.Filter.FullName = $FullName }
$result = Invoke-Pester -Configuration $configuration

function Get-Message($Item) {
    # Without Pester's own frames.
    ($Item.ErrorRecord | ForEach-Object { $_.DisplayErrorMessage; $_.DisplayStackTrace }) -join "`n"
}

$outcomes = @(
    $result.Tests | Where-Object Result -ne 'NotRun' | Select-Object @{ n = 'Name'; e = { $_.ExpandedPath } }, @{ n = 'Result'; e = { $_.Result } }, @{ n = 'Message'; e = { Get-Message $_ } }
    # What failed before, between or after tests: BeforeAll, AfterAll, a whole file.
    $result.FailedBlocks | Select-Object @{ n = 'Name'; e = { $_.ExpandedPath } }, @{ n = 'Result'; e = { 'Failed' } }, @{ n = 'Message'; e = { Get-Message $_ } }
    $result.FailedContainers | Select-Object @{ n = 'Name'; e = { "$_" } }, @{ n = 'Result'; e = { 'Failed' } }, @{ n = 'Message'; e = { Get-Message $_ } }
)
if ($ResultPath) { [System.IO.File]::WriteAllText($ResultPath, (ConvertTo-Json $outcomes)) }

$count = @{ Passed = 0; Skipped = 0; Failed = 0 }
foreach ($outcome in $outcomes) {
    if ($outcome.Result -in 'Passed', 'Skipped') { $count[$outcome.Result]++ } else { $count.Failed++ }
}
"Pester: $($count.Passed) passed, $($count.Failed) failed, $($count.Skipped) skipped"
exit [int]($count.Failed -gt 0 -or $count.Passed -eq 0)
