<#
.SYNOPSIS
    Brings the facts on the commands' pages up to the built module, with PlatyPS.
.DESCRIPTION
    Syntax, and each parameter's type, sets, aliases and place in the pipeline, come from the commands. All text and the default values are the page's,
    which is their only place. A new command or parameter comes with a text in {{ braces }}, for you to write; tests refuse it as it is.
    ./build.ps1 Docs calls this.
.EXAMPLE
    ./docs/Update-CommandPage.ps1 -Module ./bin/ScramjetPlatform.dll
#>
#requires -Modules Microsoft.PowerShell.PlatyPS
[CmdletBinding(SupportsShouldProcess)]
param(
    # The built module.
    [Parameter(Mandatory)]
    [string] $Module,

    # The folder with the pages.
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

                # What PowerShell says where it asks for a value stands in the code.
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
