# The flow of topics as a person sees it, on a platform with two real hubs.

BeforeAll {
    . "$PSScriptRoot/LocalPlatform.ps1"
    . "$PSScriptRoot/Screen.ps1"
    $platform = Start-LocalPlatform
    Connect-ScramjetPlatform $platform.Uri -AccessToken $platform.Token
    Publish-ScramjetSequence "$root/docs/samples/topic-writer" -Hub sth-0 | Start-ScramjetSequence | Out-Null
    do { $flow = Get-ScramjetFlow cities -ErrorAction Ignore } until ($flow)
    $screen = Start-Screen -Width 100 -Command "Connect-ScramjetPlatform $($platform.Uri) -AccessToken $($platform.Token)"
}

AfterAll {
    Stop-Screen $screen
    Disconnect-ScramjetPlatform
    Stop-LocalPlatform $platform
}

Describe 'Get-ScramjetFlow' {
    It 'shows what is unknown and what is missing' {
        $lines = Invoke-ScreenCommand $screen 'Get-ScramjetFlow cities'
        $lines -join "`n" | Should -Match '(?m)^Source +SourceHub +Topic +Target +TargetHub *$'
        $lines -join "`n" | Should -Match '(?m)^\(unknown\) +sth-0 +cities +\(none\) *$'
        Get-ScreenColor $screen '(none)' | Should -Be 'Yellow'
    }

    It 'draws a picture' {
        $lines = Invoke-ScreenCommand $screen 'Get-ScramjetFlow cities -As Mermaid'
        $lines[0] | Should -Be 'flowchart LR'
        $lines -join "`n" | Should -Match '\(\["cities<br/>application/x-ndjson, no consumer"\]\):::open'
    }
}
