# Logs and attached instances as a person sees them, on a real hub.

BeforeAll {
    . "$PSScriptRoot/LocalPlatform.ps1"
    . "$PSScriptRoot/Screen.ps1"
    $platform = Start-LocalPlatform
    Connect-ScramjetPlatform -HubUri $platform.HubUri
    $instance = Publish-ScramjetSequence "$root/docs/samples/ping" | Start-ScramjetSequence -Wait
    $screen = Start-Screen -Width 80 -Command "Connect-ScramjetPlatform -HubUri $($platform.HubUri) -Name hub; `$ping = '$root/docs/samples/ping'"
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

Describe 'Filters' {
    BeforeEach { Invoke-ScreenCommand $screen 'Clear-Host' | Out-Null }

    It 'select entries of a log by level, source, text and time' {
        $short = $instance.Id.Substring(0, 8)
        Send-ScreenKey $screen "Get-ScramjetLog $($instance.Id) -Follow -Level Warn -Source Sequence -Match 'begin|find me|end' -Since 10m{Enter}"
        # A hub doesn't keep what an instance logs before somebody reads it again.
        for ($i = 0; $i -lt 60 -and -not ((Get-Screen $screen) -match 'WARN.*begin'); $i++) {
            $instance | Send-ScramjetEvent ping -Message begin
            Start-Sleep 1
        }

        foreach ($message in 'hide me', 'find me', 'end') { $instance | Send-ScramjetEvent ping -Message $message }
        $rows = (Wait-Screen $screen 'WARN.*end') -match '^\d\d:' -notmatch 'begin'
        Send-ScreenKey $screen '{Ctrl+C}'
        Wait-ScreenPrompt $screen | Out-Null
        $rows.Count | Should -Be 2 -Because ($rows -join '|')
        $rows[0] | Should -Match "^\d\d:\d\d:\d\d\.\d\d\d WARN +ping $short.*find me"
        Get-ScreenColor $screen 'WARN' | Should -Match 'Yellow'
    }

    It 'select records of the audit by operation and time, without those that only read' {
        Invoke-ScreenCommand $screen "Connect-ScramjetPlatform $($platform.Uri) -AccessToken $($platform.Token) -Name audited" | Out-Null
        try {
            Invoke-ScreenCommand $screen '$s = Publish-ScramjetSequence $ping -Hub sth-1; $hubs = Get-ScramjetHub' | Should -BeNullOrEmpty
            $rows = Invoke-ScreenCommand $screen 'Get-ScramjetAudit -Since 10m'
            $rows -match 'sequence' | Should -Not -BeNullOrEmpty
            $rows -match ' get' | Should -Not -BeNullOrEmpty
            $rows = Invoke-ScreenCommand $screen 'Get-ScramjetAudit -Since 10m -ExcludeRead'
            $rows -match 'sequence' | Should -Not -BeNullOrEmpty
            $rows -match ' get' | Should -BeNullOrEmpty
            Invoke-ScreenCommand $screen 'Get-ScramjetAudit -Operation "Topic *"' | Should -BeNullOrEmpty
            Invoke-ScreenCommand $screen 'Get-ScramjetAudit -Since ((Get-Date).AddDays(1))' | Should -BeNullOrEmpty
        }
        finally {
            Invoke-ScreenCommand $screen '$s | Remove-ScramjetSequence -Confirm:$false' | Out-Null
            Invoke-ScreenCommand $screen 'Disconnect-ScramjetPlatform audited; Select-ScramjetConnection hub' | Out-Null
        }
    }
}

Describe 'Enter-ScramjetInstance' {
    It 'shows the streams, sends what is typed, and leaves the instance running after Ctrl+C' {
        $stdio = Publish-ScramjetSequence "$root/docs/samples/stdio" | Start-ScramjetSequence -Wait
        Send-ScreenKey $screen "Enter-ScramjetInstance $($stdio.Id) -Stdin -Stream Stdout, Stderr{Enter}"

        # Keys that are typed while a command starts can get lost.
        'it is ready' | Send-ScramjetInput $stdio -Stdin -KeepOpen
        Wait-Screen $screen 'stdout it is ready' | Out-Null
        Send-ScreenKey $screen 'helo{Backspace}lo{Enter}'
        Wait-Screen $screen 'stdout hello' | Out-Null
        Wait-Screen $screen 'stderr 6 characters' | Out-Null
        Get-ScreenColor $screen 'stderr' | Should -Be 'Red'
        Send-ScreenKey $screen '{Ctrl+C}'
        Wait-ScreenPrompt $screen | Out-Null
        ($stdio | Get-ScramjetInstance).Status | Should -Be 'Running'
    }
}
