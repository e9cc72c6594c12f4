# The README's first command, as a newcomer runs it.

BeforeAll {
    . "$PSScriptRoot/Shell.ps1"
    $start = [System.Diagnostics.ProcessStartInfo]::new('dotnet', (Get-RunArguments Quickstart))
    $start.UseShellExecute = $false
    $start.RedirectStandardOutput = $true
    $start.StandardOutputEncoding = [System.Text.Encoding]::UTF8
    $process = [System.Diagnostics.Process]::Start($start)
    $output = $process.StandardOutput.ReadToEnd()
    $process.WaitForExit()
}

Describe 'The Quickstart' {
    It 'ends well' {
        $process.ExitCode | Should -Be 0 -Because $output
    }

    It 'runs in the PowerShell that came with the restore' {
        $versions = [xml] (Get-Content "$PSScriptRoot/../../Directory.Packages.props" -Raw)
        $output | Should -BeLike "*PowerShell $($versions.Project.PropertyGroup.PowerShellVersion):*"
    }

    It 'shows what the commands write: hubs, a tree, greetings' {
        $output | Should -Match '(?m)^sth-0 +Healthy'
        $output | Should -Match '(?m)^├─ sth-0 +Healthy'
        $output | Should -Match '(?m)^Welcome, Gdańsk!\r?$'
    }

    It 'has no colors in a file' {
        $output | Should -Not -Match ([char] 27)
    }
}
