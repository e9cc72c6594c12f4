# build.ps1, as it is called from a shell and from a terminal's tab key.

BeforeAll {
    . "$PSScriptRoot/Shell.ps1"
    $root = Split-Path (Split-Path $PSScriptRoot)
}

Describe 'build.ps1' {
    It 'takes several tasks in one word, as pwsh -File gives them' {
        $out = Join-Path $TestDrive 'bin'
        $output = Invoke-Shell -File "$root/build.ps1" 'Build,Docs' -OutputPath $out
        $LASTEXITCODE | Should -Be 0 -Because ($output -join "`n")
        "$out/ScramjetPlatform.dll", "$out/en-US/ScramjetPlatform.dll-Help.xml" | Should -Exist
    }

    It 'names a task that there isn''t, and does nothing' {
        { & "$root/build.ps1" Docs, Nothing -OutputPath "$TestDrive/none" } | Should -Throw "The task 'Nothing' doesn't exist.*"
        "$TestDrive/none" | Should -Not -Exist
    }

    It 'installs where the user''s own modules are' {
        # Under the home folder, because that is what makes a module folder the user's own.
        $modules = New-Item -ItemType Directory (Join-Path ([Environment]::GetFolderPath('UserProfile')) ".scramjet-test-$([guid]::NewGuid())")
        $before = $env:PSModulePath
        try {
            $env:PSModulePath = "$modules" + [System.IO.Path]::PathSeparator + $before
            & "$root/build.ps1" Install -OutputPath (Join-Path $TestDrive 'out') | Out-Null
            Push-Location $TestDrive
            Invoke-Shell -Command 'Import-Module ScramjetPlatform; (Get-Command Get-ScramjetHub).Module.ModuleBase' | Should -BeLike "$modules*"
        }
        finally {
            Pop-Location
            $env:PSModulePath = $before
            Remove-Item $modules -Recurse -Force
        }
    }

    It 'completes its tasks' {
        (TabExpansion2 "$root/build.ps1 Pa").CompletionMatches.CompletionText | Should -Be 'Package'
    }

    It 'has the same PowerShell for people as the tests have' {
        $tools = Get-Content "$root/.config/dotnet-tools.json" -Raw | ConvertFrom-Json
        $tools.tools.powershell.version | Should -Be ([xml] (Get-Content "$root/Directory.Packages.props" -Raw)).Project.PropertyGroup.PowerShellVersion
        Push-Location $root
        try {
            & dotnet tool restore | Out-Null
            & dotnet pwsh -NoProfile -Command '$PSVersionTable.PSVersion.ToString()' | Should -Be $tools.tools.powershell.version
        }
        finally {
            Pop-Location
        }
    }
}
