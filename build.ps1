<#
.SYNOPSIS
    Builds, tests, packages and installs the module.
.DESCRIPTION
    Build      Builds the module in bin/.
    Test       Runs all test suites with dotnet test.
    Docs       Builds the help for Get-Help from docs/en-US. If PlatyPS is installed, updates the syntax and parameter facts on the pages first.
    Package    Creates the module's folder, its .nupkg for the Gallery and its .zip for Azure Automation in out/, and shows their sizes and the import time.
    Install    Installs the module to the module folder of the current user.
    Uninstall  Removes the installed module.
    Clean      Removes the output of the other tasks.
    The script runs in Windows PowerShell 5.1 and in PowerShell 7.
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

    # Specifies the folder for the module of Build and Docs, or for the output of Package. The defaults are bin and out.
    [string] $OutputPath,

    # With Test, also measures the code coverage, shows it, and writes the details to out/coverage.
    [switch] $Coverage,

    # With Package, creates a prerelease of the manifest's version with this label, such as beta1.
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
    # Shows the output of dotnet on the screen, so that it isn't part of the output of a task.
    & dotnet @args | Out-Host
    if ($LASTEXITCODE -ne 0) { throw "dotnet $($args -join ' ') failed with exit code $LASTEXITCODE." }
}

function Invoke-Build([string] $Folder = $bin) {
    # MSBuild requires a slash at the end of a folder.
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
        # Uses a separate PowerShell, because the module stays loaded there.
        Invoke-Shell -File (Join-Path $root 'docs/Update-CommandPage.ps1') -Module (Join-Path $bin "$name.dll") | Out-Host
        if ($LASTEXITCODE -ne 0) { throw 'The pages could not be updated.' }
        Invoke-Build
    }
    else {
        Write-Warning 'The pages in docs/en-US are not updated, because the module Microsoft.PowerShell.PlatyPS is not installed. To install it, run Install-PSResource Microsoft.PowerShell.PlatyPS.'
    }
    Get-Item (Join-Path $bin "en-US/$name.dll-Help.xml")
}

function New-ModuleFolder {
    # Builds in a separate folder, because a session might have loaded the module in bin/.
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

    # Add the values that only the package has.
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
        throw 'Package requires the module Microsoft.PowerShell.PSResourceGet 1.1 or later, which is part of PowerShell 7.5. Run: dotnet tool restore; dotnet pwsh -File ./build.ps1 Package'
    }
    $folder = (New-ModuleFolder).FullName

    # This is the same package that Publish-PSResource creates, and it can publish it unchanged.
    Get-ChildItem $out -File | Where-Object { $_.Name -like "$name.*.nupkg" } | Remove-Item
    $package = Compress-PSResource -Path $folder -DestinationPath $out -PassThru

    # Azure Automation requires the folder of the module in the archive, without a folder for the version.
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
    # Returns the median of five imports, each in a new PowerShell.
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
    if (-not $modules) { throw 'PSModulePath contains no folder of the current user to install the module to.' }
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
    # Removes only the version of this repository.
    $target = Join-Path (Get-InstallFolder) $version
    if (-not (Test-Path $target)) { throw "The module is not installed in $target." }
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

# pwsh -File passes "Build,Docs" as one string.
$Task = $Task -split ',' | ForEach-Object Trim
$tasks = 'Build', 'Test', 'Docs', 'Package', 'Install', 'Uninstall', 'Clean'
foreach ($item in $Task) {
    if ($item -notin $tasks) { throw "The task '$item' doesn't exist. The tasks are $($tasks -join ', ')." }
}
foreach ($item in $Task) {
    $result = & "Invoke-$item"
    # Shows all properties completely, even in a narrow window.
    if ($item -eq 'Package') { $result | Format-List } else { $result }
}
