# A pipeline over several instances as a person sees it, on a platform with two real hubs.

BeforeAll {
    . "$PSScriptRoot/LocalPlatform.ps1"
    . "$PSScriptRoot/Screen.ps1"
    $platform = Start-LocalPlatform
    Connect-ScramjetPlatform -HubUri $platform.HubUri
    Publish-ScramjetSequence "$root/docs/samples/double" | Out-Null
    $screen = Start-Screen -Width 100 -Command "Connect-ScramjetPlatform -HubUri $($platform.HubUri)"
}

AfterAll {
    Stop-Screen $screen
    Remove-ScramjetSequence double -Force -Confirm:$false
    Disconnect-ScramjetPlatform
    Stop-LocalPlatform $platform
}

Describe 'Invoke-ScramjetSequence -InstanceCount' {
    It 'shows the records of each instance, and ends with Ctrl+C' {
        Send-ScreenKey $screen '& { for ($n = 1; ; $n++) { @{ n = $n } } } | Invoke-ScramjetSequence double -InstanceCount 2 | ForEach-Object { Start-Sleep -Milliseconds 5 }{Enter}'
        Wait-Screen $screen 'Invoking 2 instances of double' | Out-Null
        $rows = Wait-Screen $screen '[0-9a-f]{8} \[[\d,]+ in, [\d,]+ out, [\d,]+/s'
        $rows -match ' in, .* out, ' | Should -Not -BeNullOrEmpty
        Send-ScreenKey $screen '{Ctrl+C}'
        Wait-ScreenPrompt $screen | Out-Null
        for ($i = 0; $i -lt 60 -and (Get-ScramjetInstance | Where-Object -Not HasEnded); $i++) { Start-Sleep -Milliseconds 500 }
        Get-ScramjetInstance | Where-Object -Not HasEnded | Should -BeNullOrEmpty
    }

    It 'shows with -WhatIf what is published, invoked and removed' {
        $rows = Invoke-ScreenCommand $screen "1 | Invoke-ScramjetSequence -Path '$root/docs/samples/hello' -InstanceCount 2 -RemoveAfter -WhatIf"
        $rows -join '' | Should -Match '"Publish" on.*"Invoke\s*2\s*instances" on.*"Remove" on'
        Get-ScramjetSequence hello* | Should -BeNullOrEmpty
    }

    It 'keeps the order of the input with -Ordered' {
        $rows = Invoke-ScreenCommand $screen '(1..200 | ForEach-Object { @{ n = $_ } } | Invoke-ScramjetSequence double -InstanceCount 2 -Ordered | ForEach-Object n) -join " " -eq ((1..200 | ForEach-Object { 2 * $_ }) -join " ")'
        $rows | Select-Object -Last 1 | Should -Match '^True\s*$'
    }
}
