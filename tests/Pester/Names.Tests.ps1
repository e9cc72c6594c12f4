# What a person sees of names at the prompt: completion, ambiguous names, the newest of several copies, replacing and watching, and the progress of waits.

BeforeAll {
    . "$PSScriptRoot/LocalPlatform.ps1"
    . "$PSScriptRoot/Screen.ps1"
    $platform = Start-LocalPlatform
    $folder = Join-Path $TestDrive 'greeter'
    New-Item -ItemType Directory $folder | Out-Null
    Set-Content "$folder/package.json" '{ "name": "greeter", "version": "1.0.0", "main": "index.js", "engines": { "node": ">=16" } }'
    $program = 'module.exports = async function() { await new Promise(resolve => { this.addStopHandler(resolve); setTimeout(resolve, 600000); }); };'
    Set-Content "$folder/index.js" $program
    Connect-ScramjetPlatform $platform.Uri -AccessToken $platform.Token
    $screen = Start-Screen -Width 80 -Height 40 -Command "Connect-ScramjetPlatform $($platform.Uri) -AccessToken $($platform.Token)"
}

AfterAll {
    Stop-Screen $screen
    Disconnect-ScramjetPlatform -All
    Stop-LocalPlatform $platform
}

Describe 'Names at the prompt' {
    BeforeEach { Invoke-ScreenCommand $screen 'Clear-Host' | Out-Null }
    AfterEach { Get-ScramjetSequence greeter* | Remove-ScramjetSequence -Force -Confirm:$false }

    It 'completes an instance by its name, and lists those whose name is not enough' {
        $one = Publish-ScramjetSequence $folder -Hub sth-0 -Start
        Send-ScreenKey $screen 'Stop-ScramjetInstance gree{Tab}'
        Wait-Screen $screen 'Stop-ScramjetInstance greeter' | Out-Null
        Send-ScreenKey $screen '{Ctrl+U}'

        $two = Publish-ScramjetSequence $folder -Hub sth-1 | Start-ScramjetSequence -Wait
        Start-Sleep 6  # The offers are cached for five seconds.
        Send-ScreenKey $screen 'Stop-ScramjetInstance gree{Tab}'
        Wait-Screen $screen 'Stop-ScramjetInstance greeter' | Out-Null
        Send-ScreenKey $screen '{Tab}'
        $rows = (Wait-Screen $screen 'Running on sth-1') -join "`n"
        $rows | Should -Match "greeter  $($one.Id.Substring(0, 8))  Running on sth-0"
        $rows | Should -Match "greeter  $($two.Id.Substring(0, 8))  Running on sth-1"
        Send-ScreenKey $screen '{Ctrl+U}'

        $rows = (Invoke-ScreenCommand $screen 'Stop-ScramjetInstance greeter') -join ''
        $rows | Should -Match 'matches 2\s*instances'
        foreach ($instance in $one, $two) { $rows -replace '\s|\|' | Should -Match "$($instance.Id)on$($instance.Hub)" }
        @(Get-ScramjetInstance greeter -Status Running).Count | Should -Be 2
        Invoke-ScreenCommand $screen 'Stop-ScramjetInstance greeter -Hub sth-1 -Force -Wait' | Should -BeNullOrEmpty
        (Get-ScramjetInstance greeter -Status Running).Id | Should -Be $one.Id
    }

    It 'keeps the newest copy, and says which one' {
        $copies = 1..3 | ForEach-Object { Publish-ScramjetSequence $folder -Hub sth-0 }
        Invoke-ScreenCommand $screen '(Get-ScramjetSequence greeter -Latest).Id' | Should -Be $copies[2].Id
        $rows = (Invoke-ScreenCommand $screen 'Remove-ScramjetSequence greeter -KeepLatest -WhatIf') -join ''
        $rows | Should -Match "the newest one stays \($($copies[2].Id)"
        Invoke-ScreenCommand $screen 'Remove-ScramjetSequence greeter -KeepLatest -Confirm:$false' | Should -BeNullOrEmpty
        (Get-ScramjetSequence greeter).Id | Should -Be $copies[2].Id
    }

    It 'shows the progress of a wait with state and time, and removes it at the end' {
        Publish-ScramjetSequence $folder -Hub sth-0 -Start | Out-Null
        Send-ScreenKey $screen 'Wait-ScramjetInstance greeter -WaitTimeoutSec 3{Enter}'
        Wait-Screen $screen 'Waiting for greeter on sth-0 to end \[Running, 00:0[1-3]' | Out-Null
        Wait-ScreenPrompt $screen | Out-Null
        (Get-Screen $screen) -join "`n" | Should -Not -Match '\[Running, 00:'

        Send-ScreenKey $screen 'Wait-ScramjetInstance greeter{Enter}'
        Wait-Screen $screen 'to end \[Running, 00:0[1-9]' | Out-Null
        Send-ScreenKey $screen '{Ctrl+C}'
        Wait-ScreenPrompt $screen | Out-Null
        (Get-Screen $screen) -join "`n" | Should -Not -Match '\[Running, 00:'
    }

    It 'replaces what runs on each change of a folder until Ctrl+C' {
        Send-ScreenKey $screen "Publish-ScramjetSequence '$folder' -Hub sth-0 -Watch -Start{Enter}"
        Wait-Screen $screen 'Watching .*\[Ctrl\+C' | Out-Null
        $first = (Get-ScramjetInstance greeter).Id
        Set-Content "$folder/index.js" "$program // Changed"
        Wait-Screen $screen "$first(.|\n)*greeter +Running +sth-0(.|\n)*greeter +Running +sth-0" | Out-Null
        Set-Content "$folder/index.js" 'module.exports = function( {'
        $rows = (Wait-Screen $screen 'old\s+instances\s+keep\s+running') -join ''
        $rows | Should -Match "doesn't\s+run\s+on\s+'sth-0'"
        Send-ScreenKey $screen '{Ctrl+C}'
        Wait-ScreenPrompt $screen | Out-Null
        (Get-ScramjetInstance greeter -Status Running).Id | Should -Not -Be $first
    }
}
