# Logs and attached instances as a person sees them, on a real hub.

BeforeAll {
    . "$PSScriptRoot/LocalPlatform.ps1"
    . "$PSScriptRoot/Screen.ps1"
    $platform = Start-LocalPlatform
    Connect-ScramjetPlatform -HubUri $platform.HubUri
    $instance = Publish-ScramjetSequence "$root/docs/samples/ping" | Start-ScramjetSequence -Wait
    $screen = Start-Screen -Width 80 -Command "Connect-ScramjetPlatform -HubUri $($platform.HubUri)"
}

AfterAll {
    Stop-Screen $screen
    Get-ScramjetInstance | Stop-ScramjetInstance -Force -Wait
    Get-ScramjetSequence | Remove-ScramjetSequence -Confirm:$false
    Disconnect-ScramjetPlatform
    Stop-LocalPlatform $platform
}

Describe 'Get-ScramjetLog' {
    It 'shows time, level, sequence and instance, and wraps the message' {
        $rows = Invoke-ScreenCommand $screen 'Get-ScramjetLog -Tail 5 -Match sequences' | Where-Object { $_ }
        $rows[0] | Should -Match '^\d\d:\d\d:\d\d\.\d\d\d [A-Z]+ +\S+ \S+: '
        $rows -match '^ {13}\S' | Should -Not -BeNullOrEmpty
        $rows -notmatch '^(\d\d:| {13})' | Should -BeNullOrEmpty
    }

    It 'follows instances of a sequence that start later, with the last entries first' {
        $short = $instance.Id.Substring(0, 8)
        Send-ScreenKey $screen 'Get-ScramjetLog -Sequence ping -Follow -Tail 1 -Source Runner, Sequence{Enter}'
        Wait-Screen $screen "ping $short Runner: " | Out-Null
        Get-ScreenColor $screen $short | Should -Not -BeNullOrEmpty
        $later = Start-ScramjetSequence ping -Wait
        Wait-Screen $screen "ping $($later.Id.Substring(0, 8)) Runner: " | Out-Null
        Send-ScreenKey $screen '{Ctrl+C}'
        Wait-ScreenPrompt $screen | Out-Null
        $later | Stop-ScramjetInstance -Force -Wait
    }

    It 'returns the lines with -Raw' {
        (Invoke-ScreenCommand $screen 'Get-ScramjetLog -Raw -Tail 1') -join '' | Should -Match '^\{".*\}$'
    }
}

Describe 'Enter-ScramjetInstance' {
    It 'shows the streams, sends what is typed, and leaves the instance running after Ctrl+C' {
        $stdio = Publish-ScramjetSequence "$root/docs/samples/stdio" | Start-ScramjetSequence -Wait
        Send-ScreenKey $screen "Enter-ScramjetInstance $($stdio.Id) -Stdin -Stream Stdout, Stderr{Enter}"
        Wait-Screen $screen 'Enter-ScramjetInstance' | Out-Null
        Send-ScreenKey $screen 'helo{Backspace}lo{Enter}'
        Wait-Screen $screen 'stdout hello' | Out-Null
        Wait-Screen $screen 'stderr 6 characters' | Out-Null
        Get-ScreenColor $screen 'stderr' | Should -Be 'Red'
        Send-ScreenKey $screen '{Ctrl+C}'
        Wait-ScreenPrompt $screen | Out-Null
        ($stdio | Get-ScramjetInstance).Status | Should -Be 'Running'
    }
}
