# What build.ps1 Package makes works where the repository isn't: from a module folder, in a pwsh of its own.

BeforeAll {
    $root = Split-Path (Split-Path $PSScriptRoot)
    . "$PSScriptRoot/Shell.ps1"
    # Away from the repository's bin/ and out/, which are others' to use.
    $out = Join-Path $TestDrive 'out'
    $result = & "$root/build.ps1" Package -OutputPath $out | Out-String -Width 200
    $modules = Join-Path $TestDrive 'Modules'
    $version = (Import-PowerShellDataFile "$root/ScramjetPlatform.psd1").ModuleVersion

    # As an installer does: the package's own content under the module's name and version.
    $target = New-Item -ItemType Directory -Force (Join-Path $modules "ScramjetPlatform/$version")
    $zip = Join-Path $TestDrive 'package.zip'
    Copy-Item "$out/ScramjetPlatform.$version.nupkg" $zip
    Expand-Archive $zip $target

    function Invoke-Elsewhere([string] $Script) {
        $env:SCRAMJET_TEST_MODULES = $modules
        Push-Location $TestDrive
        try {
            Invoke-Shell -Command "`$env:PSModulePath = `$env:SCRAMJET_TEST_MODULES + [IO.Path]::PathSeparator + `$env:PSModulePath; $Script"
        }
        finally {
            Pop-Location
            Remove-Item Env:SCRAMJET_TEST_MODULES
        }
    }
}

Describe 'The package' {
    It 'tells its size and how long an import takes' {
        $result | Should -Match 'PackageMB\s*:\s*\d'
        $result | Should -Match 'FolderMB\s*:\s*\d'
        $result | Should -Match 'ImportMs\s*:\s*[1-9]'
    }

    It 'holds no symbols, no compiler''s documentation and no build tools' {
        Get-ChildItem $target -Recurse -File | Where-Object { $_.Extension -eq '.pdb' -or $_.Name -like 'HelpBuilder*' -or $_.Name -in 'ScramjetPlatform.xml', 'Scramjet.Client.xml' } | Should -BeNullOrEmpty
    }

    It 'imports by its name, and exports all that the manifest names' {
        $manifest = Import-PowerShellDataFile "$root/ScramjetPlatform.psd1"
        $names = Invoke-Elsewhere 'Import-Module ScramjetPlatform; (Get-Command -Module ScramjetPlatform).Name'
        $names | Sort-Object | Should -Be ($manifest.CmdletsToExport | Sort-Object)
    }

    It 'is found by a command''s name alone' {
        Invoke-Elsewhere '(Get-Command Get-ScramjetHub).Source' | Should -Be 'ScramjetPlatform'
    }

    It 'brings its help' {
        (Invoke-Elsewhere '(Get-Help Get-ScramjetHub).Synopsis') -join '' | Should -BeLike 'Gets the hubs*'
        (Invoke-Elsewhere 'Get-Help about_ScramjetPlatform') -join "`n" | Should -BeLike '*LONG DESCRIPTION*'
    }

    It 'reads YAML and packs with what it brings' {
        $folder = New-Item -ItemType Directory (Join-Path $TestDrive 'seq')
        Set-Content "$folder/package.json" '{ "name": "seq", "version": "1.0.0", "main": "index.js" }'
        Set-Content "$folder/index.js" 'module.exports = input => input;'
        (Invoke-Elsewhere "(New-ScramjetSequencePackage '$folder').Name") | Should -Be 'seq.tar.gz'
    }
}
