# What a user of pwsh sees of the module before any connection: its manifest, commands and help.

BeforeDiscovery {
    $root = Split-Path (Split-Path $PSScriptRoot)
    Import-Module "$root/ScramjetPlatform.psd1" -Force
    $commands = Get-Command -Module ScramjetPlatform
}

BeforeAll {
    $root = Split-Path (Split-Path $PSScriptRoot)
    . "$PSScriptRoot/Shell.ps1"
    Import-Module "$root/ScramjetPlatform.psd1" -Force
}

Describe 'The manifest' {
    It 'is valid' {
        (Test-ModuleManifest "$root/ScramjetPlatform.psd1").Name | Should -Be 'ScramjetPlatform'
    }

    It 'has the version of the assemblies, and a dated part of the changelog' {
        $version = (Import-PowerShellDataFile "$root/ScramjetPlatform.psd1").ModuleVersion
        ([xml] (Get-Content "$root/Directory.Build.props" -Raw)).Project.PropertyGroup.VersionPrefix | Should -Be $version
        $heads = Get-Content "$root/CHANGELOG.md" | Where-Object { $_ -like '## *' }
        $heads[0] | Should -Be '## Unreleased'
        $heads[1] | Should -Match "^## $([regex]::Escape($version)) - \d{4}-\d\d-\d\d$"
        ($heads | Select-Object -Skip 1) -notmatch ' - \d{4}-\d\d-\d\d$' | Should -BeNullOrEmpty
    }

    It 'exports exactly the cmdlets that it names, and nothing else' {
        $manifest = Import-PowerShellDataFile "$root/ScramjetPlatform.psd1"
        $manifest.CmdletsToExport | Should -Not -Contain '*'
        $module = Get-Module ScramjetPlatform
        $module.ExportedCmdlets.Keys | Sort-Object | Should -Be ($manifest.CmdletsToExport | Sort-Object)
        $module.ExportedFunctions.Count | Should -Be 0
        $module.ExportedAliases.Count | Should -Be 0
        $module.ExportedVariables.Count | Should -Be 0
    }
}

Describe '<_.Name>' -ForEach $commands {
    It 'has an approved verb and the module''s prefix' {
        Get-Verb -Verb $_.Verb | Should -Not -BeNullOrEmpty
        $_.Noun | Should -BeLike 'Scramjet*'
    }

    It 'declares what it writes' {
        $_.OutputType | Should -Not -BeNullOrEmpty
    }

    It 'supports -WhatIf and -Confirm if it changes state' {
        if ($_.Verb -in 'Publish', 'Start', 'Stop', 'Remove', 'Set', 'Clear', 'Disconnect', 'New', 'Restart') {
            $_.Parameters.Keys | Should -Contain 'WhatIf'
            $_.Parameters.Keys | Should -Contain 'Confirm'
        }
    }

    It 'has help: a synopsis, a description, every parameter, two examples' {
        $help = Get-Help $_.Name -Full
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Synopsis | Should -Not -BeLike "*$($_.Name)*``[*"
        $help.description.Text -join '' | Should -Not -BeNullOrEmpty
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
        $common = [System.Management.Automation.PSCmdlet]::CommonParameters + [System.Management.Automation.PSCmdlet]::OptionalCommonParameters
        foreach ($parameter in $_.Parameters.Keys | Where-Object { $_ -notin $common }) {
            $text = ($help.parameters.parameter | Where-Object { $_.name -eq $parameter }).description.Text -join ''
            $text | Should -Not -BeNullOrEmpty -Because "-$parameter needs a description"
        }
    }
}

Describe 'The pages of the commands' {
    It 'have the form that PlatyPS wants, and its facts' {
        if (-not (Get-Module Microsoft.PowerShell.PlatyPS -ListAvailable)) {
            Set-ItResult -Skipped -Because 'the module Microsoft.PowerShell.PlatyPS is not installed'
        }
        $pages = Get-ChildItem "$root/docs/en-US/*-*.md"
        Invoke-Shell -Command "(Test-MarkdownCommandHelp (Get-ChildItem '$root/docs/en-US/*-*.md').FullName) -contains `$false" | Should -Be 'False'
        $copy = New-Item -ItemType Directory (Join-Path $TestDrive 'pages')
        $pages | Copy-Item -Destination $copy
        Invoke-Shell -File "$root/docs/Update-CommandPage.ps1" -Module "$root/bin/ScramjetPlatform.dll" -Path $copy | Should -BeNullOrEmpty
    }
}
