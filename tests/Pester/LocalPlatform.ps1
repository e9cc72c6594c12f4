# A platform with two real hubs for a test file, and the module in the session.
param([string] $Module)

$root = Split-Path (Split-Path $PSScriptRoot)
Import-Module $(if ($Module) { $Module } else { "$root/ScramjetPlatform.psd1" }) -Force
. "$PSScriptRoot/Shell.ps1"

function Start-LocalPlatform {
    # It ends with the process that holds its standard input, so nothing is left behind.
    $start = [System.Diagnostics.ProcessStartInfo]::new('dotnet', "$(Get-RunArguments LocalPlatform) --spaces local --token pester-token --stdin")
    $start.UseShellExecute = $false
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $process = [System.Diagnostics.Process]::Start($start)
    $platform = @{ Process = $process; Token = 'pester-token' }
    while (-not $platform.Uri -and $null -ne ($line = $process.StandardOutput.ReadLine())) {
        if ($line -match '^Multi-manager\s+(\S+)') { $platform.MultiManagerUri = $Matches[1] }
        if (-not $platform.HubUri -and $line -match '^Hub\s+\S+\s+(\S+)') { $platform.HubUri = $Matches[1] }
        if ($line -match 'Connect-ScramjetPlatform -Uri (\S+)') { $platform.Uri = $Matches[1] }
    }
    if (-not $platform.Uri) { throw 'The local platform did not come up.' }
    $platform
}

function Stop-LocalPlatform($Platform) {
    if ($Platform) {
        $Platform.Process.StandardInput.Close()
        $Platform.Process.WaitForExit()
    }
}
