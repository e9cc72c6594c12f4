# A platform with two real hubs for a test file, and the module in the session.

$root = Split-Path (Split-Path $PSScriptRoot)
Import-Module "$root/ScramjetPlatform.psd1" -Force
. "$PSScriptRoot/Shell.ps1"

function Start-LocalPlatform {
    $start = [System.Diagnostics.ProcessStartInfo]::new('dotnet', "$(Get-RunArguments LocalPlatform) --spaces local --token pester-token")
    $start.UseShellExecute = $false
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
    if (-not $Platform) { return }
    # With all that it has started, which Windows PowerShell's Process can't.
    if ($PSVersionTable.PSEdition -eq 'Desktop') { & taskkill.exe /PID $Platform.Process.Id /T /F | Out-Null }
    else { $Platform.Process.Kill($true) }
}
