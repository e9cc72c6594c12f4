<#
.SYNOPSIS
    Builds, tests, packages and installs the module.
.DESCRIPTION
    Build    the module into bin/
    Test     dotnet test, then the Pester suite where Pester is
    Docs     the help that Get-Help shows, from docs/en-US
    Package  a module folder and a .nupkg in out/, with their sizes and what an import adds to an empty PowerShell
    Install  the packaged module into the current user's module folder
    Clean    what the other tasks made
    Runs on Windows PowerShell 5.1 and on PowerShell 7.
.EXAMPLE
    ./build.ps1
.EXAMPLE
    ./build.ps1 Test, Package
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Docs', 'Package', 'Install', 'Clean')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release'
)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 2
$name = 'ScramjetPlatform'
$root = $PSScriptRoot
$out = Join-Path $root 'out'
$version = (Import-PowerShellDataFile (Join-Path $root "$name.psd1")).ModuleVersion

function Invoke-Dotnet {
    # What it prints is for the screen, not for what a task gives.
    & dotnet @args | Out-Host
    if ($LASTEXITCODE -ne 0) { throw "dotnet $($args -join ' ') failed with exit code $LASTEXITCODE." }
}

function Invoke-Build {
    Invoke-Dotnet build (Join-Path $root "src/$name") --configuration $Configuration --nologo
}

function Invoke-Test {
    Push-Location $root
    try {
        Invoke-Dotnet test --solution "$name.slnx"
    }
    finally {
        Pop-Location
    }
    if (Get-Module -ListAvailable Pester | Where-Object { $_.Version.Major -ge 5 }) {
        & (Join-Path $root 'tests/Pester/Invoke-Tests.ps1')
        if ($LASTEXITCODE -ne 0) { throw 'The Pester suite failed.' }
    }
    else {
        Write-Warning 'The Pester suite was not run: there is no Pester 5 or newer on this machine.'
    }
}

function Invoke-Docs {
    # The build makes the help from docs/en-US.
    Invoke-Build
    Get-Item (Join-Path $root "bin/en-US/$name.dll-Help.xml")
}

function Invoke-Package {
    Invoke-Build
    $folder = Join-Path $out "$name/$version"
    if (Test-Path $folder) { Remove-Item $folder -Recurse -Force }
    $bin = New-Item -ItemType Directory -Force (Join-Path $folder 'bin')
    foreach ($file in "$name.psd1", "$name.psm1", 'LICENSE', 'README.md', 'CHANGELOG.md') {
        Copy-Item (Join-Path $root $file) $folder
    }
    Get-ChildItem (Join-Path $root 'bin') | Where-Object { $_.Extension -notin '.pdb', '.xml' -or $_.PSIsContainer } |
        Copy-Item -Destination $bin -Recurse

    $nuspec = Join-Path $out "$name.nuspec"
    Set-Content $nuspec -Encoding UTF8 -Value @"
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2012/06/nuspec.xsd">
  <metadata>
    <id>$name</id>
    <version>$version</version>
    <authors>ScramjetPlatform contributors</authors>
    <license type="expression">MIT</license>
    <readme>README.md</readme>
    <description>The Scramjet Platform as PowerShell objects.</description>
    <tags>PSModule PSEdition_Desktop PSEdition_Core Scramjet</tags>
  </metadata>
  <files>
    <file src="**/*" target="" />
  </files>
</package>
"@
    # NU5100 and NU5128 are about packages of assemblies; this is one of a module.
    Invoke-Dotnet pack (Join-Path $root "src/$name") --no-build --nologo --configuration $Configuration --output $out "-p:NuspecFile=$nuspec" "-p:NuspecBasePath=$folder" '-p:NoWarn=NU5100%3BNU5110%3BNU5111%3BNU5128'
    Remove-Item $nuspec
    $package = Get-Item (Join-Path $out "$name.$version.nupkg")

    [pscustomobject]@{
        Folder    = $folder
        FolderMB  = [math]::Round((Get-ChildItem $folder -Recurse -File | Measure-Object Length -Sum).Sum / 1MB, 2)
        Package   = $package.FullName
        PackageMB = [math]::Round($package.Length / 1MB, 2)
        ImportMs  = Measure-Import (Join-Path $folder "$name.psd1")
    }
}

function Measure-Import([string] $Manifest) {
    # What the import adds to the run of a PowerShell that does nothing: medians of nine, one after the other in turn.
    $shell = (Get-Process -Id $PID).Path
    $times = foreach ($i in 1..9) {
        foreach ($command in 'exit', "Import-Module '$Manifest'") {
            [pscustomobject]@{ Command = $command; Ms = (Measure-Command { & $shell -NoProfile -NonInteractive -Command $command }).TotalMilliseconds }
        }
    }
    $medians = $times | Group-Object Command | ForEach-Object { ($_.Group.Ms | Sort-Object)[4] }
    [math]::Round($medians[1] - $medians[0])
}

function Invoke-Install {
    $package = Invoke-Package
    $separator = [System.IO.Path]::PathSeparator
    $userHome = [Environment]::GetFolderPath('UserProfile')
    $target = $env:PSModulePath -split $separator | Where-Object { $_ -and $_.StartsWith($userHome) } | Select-Object -First 1
    if (-not $target) { throw 'PSModulePath has no folder of the current user to install into.' }
    $target = Join-Path $target "$name/$version"
    if (Test-Path $target) { Remove-Item $target -Recurse -Force }
    New-Item -ItemType Directory -Force (Split-Path $target) | Out-Null
    Copy-Item $package.Folder $target -Recurse
    Get-Item $target
}

function Invoke-Clean {
    foreach ($path in 'bin', 'out') {
        $full = Join-Path $root $path
        if (Test-Path $full) { Remove-Item $full -Recurse -Force }
    }
    Get-ChildItem (Join-Path $root 'src'), (Join-Path $root 'tests') -Directory -Recurse -Depth 1 |
        Where-Object { $_.Name -in 'bin', 'obj' } | Remove-Item -Recurse -Force
}

foreach ($item in $Task) {
    $result = & "Invoke-$item"
    # Whole, also where the window is narrow.
    if ($item -eq 'Package') { $result | Format-List } else { $result }
}
