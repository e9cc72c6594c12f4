<#
.SYNOPSIS
    Builds, tests, packages and installs the module.
.DESCRIPTION
    Build      the module into bin/
    Test       all suites: dotnet test
    Docs       the help that Get-Help shows, from docs/en-US, whose facts PlatyPS brings up to the module where it is installed
    Package    in out/: the module's folder, its .nupkg for the Gallery and its .zip for Azure Automation, with their sizes and how long an import takes
    Install    the module into the current user's module folder
    Uninstall  what Install put there
    Clean      what the other tasks made
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
    [ArgumentCompleter({ ('Build', 'Test', 'Docs', 'Package', 'Install', 'Uninstall', 'Clean') -like "$($args[2])*" })]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',

    # Where Build and Docs put the module, and where Package puts what it makes.
    [string] $OutputPath,

    # Test also measures how much of the module the tests reach, prints that, and puts the details in out/coverage.
    [switch] $Coverage,

    # Package makes a prerelease of the manifest's version with this label, such as beta1.
    [ValidatePattern('^[A-Za-z0-9]*$')]
    [string] $Prerelease
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
    Invoke-Build
    if (Get-Module Microsoft.PowerShell.PlatyPS -ListAvailable) {
        # In a PowerShell of its own: the module stays loaded there.
        Invoke-Shell -File (Join-Path $root 'docs/Update-CommandPage.ps1') -Module (Join-Path $bin "$name.dll") | Out-Host
        if ($LASTEXITCODE -ne 0) { throw 'The pages could not be brought up to the module.' }
        Invoke-Build
    }
    else {
        Write-Warning 'The pages in docs/en-US stay as they are: the module Microsoft.PowerShell.PlatyPS is not installed. Install-PSResource Microsoft.PowerShell.PlatyPS'
    }
    Get-Item (Join-Path $bin "en-US/$name.dll-Help.xml")
}

function New-ModuleFolder {
    # Built in a place of its own: a session may have the module in bin/ loaded.
    $built = Join-Path $out 'build'
    $folder = Join-Path $out $name
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

    # What only the package knows.
    $manifest = Join-Path $folder "$name.psd1"
    $files = Get-ChildItem $folder -Recurse -File | ForEach-Object { "'$($_.FullName.Substring($folder.Length + 1).Replace('\', '/'))'" } | Sort-Object
    $text = [System.IO.File]::ReadAllText($manifest)
    $text = $text.Replace('FileList             = @()', "FileList             = @(`n        $($files -join "`n        ")`n    )")
    if ($Prerelease) { $text = $text.Replace("Prerelease   = ''", "Prerelease   = '$Prerelease'") }
    [System.IO.File]::WriteAllText($manifest, $text)
    Get-Item $folder
}

function Invoke-Package {
    if (-not (Get-Command Compress-PSResource -ErrorAction SilentlyContinue)) {
        throw 'Package needs the module Microsoft.PowerShell.PSResourceGet 1.1 or newer. PowerShell 7.5 has it: dotnet tool restore; dotnet pwsh -File ./build.ps1 Package'
    }
    $folder = (New-ModuleFolder).FullName

    # What Publish-PSResource makes too, and can send as it is.
    Get-ChildItem $out -File | Where-Object { $_.Name -like "$name.*.nupkg" } | Remove-Item
    $package = Compress-PSResource -Path $folder -DestinationPath $out -PassThru

    # Azure Automation wants the module's folder in it, without one of the version.
    $zip = Join-Path $out "$name.zip"
    if (Test-Path $zip) { Remove-Item $zip }
    Compress-Archive $folder $zip

    [pscustomobject]@{
        Folder    = $folder
        FolderMB  = [math]::Round((Get-ChildItem $folder -Recurse -File | Measure-Object Length -Sum).Sum / 1MB, 2)
        Package   = $package.FullName
        PackageMB = [math]::Round($package.Length / 1MB, 2)
        Zip       = $zip
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

function Get-InstallFolder {
    $userHome = [Environment]::GetFolderPath('UserProfile')
    $modules = $env:PSModulePath -split [System.IO.Path]::PathSeparator | Where-Object { $_ -and $_.StartsWith($userHome) } | Select-Object -First 1
    if (-not $modules) { throw 'PSModulePath has no folder of the current user to install into.' }
    Join-Path $modules $name
}

function Invoke-Install {
    $target = Join-Path (Get-InstallFolder) $version
    $folder = New-ModuleFolder
    if (Test-Path $target) { Remove-Item $target -Recurse -Force }
    New-Item -ItemType Directory -Force (Split-Path $target) | Out-Null
    Copy-Item $folder.FullName $target -Recurse
    Get-Item $target
}

function Invoke-Uninstall {
    # The version of this repository; others stay.
    $target = Join-Path (Get-InstallFolder) $version
    if (-not (Test-Path $target)) { throw "There is no $target to remove." }
    Remove-Item $target -Recurse -Force
    $parent = Split-Path $target
    if (-not (Get-ChildItem $parent -Force)) { Remove-Item $parent }
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
$tasks = 'Build', 'Test', 'Docs', 'Package', 'Install', 'Uninstall', 'Clean'
foreach ($item in $Task) {
    if ($item -notin $tasks) { throw "There is no task '$item'. The tasks are $($tasks -join ', ')." }
}
foreach ($item in $Task) {
    $result = & "Invoke-$item"
    # Whole, also where the window is narrow.
    if ($item -eq 'Package') { $result | Format-List } else { $result }
}
