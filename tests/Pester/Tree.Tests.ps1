# The tree as a person sees it, on a platform with two real hubs.

BeforeAll {
    . "$PSScriptRoot/LocalPlatform.ps1"
    . "$PSScriptRoot/Screen.ps1"
    $platform = Start-LocalPlatform
    Connect-ScramjetPlatform -HubUri $platform.HubUri
    $screen = Start-Screen -Width 100 -Command "Connect-ScramjetPlatform -HubUri $($platform.HubUri)"
}

AfterAll {
    Stop-Screen $screen
    Disconnect-ScramjetPlatform
    Stop-LocalPlatform $platform
}

Describe 'Show-ScramjetTree -Watch' {
    It 'marks what was added and removed, and ends with q' {
        Send-ScreenKey $screen 'Show-ScramjetTree -Watch -IntervalSec 0.5; "It has ended"{Enter}'
        Wait-Screen $screen '^1 hub$' | Should -Not -Match '^[-+*] '
        $instance = Publish-ScramjetSequence "$root/docs/samples/hello" | Start-ScramjetSequence
        Wait-Screen $screen "^\+ .*$($instance.Id)\s+Running" | Out-Null
        Get-ScreenColor $screen '+' | Should -Be 'Green'
        $instance | Stop-ScramjetInstance -Force -Wait
        Wait-Screen $screen "^- .*$($instance.Id)\s+Removed" | Out-Null
        Send-ScreenKey $screen 'q'
        Wait-ScreenPrompt $screen | Select-Object -Last 1 | Should -Be 'It has ended'
        Remove-ScramjetSequence hello -Confirm:$false
    }
}

Describe 'Show-ScramjetTree -SortBy' {
    It 'puts the newest instance first with Age' {
        $old = Publish-ScramjetSequence "$root/docs/samples/ping" | Start-ScramjetSequence -Wait
        Start-Sleep 2  # A start time can be one of whole seconds.
        $new = Start-ScramjetSequence ping -Wait
        try {
            $rows = (Invoke-ScreenCommand $screen 'Show-ScramjetTree') -join "`n"
            $rows | Should -Match "(?s)CPU +Mem.*$($old.Id) Running.*$($new.Id) Running"
            (Invoke-ScreenCommand $screen 'Show-ScramjetTree -SortBy Age') -join "`n" | Should -Match "(?s)$($new.Id) Running.*$($old.Id) Running"
        }
        finally {
            Remove-ScramjetSequence ping -Force -Confirm:$false
        }
    }
}
