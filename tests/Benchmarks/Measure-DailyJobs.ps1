<#
.SYNOPSIS
    Measures daily jobs with si and with this module, and writes the table into docs/si.md.
.DESCRIPTION
    Each job runs on the same hub, first with si, then with the module in a connected session, several times in turn. The table contains the keys
    that a user types, with Tab completion, and the median of the times. The keys for the module are typed at a real prompt, and the script checks
    that they give the command. Completion of si isn't available, but its `-`, for the last sequence or instance, is used wherever it works.

    Build the module first with ./build.ps1. The hub must run sequences as processes and should have no other sequences named hello, double or
    ping.
.EXAMPLE
    ./tests/Benchmarks/Measure-DailyJobs.ps1 -HubUri http://127.0.0.1:8000/api/v1 -Si si
.EXAMPLE
    ./tests/Benchmarks/Measure-DailyJobs.ps1 -HubUri http://127.0.0.1:8000/api/v1 -Si node, ./si/bin/index.js -Only 'Deploy*'
#>
#requires -Version 7.4
[CmdletBinding(SupportsShouldProcess)]
param(
    # The address of the hub.
    [Parameter(Mandatory)] [uri] $HubUri,

    # The program of si, and the arguments before its own.
    [string[]] $Si = 'si',

    # How many times each job runs.
    [int] $Repeat = 5,

    # The names of the jobs to run. The table isn't written then.
    [string] $Only = '*'
)

$ErrorActionPreference = 'Stop'
$root = Split-Path (Split-Path $PSScriptRoot)
. "$root/tests/Pester/Screen.ps1"
Import-Module "$root/ScramjetPlatform.psd1"

# Settings of si, and everything that the jobs need, in a folder of their own.
$folder = Join-Path ([System.IO.Path]::GetTempPath()) "daily-jobs-$PID"
New-Item -ItemType Directory $folder | Out-Null
foreach ($name in 'hello', 'double', 'ping') { 
    Copy-Item -Recurse "$root/docs/samples/$name" $folder
    New-ScramjetSequencePackage "$folder/$name" -Destination "$folder/$name.tar.gz" | Out-Null
}
1..100 | ForEach-Object { "{""n"":$_}" } | Set-Content "$folder/data.ndjson"
$env:HOME = $folder

function Invoke-Si([string] $Arguments) {
    $words = @([System.Management.Automation.Language.Parser]::ParseInput("si $Arguments", [ref] $null, [ref] $null).EndBlock.Statements[0].PipelineElements[0].CommandElements |
        Select-Object -Skip 1 | ForEach-Object { $_.Value ?? $_.Extent.Text })
    & $Si[0] @($Si | Select-Object -Skip 1) @words 2>&1
}

function Invoke-SiOrFail([string] $Arguments) {
    $output = Invoke-Si $Arguments
    if ($LASTEXITCODE) { throw "si $Arguments failed: $output" }
    $output
}

function Get-Median([double[]] $Values) { ($Values | Sort-Object)[[math]::Floor($Values.Count / 2)] }

function Clear-Hub { Get-ScramjetSequence hello*, double*, ping* -ErrorAction Ignore | Remove-ScramjetSequence -Force -Confirm:$false }

# Ensures that the hub has one sequence of a name and one running instance of it, both the last ones of si.
function Start-Sample([string] $Name, [switch] $NoInstance) {
    $sequence = @(Get-ScramjetSequence $Name* -ErrorAction Ignore)
    if ($sequence.Count -ne 1 -or $sequence.Id -ne $script:last) {
        Clear-Hub
        Invoke-SiOrFail "seq send $folder/$Name.tar.gz" | Out-Null
        $script:last = (Get-ScramjetSequence $Name).Id
    }

    Get-ScramjetInstance -Sequence $Name | Where-Object HasEnded -eq $false | Stop-ScramjetInstance -Force -Wait
    if ($NoInstance) { return }
    Invoke-SiOrFail 'seq start -' | Out-Null
    Get-ScramjetInstance -Sequence $Name | Where-Object HasEnded -eq $false | Wait-ScramjetInstance -Status Running
}

