# What build.ps1 Package makes works where the repository isn't: from a module folder, in a pwsh of its own; and a gallery takes it.

BeforeDiscovery {
    $canPackage = [bool] (Get-Command Compress-PSResource -ErrorAction SilentlyContinue)
    if (-not $canPackage) { Write-Warning 'Nothing is packaged here: this PowerShell has no Compress-PSResource. PowerShell 7.5 has it.' }
}

BeforeAll {
    if (-not (Get-Command Compress-PSResource -ErrorAction SilentlyContinue)) { return }
    $root = Split-Path (Split-Path $PSScriptRoot)
    . "$PSScriptRoot/Shell.ps1"
    # Away from the repository's bin/ and out/, which are others' to use.
    $out = Join-Path $TestDrive 'out'
    $result = & "$root/build.ps1" Package -OutputPath $out | Out-String -Width 200
    $beta = Join-Path $TestDrive 'beta'
    & "$root/build.ps1" Package -OutputPath $beta -Prerelease beta1 | Out-Null
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

Describe 'The package' -Skip:(-not $canPackage) {
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

    It 'has all that it holds in its manifest''s list, and nothing else' {
        $manifest = Import-PowerShellDataFile "$target/ScramjetPlatform.psd1"
        $files = Get-ChildItem "$out/ScramjetPlatform" -Recurse -File | ForEach-Object { $_.FullName.Substring("$out/ScramjetPlatform/".Length).Replace('\', '/') }
        $manifest.FileList | Sort-Object | Should -Be ($files | Sort-Object)
        (Test-ModuleManifest "$target/ScramjetPlatform.psd1" -ErrorAction Stop).Name | Should -Be 'ScramjetPlatform'
    }

    It 'says all that a gallery shows' {
        $nuspec = ([xml] (Get-Content "$target/ScramjetPlatform.nuspec" -Raw)).package.metadata
        $data = (Import-PowerShellDataFile "$root/ScramjetPlatform.psd1").PrivateData.PSData
        $nuspec.id | Should -BeExactly 'ScramjetPlatform'
        $nuspec.version | Should -Be $version
        $nuspec.projectUrl | Should -Be $data.ProjectUri
        $nuspec.licenseUrl | Should -Be $data.LicenseUri
        $nuspec.iconUrl | Should -Be $data.IconUri
        $nuspec.releaseNotes.Trim() -replace '\s+', ' ' | Should -Be ($data.ReleaseNotes.Trim() -replace '\s+', ' ')
        $nuspec.tags -split ' ' | Should -Contain 'PSModule'
    }

    It 'is a .zip for Azure Automation too: one folder of the module''s name, without one of the version' {
        $automation = New-Item -ItemType Directory (Join-Path $TestDrive 'automation')
        Expand-Archive "$out/ScramjetPlatform.zip" $automation
        (Get-ChildItem $automation).Name | Should -Be 'ScramjetPlatform'
        "$automation/ScramjetPlatform/ScramjetPlatform.psd1" | Should -Exist
        Invoke-Shell -Command "Import-Module '$automation/ScramjetPlatform'; (Get-Command Get-ScramjetHub).Source" | Should -Be 'ScramjetPlatform'
    }
}

Describe 'A gallery' -Skip:(-not $canPackage) {
    BeforeAll {
        # A folder is a repository. What PSResourceGet keeps of repositories, and where it installs, is the test's own on systems that can be told so.
        $gallery = New-Item -ItemType Directory (Join-Path $TestDrive 'gallery')
        $env:XDG_DATA_HOME = (New-Item -ItemType Directory (Join-Path $TestDrive 'data')).FullName
        $repository = "ScramjetTest$PID"
        $older = "$beta/ScramjetPlatform"
        $text = [System.IO.File]::ReadAllText("$older/ScramjetPlatform.psd1")
        [System.IO.File]::WriteAllText("$older/ScramjetPlatform.psd1", $text.Replace("ModuleVersion        = '$version'", "ModuleVersion        = '0.1.9'"))
        Invoke-Shell -Command "Register-PSResourceRepository $repository -Uri '$gallery' -Trusted"
    }

    AfterAll {
        Invoke-Shell -Command "Uninstall-PSResource ScramjetPlatform -Version '*' -Prerelease -ErrorAction SilentlyContinue; Unregister-PSResourceRepository $repository"
        Remove-Item Env:XDG_DATA_HOME
    }

    It 'takes the module from its folder as a prerelease, and its package as it is' {
        Invoke-Shell -Command "Publish-PSResource -Path '$older' -Repository $repository -ErrorAction Stop"
        $LASTEXITCODE | Should -Be 0
        Invoke-Shell -Command "Publish-PSResource -NupkgPath '$out/ScramjetPlatform.$version.nupkg' -Repository $repository -ErrorAction Stop"
        $LASTEXITCODE | Should -Be 0
        (Get-ChildItem $gallery).Name | Sort-Object | Should -Be "ScramjetPlatform.0.1.9-beta1.nupkg", "ScramjetPlatform.$version.nupkg"
    }

    It 'finds it, and prereleases where they are asked for' {
        Invoke-Shell -Command "(Find-PSResource ScramjetPlatform -Repository $repository).Version.ToString()" | Should -Be $version
        Invoke-Shell -Command "(Find-PSResource ScramjetPlatform -Repository $repository -Prerelease -Version '*').Prerelease -join ','" | Should -Be ',beta1'
    }

    It 'installs it, so that its commands and their help work' {
        Invoke-Shell -Command "Install-PSResource ScramjetPlatform -Repository $repository -Version 0.1.9-beta1 -Prerelease -ErrorAction Stop"
        $LASTEXITCODE | Should -Be 0
        $prerelease, $synopsis = Invoke-Shell -Command 'Import-Module ScramjetPlatform -RequiredVersion 0.1.9; (Get-Module ScramjetPlatform).PrivateData.PSData.Prerelease; (Get-Help Get-ScramjetHub).Synopsis'
        $prerelease | Should -Be 'beta1'
        $synopsis | Should -BeLike 'Gets the hubs*'
    }

    It 'updates it to the next version' {
        Invoke-Shell -Command "Update-PSResource ScramjetPlatform -Repository $repository -ErrorAction Stop"
        $LASTEXITCODE | Should -Be 0
        Invoke-Shell -Command 'Import-Module ScramjetPlatform; (Get-Module ScramjetPlatform).Version.ToString(); (Get-Module ScramjetPlatform).PrivateData.PSData.Prerelease' | Should -Be $version, ''
    }

    It 'uninstalls it without a trace' {
        Invoke-Shell -Command "Uninstall-PSResource ScramjetPlatform -Version '*' -ErrorAction Stop"
        $LASTEXITCODE | Should -Be 0
        Invoke-Shell -Command 'Get-InstalledPSResource ScramjetPlatform -ErrorAction SilentlyContinue; Get-Module ScramjetPlatform -ListAvailable' | Should -BeNullOrEmpty
    }
}
