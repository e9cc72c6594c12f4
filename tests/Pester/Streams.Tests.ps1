# Data through sequences, as a user of pwsh writes it.

BeforeAll {
    . "$PSScriptRoot/LocalPlatform.ps1"
    $platform = Start-LocalPlatform
    Connect-ScramjetPlatform -Uri $platform.Uri -AccessToken $platform.Token
}

AfterAll {
    Disconnect-ScramjetPlatform -All
    Stop-LocalPlatform $platform
}

Describe 'A sequence as a filter' {
    It 'stands between Import-Csv and Export-Csv' {
        $in = Join-Path $TestDrive 'in.csv'
        $out = Join-Path $TestDrive 'out.csv'
        1..100 | ForEach-Object { [pscustomobject]@{ n = $_; name = "row $_" } } | Export-Csv $in
        Publish-ScramjetSequence "$root/docs/samples/double" -Hub sth-0 | Out-Null
        Import-Csv $in | Invoke-ScramjetSequence double -Hub sth-0 | Export-Csv $out
        $rows = Import-Csv $out
        $rows.Count | Should -Be 100
        ($rows | Measure-Object n -Sum).Sum | Should -Be 10100
        Remove-ScramjetSequence double -Force -Confirm:$false
    }

    It 'ends early with Select-Object -First, and leaves nothing behind' {
        Invoke-ScramjetSequence -Path "$root/docs/samples/count" -RemoveAfter -ArgumentList 100000 -Hub sth-1 | Select-Object -First 3 | Should -HaveCount 3
        Get-ScramjetInstance -Hub sth-1 -Sequence count | Should -BeNullOrEmpty
    }

    It 'runs as a job of PowerShell''s own' -Skip:(-not (Get-Command Start-ThreadJob -ErrorAction SilentlyContinue)) {
        $connection = Get-ScramjetConnection
        $job = Start-ThreadJob {
            Import-Module "$using:root/ScramjetPlatform.psd1"
            'a', 'b' | Invoke-ScramjetSequence -Path "$using:root/docs/samples/hello" -RemoveAfter -Hub sth-0 -Connection $using:connection
        }
        $job | Receive-Job -Wait -AutoRemoveJob | Should -Be 'Hello, a!', 'Hello, b!'
    }

    It 'tells a failure as an error, after what was good' {
        $out = 1..5 | ForEach-Object { @{ n = $_ } } | Invoke-ScramjetSequence -Path "$root/docs/samples/fail" -RemoveAfter -Hub sth-0 -ErrorVariable failure -ErrorAction SilentlyContinue -WarningAction SilentlyContinue
        $out | Should -HaveCount 2
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'INSTANCE_FAILED,*'
    }
}

Describe 'A runbook' {
    It 'never shows a token: not in errors, not verbosely, not in a transcript' {
        $log = Join-Path $TestDrive 'transcript.txt'
        Start-Transcript $log | Out-Null
        try {
            Connect-ScramjetPlatform -Uri $platform.Uri -AccessToken $platform.Token -Name other -PassThru -Verbose 4>&1 | Out-Host
            Get-ScramjetHub nothing -Verbose -Debug -ErrorAction SilentlyContinue 4>&1 5>&1 | Out-Host
            Get-ScramjetConnection | Format-List * | Out-Host
            $Error[0] | Format-List * -Force | Out-Host
        }
        finally {
            Stop-Transcript | Out-Null
            Get-ScramjetConnection other | Disconnect-ScramjetPlatform
        }

        # The command line itself holds a variable, not the token.
        Get-Content $log -Raw | Should -Not -Match ([regex]::Escape($platform.Token))
    }

    It 'reads its address and token from the environment' {
        $script = "Import-Module '$root/ScramjetPlatform.psd1'; Connect-ScramjetPlatform; (Get-ScramjetHub).Count"
        $env:SCRAMJET_URI = $platform.Uri
        $env:SCRAMJET_TOKEN = $platform.Token
        try {
            Invoke-Shell -Command $script | Should -Be 2
        }
        finally {
            Remove-Item Env:SCRAMJET_URI, Env:SCRAMJET_TOKEN
        }
    }
}