$jobs = @(
    @{ Name = 'See what runs'; Si = 'inst ls'; Keys = 'g-si{Tab}'; Command = 'Get-ScramjetInstance'; Before = { Start-Sample hello }; Once = $true }
    @{ Name = 'See the sequences'; Si = 'seq ls'; Keys = 'g-ss{Tab}e{Tab}'; Command = 'Get-ScramjetSequence'; Before = { Start-Sample hello }; Once = $true }
    @{ Name = 'See the load of the hub'; Si = 'hub load'; Keys = 'g-sl{Tab}a{Tab}'; Command = 'Get-ScramjetLoad'; Once = $true }
    @{ Name = 'See the topics'; Si = 'topic ls'; Keys = 'g-st{Tab}'; Command = 'Get-ScramjetTopic'; Once = $true }
    @{ Name = 'See the details of an instance'; Si = 'inst info -'; Keys = 'g-si{Tab} hello|fl'; Command = 'Get-ScramjetInstance hello|fl'; Before = { Start-Sample hello }; Once = $true }
    @{ Name = 'See the health of an instance'; Si = 'inst health -'; Keys = 'g-sh{Tab}e{Tab} hello'; Command = 'Get-ScramjetHealth hello'; Before = { Start-Sample hello }; Once = $true }
    @{ Name = 'Deploy a folder'; Si = 'seq deploy ./hello'; Keys = 'p-ss{Tab} ./hello -st{Tab}'; Command = 'Publish-ScramjetSequence ./hello -Start' }
    @{ Name = 'Start a sequence'; Si = 'seq start -'; Keys = 's-ss{Tab} hello'; Command = 'Start-ScramjetSequence hello'; Before = { Start-Sample hello -NoInstance } }
    @{ Name = 'Start it with a configuration'; Si = 'seq start - -s ''{"greeting":"Hi"}'''; Keys = 's-ss{Tab} hello -appc{Tab} @{greeting="Hi"}'; Command = 'Start-ScramjetSequence hello -AppConfig @{greeting="Hi"}'; Before = { Start-Sample hello -NoInstance } }
    @{ Name = 'Send an event'; Si = 'inst event emit - ping'; Keys = 's-se{Tab} ping ping'; Command = 'Send-ScramjetEvent ping ping'; Before = { Start-Sample ping } }
    @{ Name = 'Run a file through a program'; SiIsEndless = $true; Si = 'seq deploy ./double', 'inst inout - data.ndjson -t application/x-ndjson -e'; Keys = 'gc data.ndjson|i-ss{Tab} -pa{Tab} ./double'; Command = 'gc data.ndjson|Invoke-ScramjetSequence -Path ./double' }
    @{ Name = 'Kill an instance'; Si = 'inst kill -'; Keys = 'stop-scr{Tab} hello -f{Tab}'; Command = 'Stop-ScramjetInstance hello -Force'; Before = { Start-Sample hello } }
    @{ Name = 'Restart an instance'; Slow = $true; Si = 'inst restart -'; Keys = 'r-si{Tab} hello'; Command = 'Restart-ScramjetInstance hello'; Before = { Start-Sample hello } }
    @{ Name = 'Put a new version in the place of the running one'; Slow = $true; Si = 'seq deploy ./hello', 'seq rm {sequence} -f'; Keys = 'p-ss{Tab} ./hello -rep{Tab}'; Command = 'Publish-ScramjetSequence ./hello -Replace'; Before = { Start-Sample hello } }
    @{ Name = 'Remove a sequence with its instances'; Slow = $true; Si = 'seq rm - -f'; Keys = 'r-ss{Tab} hello -f{Tab}'; Command = 'Remove-ScramjetSequence hello -Force'; Before = { Start-Sample hello } }
    @{ Name = 'Use another platform or hub'; Si = 'config profile use default'; Keys = 'select-sc{Tab} lab'; Command = 'Select-ScramjetConnection lab'; Once = $true }
) | Where-Object Name -like $Only

