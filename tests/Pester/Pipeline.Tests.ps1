# The main job as a user types it, in pwsh, on a platform with two real hubs.

BeforeAll {
    . "$PSScriptRoot/LocalPlatform.ps1"
    $platform = Start-LocalPlatform
    Connect-ScramjetPlatform -Uri $platform.Uri -AccessToken (ConvertTo-SecureString $platform.Token -AsPlainText -Force)
}

AfterAll {
    Disconnect-ScramjetPlatform
    Stop-LocalPlatform $platform
}

Describe 'The chain' {
    It 'publishes, finds, starts and stops over two hubs' {
        Publish-ScramjetSequence "$root/docs/samples/hello" | Should -HaveCount 2
        $instances = Get-ScramjetSpace | Get-ScramjetHub | Get-ScramjetSequence hello | Start-ScramjetSequence -Wait
        $instances.Hub | Sort-Object | Should -Be 'sth-0', 'sth-1'
        $instances.Status | Should -Be 'Running', 'Running'
        ($instances | Get-ScramjetHealth).Healthy | Should -Be $true, $true
        Get-ScramjetInstance | Stop-ScramjetInstance -GracePeriodSec 0.5 -Wait
        Get-ScramjetInstance -Status Running | Should -BeNullOrEmpty
        Get-ScramjetSequence hello | Remove-ScramjetSequence -Confirm:$false
        Get-ScramjetSequence hello* | Should -BeNullOrEmpty
    }

    It 'goes from nothing to a running instance' {
        $instance = New-ScramjetSequenceProject "$TestDrive/brand-new" | Publish-ScramjetSequence -Hub sth-0 | Start-ScramjetSequence -Wait
        $instance.Status | Should -Be 'Running'
        Remove-ScramjetSequence brand-new -Force -Confirm:$false
    }

    It 'survives a trip through CSV' {
        $row = Get-ScramjetHub sth-1 | Select-Object Id, Space | ConvertTo-Csv | ConvertFrom-Csv
        ($row | Get-ScramjetHub -Hub { $_.Id }).Id | Should -Be 'sth-1'
    }

    It 'shows tables with whole ids' {
        Publish-ScramjetSequence "$root/docs/samples/hello" -Hub sth-0 | Out-Null
        $sequence = Get-ScramjetSequence hello
        Get-ScramjetSequence | Out-String -Width 120 | Should -BeLike "*$($sequence.Id)*"
        $sequence | Remove-ScramjetSequence -Confirm:$false
    }

    It 'stops a runbook at the first error when told so' {
        { Get-ScramjetSequence nothing -ErrorAction Stop } | Should -Throw -ErrorId 'NOT_FOUND,ScramjetPlatform.GetScramjetSequenceCommand'
    }

    It 'completes what is there' {
        (TabExpansion2 'Get-ScramjetInstance -Hub sth').CompletionMatches.CompletionText | Should -Contain 'sth-1'
    }
}
