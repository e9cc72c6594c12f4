<#
.SYNOPSIS
    Updates the syntax and parameter facts on the command pages from the built module, with PlatyPS.
.DESCRIPTION
    The script updates the syntax, and the type, parameter sets, aliases and pipeline input of each parameter. It keeps all texts and default values,
    which exist only on the pages. A new command or parameter gets a placeholder in {{ braces }}. Replace it, because tests reject placeholders.
    ./build.ps1 Docs runs this script.
.EXAMPLE
    ./docs/Update-CommandPage.ps1 -Module ./bin/ScramjetPlatform.dll
#>
#requires -Modules Microsoft.PowerShell.PlatyPS
[CmdletBinding(SupportsShouldProcess)]
param(
    # Specifies the built module.
    [Parameter(Mandatory)]
    [string] $Module,

    # Specifies the folder of the pages.
    [string] $Path = (Join-Path $PSScriptRoot 'en-US')
)

$ErrorActionPreference = 'Stop'
Import-Module $Module
$data = (Import-PowerShellDataFile (Join-Path $PSScriptRoot '../ScramjetPlatform.psd1')).PrivateData.PSData
$made = Join-Path ([System.IO.Path]::GetTempPath()) ([guid]::NewGuid())
try {
    foreach ($command in Get-Command -Module ScramjetPlatform) {
        $file = Join-Path $Path "$($command.Name).md"
        $page = $fresh = New-CommandHelp $command
        foreach ($syntax in $fresh.Syntax) { $syntax.HasCmdletBinding = $true }
        if (Test-Path $file) {
            $page = Import-MarkdownCommandHelp $file
            foreach ($parameter in $fresh.Parameters) {
                $known = $page.Parameters | Where-Object Name -eq $parameter.Name
                if ($known) { $parameter.Description, $parameter.DefaultValue = $known.Description, $known.DefaultValue }
                $parameter.Type = $parameter.Type -replace '^System\.Nullable`1\[(.+)\]$', '$1'

                # The text that PowerShell shows when it prompts for a value is in the code.
                $parameter.HelpMessage = ''
            }
            foreach ($list in 'Syntax', 'Parameters') {
                $items = @($fresh.$list)
                $page.$list.Clear()
                foreach ($item in $items) { $page.$list.Add($item) }
            }
        }
        $page.Aliases = 'This command has no aliases.'
        $page.Metadata['HelpUri'] = "$($data.ProjectUri)/blob/main/docs/en-US/$($command.Name).md"
        $page.Metadata['title'] = $command.Name
        $page | Export-MarkdownCommandHelp -OutputFolder $made | Out-Null

        $text = [System.IO.File]::ReadAllText((Join-Path $made "ScramjetPlatform/$($command.Name).md")).Replace("`r", '').TrimEnd() + "`n"
        if (-not (Test-Path $file) -or [System.IO.File]::ReadAllText($file) -cne $text) {
            if ($PSCmdlet.ShouldProcess($file)) { [System.IO.File]::WriteAllText($file, $text) }
            $file
        }
    }
}
finally {
    if (Test-Path $made) { Remove-Item $made -Recurse -WhatIf:$false }
}
