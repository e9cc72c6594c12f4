# A platform with two real hubs for a test file, and the module in the session.

$root = Split-Path (Split-Path $PSScriptRoot)
Import-Module "$root/ScramjetPlatform.psd1" -Force

function Start-LocalPlatform {
    # The platform ends with the process that holds its standard input, so nothing is left behind.
    $start = [System.Diagnostics.ProcessStartInfo]::new('dotnet', "run --project `"$root/src/LocalPlatform`" -- --spaces local --token pester-token")
    $start.RedirectStandardOutput = $true
    $process = [System.Diagnostics.Process]::Start($start)
    $found = @{}
    while (-not $found.Uri -and $null -ne ($line = $process.StandardOutput.ReadLine())) {
        if ($line -match '^Multi-manager\s+(\S+)') { $found.MultiManagerUri = $Matches[1] }
        if ($line -match 'Connect-ScramjetPlatform -Uri (\S+)') { $found.Uri = $Matches[1] }
    }
    if (-not $found.Uri) { throw 'The local platform did not come up.' }
    [pscustomobject]@{ Process = $process; Uri = $found.Uri; MultiManagerUri = $found.MultiManagerUri; Token = 'pester-token' }
}

function Stop-LocalPlatform($Platform) {
    if ($Platform) { $Platform.Process.Kill($true) }
}
