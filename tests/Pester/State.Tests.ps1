# What a person sees of state files at the prompt: the plan with marks and colors, the results, and that a second run changes nothing.

BeforeAll {
    . "$PSScriptRoot/LocalPlatform.ps1"
    . "$PSScriptRoot/Screen.ps1"
    $platform = Start-LocalPlatform
    $folder = Join-Path $TestDrive 'greeter'
    New-Item -ItemType Directory $folder | Out-Null
    Set-Content "$folder/package.json" '{ "name": "greeter", "version": "1.0.0", "main": "index.js", "engines": { "node": ">=16" } }'
    Set-Content "$folder/index.js" 'module.exports = async function() { await new Promise(resolve => setTimeout(resolve, 600000)); };'
    Connect-ScramjetPlatform $platform.Uri -AccessToken $platform.Token
    function Get-ShownRow([string] $Command) { Invoke-ScreenCommand $screen $Command | ForEach-Object TrimEnd | Where-Object { $_ } }
    $screen = Start-Screen -Width 100 -Height 40 -Command "Connect-ScramjetPlatform $($platform.Uri) -AccessToken $($platform.Token); Set-Location '$TestDrive'"
}

AfterAll {
    Stop-Screen $screen
    Disconnect-ScramjetPlatform -All
    Stop-LocalPlatform $platform
}

Describe 'State files at the prompt' {
    It 'shows what is missing, adds it, and shows what differs' {
        $state = 'hubs: sth-0', 'sequences:', '  greeter:', '    path: greeter', '    instances:', '    - args: [Hi]'
        Set-Content "$TestDrive/state.yaml" $state
        $rows = Get-ShownRow 'Compare-ScramjetState state.yaml'
        $rows | Should -HaveCount 2
        $rows[0] | Should -Match '^\+ sequence greeter on sth-0: 1\.0\.0\+sha\.[0-9a-f]{16} from greeter$'
        $rows[1] | Should -Be '+ instance greeter on sth-0: args ["Hi"]'
        $added = Get-ScreenColor $screen '+ instance greeter'
        $added | Should -Not -BeNullOrEmpty

        Invoke-ScreenCommand $screen 'Clear-Host' | Out-Null
        $rows = Get-ShownRow 'Sync-ScramjetState state.yaml'
        $rows | Should -Be @(($rows -like '+ sequence greeter on sth-0: * ?Done?')[0], '+ instance greeter on sth-0: args ["Hi"] [Done]')

        Set-Content "$TestDrive/state.yaml" ($state -replace 'args: .Hi.', 'args: [Hello]')
        Invoke-ScreenCommand $screen 'Clear-Host' | Out-Null
        $rows = Get-ShownRow 'Compare-ScramjetState state.yaml'
        $rows | Should -HaveCount 3
        $rows[0] | Should -Match '^= sequence greeter on sth-0'
        $rows[1] | Should -Be '~ instance greeter on sth-0'
        $rows[2] | Should -Be '      args: ["Hi"] -> ["Hello"]'
        Get-ScreenColor $screen '~ instance greeter' | Should -Not -Be $added
        Get-ShownRow 'Sync-ScramjetState state.yaml > $null; (Compare-ScramjetState state.yaml).Action -join " "' | Should -Be 'Same Same'
    }

    It 'asks before -Prune removes something' {
        $other = "$TestDrive/other"
        Copy-Item $folder $other -Recurse
        Set-Content "$other/package.json" '{ "name": "other", "version": "1.0.0", "main": "index.js", "engines": { "node": ">=16" } }'
        Publish-ScramjetSequence $other -Hub sth-0 | Out-Null
        Invoke-ScreenCommand $screen 'Clear-Host' | Out-Null
        Send-ScreenKey $screen 'Sync-ScramjetState state.yaml -Prune{Enter}'
        $rows = Wait-Screen $screen '\[Y\] Yes .*\[L\] No to All'
        $rows -join ' ' | Should -Match 'Performing the operation "Remove sequence" on target "other \(\S+\)\s+on sth-0"\.'
        Send-ScreenKey $screen 'n{Enter}'
        (Wait-ScreenPrompt $screen) -match '^- sequence other on sth-0.*Skipped' | Should -HaveCount 1
        Invoke-ScreenCommand $screen 'Clear-Host' | Out-Null
        (Get-ShownRow 'Sync-ScramjetState state.yaml -Prune -Confirm:$false') -match '^- sequence other on sth-0.*Done' | Should -HaveCount 1
    }
}
