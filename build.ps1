<#
.SYNOPSIS
    Builds, tests, packages and installs the module.
.DESCRIPTION
    Build    the module into bin/
    Test     all suites: dotnet test
    Docs     the help that Get-Help shows, from docs/en-US
    Package  a module folder and a .nupkg in out/, with their sizes and how long an import takes
    Install  the packaged module into the current user's module folder
    Clean    what the other tasks made
    Runs on Windows PowerShell 5.1 and on PowerShell 7.
.EXAMPLE
    ./build.ps1
.EXAMPLE
    ./build.ps1 Test, Package
.EXAMPLE
    dotnet pwsh -File ./build.ps1 Build,Docs
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ArgumentCompleter({ ('Build', 'Test', 'Docs', 'Package', 'Install', 'Clean') -like "$($args[2])*" })]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',

    # Where Build and Docs put the module, and where Package puts what it makes.
    [string] $OutputPath,

    # Test also measures how much of the module the tests reach, prints that, and puts the details in out/coverage.
    [switch] $Coverage
)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 2
$name = 'ScramjetPlatform'
$root = $PSScriptRoot
if ($OutputPath) { $OutputPath = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($OutputPath) }
$bin = if ($OutputPath) { $OutputPath } else { Join-Path $root 'bin' }
$out = if ($OutputPath) { $OutputPath } else { Join-Path $root 'out' }
$version = (Import-PowerShellDataFile (Join-Path $root "$name.psd1")).ModuleVersion

. (Join-Path $root 'tests/Pester/Shell.ps1')

function Invoke-Dotnet {
    # What it prints is for the screen, not for what a task gives.
    & dotnet @args | Out-Host
    if ($LASTEXITCODE -ne 0) { throw "dotnet $($args -join ' ') failed with exit code $LASTEXITCODE." }
}

function Invoke-Build([string] $Folder = $bin) {
    # MSBuild asks for the slash at the end of a folder.
    Invoke-Dotnet build (Join-Path $root "src/$name") --configuration $Configuration --nologo "-p:ModulePath=$($Folder.TrimEnd('\', '/'))/"
}

function Invoke-Test {
    Push-Location $root
    try {
        if ($Coverage) { Invoke-Dotnet msbuild tests/Coverage/Coverage.proj '-restore' '-t:Coverage' '-nologo' }
        else { Invoke-Dotnet test --solution "$name.slnx" }
    }
    finally {
        Pop-Location
    }
}

function Invoke-Docs {
    # The build makes the help from docs/en-US.
    Invoke-Build
    Get-Item (Join-Path $bin "en-US/$name.dll-Help.xml")
}

function Invoke-Package {
    # Built in a place of its own: a session may have the module in bin/ loaded.
    $built = Join-Path $out 'build'
    $folder = Join-Path $out "$name/$version"
    foreach ($path in $built, $folder) {
        if (Test-Path $path) { Remove-Item $path -Recurse -Force }
    }
    Invoke-Build $built
    $target = New-Item -ItemType Directory -Force (Join-Path $folder 'bin')
    foreach ($file in "$name.psd1", "$name.psm1", 'LICENSE', 'README.md', 'CHANGELOG.md') {
        Copy-Item (Join-Path $root $file) $folder
    }
    Get-ChildItem $built | Where-Object { $_.Extension -notin '.pdb', '.xml' -or $_.PSIsContainer } |
        Copy-Item -Destination $target -Recurse

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
    # The median of five, each in a PowerShell of its own.
    $times = foreach ($i in 1..5) {
        $time = Invoke-Shell -Command "`$ErrorActionPreference = 'Stop'; [int] (Measure-Command { Import-Module '$($Manifest.Replace("'", "''"))' }).TotalMilliseconds"
        if ($LASTEXITCODE -ne 0 -or $time -notmatch '^\d+$') { throw "The import of $Manifest could not be measured: $time" }
        [int] $time
    }
    ($times | Sort-Object)[2]
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

# pwsh -File gives "Build,Docs" as one word.
$Task = $Task -split ',' | ForEach-Object Trim
$tasks = 'Build', 'Test', 'Docs', 'Package', 'Install', 'Clean'
foreach ($item in $Task) {
    if ($item -notin $tasks) { throw "There is no task '$item'. The tasks are $($tasks -join ', ')." }
}
foreach ($item in $Task) {
    $result = & "Invoke-$item"
    # Whole, also where the window is narrow.
    if ($item -eq 'Package') { $result | Format-List } else { $result }
}