$screen = $null
try {
    Push-Location $folder
    $ConfirmPreference = 'None'
    Connect-ScramjetPlatform -HubUri $HubUri -Name lab | Out-Null
    Invoke-SiOrFail "config set apiUrl $HubUri" | Out-Null
    Invoke-SiOrFail 'config set env development' | Out-Null
    $screen = Start-Screen -Width 160 -Command "Set-Location '$folder'; Connect-ScramjetPlatform -HubUri '$HubUri' -Name lab | Out-Null"
    $rows = foreach ($job in $jobs) {
        Write-Progress 'Measuring' $job.Name
        if ($job.Before) { & $job.Before | Out-Null }

        # The keys give the command, at a prompt that has been used before.
        Send-ScreenKey $screen $job.Keys
        Wait-Screen $screen "PS \d+> $([regex]::Escape($job.Command))\s*$" -TimeoutSec 20 | Out-Null
        Send-ScreenKey $screen '{Ctrl+C}'
        Invoke-ScreenCommand $screen 'Clear-Host' | Out-Null

        $times = @{ Si = @(); Module = @() }
        # The first time isn't warm. What hubs need 15 seconds for is measured once.
        foreach ($n in $job.Slow ? 1 : 0..$Repeat) {
            foreach ($tool in ($job.SiIsEndless ? @('Module') : @('Si', 'Module'))) {
                if ($job.Before -and (-not $job.Once -or $n -eq 0)) { & $job.Before | Out-Null }
                $instance = Get-ScramjetInstance -ErrorAction Ignore | Where-Object HasEnded -eq $false | Select-Object -First 1
                $clock = [System.Diagnostics.Stopwatch]::StartNew()
                if ($tool -eq 'Module') { Invoke-Expression $job.Command | Out-String | Out-Null }
                else { $job.Si | ForEach-Object { Invoke-SiOrFail $_.Replace('{instance}', $instance.Id).Replace('{sequence}', $instance.SequenceId) | Out-Null } }

                if ($n) { $times.$tool += $clock.Elapsed.TotalMilliseconds }
            }
        }

        $siKeys = ($job.Si | ForEach-Object { "si $_".Replace('{instance}', ' ').Replace('{sequence}', ' ').Length + 1 } | Measure-Object -Sum).Sum
        $keys = [regex]::Replace($job.Keys, '\{[A-Z]\w+\}', '*').Length + 1
        [pscustomobject]@{
            Job = $job.Name
            Si = ($job.Si | ForEach-Object { "si $_".Replace('{instance}', '<id>').Replace('{sequence}', '<id>') }) -join '; '
            SiKeys = $siKeys
            SiMs = if ($times.Si) { Get-Median $times.Si }
            Command = $job.Command
            Typed = $job.Keys
            Keys = $keys
            Ms = Get-Median $times.Module
        }
    }

    $rows
    if ($Only -eq '*' -and $PSCmdlet.ShouldProcess('docs/si.md', 'Write the table of daily jobs')) {
        function Format-Time($Milliseconds) { $null -eq $Milliseconds ? 'until Ctrl+C' : $Milliseconds -lt 1000 ? ('{0:0} ms' -f $Milliseconds) : ('{0:0.0} s' -f ($Milliseconds / 1000)) }
        function Format-Code([string] $Text) { '`' + $Text.Replace('|', '\|') + '`' }
        $table = @(
            '| Job | `si` | Keys | Time | This module | Typed | Keys | Time |'
            '|---|---|---|---|---|---|---|---|'
            $rows | ForEach-Object { "| $($_.Job) | $(Format-Code $_.Si) | $($_.SiKeys) | $(Format-Time $_.SiMs) | $(Format-Code $_.Command) | $(Format-Code $_.Typed) | $($_.Keys) | $(Format-Time $_.Ms) |" }
            ''
            "Measured with si $((Invoke-Si '--version' | Select-String '\d+\.\d+\.\d+').Matches[0].Value), module $((Get-Module ScramjetPlatform).Version), PowerShell $($PSVersionTable.PSVersion) and hub $((Get-ScramjetVersion | Where-Object Component -eq Hub).Version) on $([Environment]::ProcessorCount) CPUs, medians of $Repeat runs."
        ) -join "`n"
        $path = "$root/docs/si.md"
        $text = [System.IO.File]::ReadAllText($path)
        $pattern = '(?s)(<!-- daily jobs -->\n).*?(\n<!-- end of daily jobs -->)'
        if ($text -notmatch $pattern) { throw 'docs/si.md has no place for the table.' }
        [System.IO.File]::WriteAllText($path, [regex]::Replace($text, $pattern, { param($m) $m.Groups[1].Value + "`n$table`n" + $m.Groups[2].Value }))
    }
}
finally {
    Stop-Screen $screen
    Clear-Hub
    Disconnect-ScramjetPlatform
    Pop-Location
    Remove-Item -Recurse -Force $folder
}
