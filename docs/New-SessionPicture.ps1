<#
.SYNOPSIS
    Creates docs/images/session.svg, the picture in the README, from a real session.
.DESCRIPTION
    The script starts the local platform, runs the commands below in this PowerShell, and draws their output with the colors of a terminal.
    Build the module first with ./build.ps1.
.EXAMPLE
    dotnet pwsh -NoProfile -File ./docs/New-SessionPicture.ps1
#>
#requires -Version 7.4
[CmdletBinding(SupportsShouldProcess)]
param(
    [string] $Path = (Join-Path $PSScriptRoot 'images/session.svg')
)

$ErrorActionPreference = 'Stop'
. "$PSScriptRoot/../tests/Pester/LocalPlatform.ps1"

$commands = @(
    'Connect-ScramjetPlatform $uri -AccessToken $token'
    'Publish-ScramjetSequence ./docs/samples/hello | Start-ScramjetSequence -Wait'
    "'Ada', 'Grace' | Invoke-ScramjetSequence hello -Hub sth-0"
    'Show-ScramjetTree'
    'Get-ScramjetInstance | Stop-ScramjetInstance -GracePeriodSec 1'
)
$columns = 112
$cell = 8.4
$line = 20
$ground = '#0c1322'
$plain = '#d6deeb'

# The colours of a dark terminal, by their numbers in an escape sequence.
$palette = @{
    30 = '#3b4252'; 31 = '#ef6b73'; 32 = '#a3d977'; 33 = '#f2cc60'; 34 = '#7aa2f7'; 35 = '#c792ea'; 36 = '#5ccfe6'; 37 = '#d6deeb'
    90 = '#8a94a8'; 91 = '#ff8b92'; 92 = '#b9e78f'; 93 = '#ffe08a'; 94 = '#9dbbff'; 95 = '#d8b0f5'; 96 = '#8be3f2'; 97 = '#ffffff'
}

# What PSReadLine colours on the command line.
$tokens = @{ Command = '#f2cc60'; CommandParameter = '#8a94a8'; String = '#5ccfe6'; Variable = '#a3d977'; Operator = '#8a94a8' }

function ConvertTo-CommandSpan([string] $Command) {
    [pscustomobject]@{ Text = 'PS> '; Color = $plain; Bold = $false }
    $at = 0
    foreach ($token in [System.Management.Automation.PSParser]::Tokenize($Command, [ref] $null)) {
        if ($token.Start -gt $at) { [pscustomobject]@{ Text = $Command.Substring($at, $token.Start - $at); Color = $plain; Bold = $false } }
        $color = if ($tokens.ContainsKey("$($token.Type)")) { $tokens["$($token.Type)"] } else { $plain }
        [pscustomobject]@{ Text = $Command.Substring($token.Start, $token.Length); Color = $color; Bold = $false }
        $at = $token.Start + $token.Length
    }
}

function ConvertTo-OutputSpan([string] $Text) {
    $color = $plain
    $bold = $false
    foreach ($part in [regex]::Split($Text, '(\x1b\[[0-9;]*m)')) {
        if ($part -notmatch '^\x1b\[([0-9;]*)m$') {
            if ($part) { [pscustomobject]@{ Text = $part; Color = $color; Bold = $bold } }
            continue
        }
        foreach ($code in $Matches[1] -split ';') {
            if ($code -in '', '0') { $color = $plain; $bold = $false }
            elseif ($code -eq '1') { $bold = $true }
            elseif ($palette.ContainsKey([int] $code)) { $color = $palette[[int] $code] }
        }
    }
}

function ConvertTo-Text([object[]] $Spans, [int] $Row) {
    $column = 0
    $parts = foreach ($span in $Spans) {
        $x = 20 + $column * $cell
        $width = $span.Text.Length * $cell
        $column += $span.Text.Length
        if ($span.Text.Trim()) {
            # Each part at its own place: fonts differ in their width.
            $weight = if ($span.Bold) { ' font-weight="bold"' } else { '' }
            '<text x="{0}" y="{1}" fill="{2}"{3} textLength="{4}" lengthAdjust="spacingAndGlyphs">{5}</text>' -f @(
                $x.ToString('0.#', [cultureinfo]::InvariantCulture), (64 + $Row * $line), $span.Color, $weight
                $width.ToString('0.#', [cultureinfo]::InvariantCulture), [System.Security.SecurityElement]::Escape($span.Text)
            )
        }
    }
    $parts -join ''
}

$platform = Start-LocalPlatform
try {
    $uri = $platform.Uri
    $token = $platform.Token
    $uri, $token | Out-Null
    $PSStyle.OutputRendering = 'Ansi'
    Push-Location (Split-Path $PSScriptRoot)
    $rows = foreach ($command in $commands) {
        , @(ConvertTo-CommandSpan $command)
        $text = (. ([scriptblock]::Create($command)) | Out-String -Width $columns) -split '\r?\n'
        $shown = @($text | ForEach-Object TrimEnd)
        while ($shown.Count -and -not $shown[-1]) { $shown = @($shown | Select-Object -SkipLast 1) }
        while ($shown.Count -and -not $shown[0]) { $shown = @($shown | Select-Object -Skip 1) }
        foreach ($item in $shown) { , @(ConvertTo-OutputSpan $item) }
        , @()
    }
}
finally {
    Pop-Location
    Get-ScramjetConnection | Disconnect-ScramjetPlatform
    Stop-LocalPlatform $platform
}

$width = [int] (40 + $columns * $cell)
$height = 64 + $rows.Count * $line
$text = for ($i = 0; $i -lt $rows.Count; $i++) { ConvertTo-Text $rows[$i] $i }
$svg = @"
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 $width $height" width="$width" height="$height" role="img" aria-label="A PowerShell session: connecting, publishing, starting, using a sequence as a filter, and the platform as a tree">
<rect width="$width" height="$height" rx="10" fill="$ground"/>
<circle cx="22" cy="20" r="6" fill="#ef6b73"/><circle cx="42" cy="20" r="6" fill="#f2cc60"/><circle cx="62" cy="20" r="6" fill="#a3d977"/>
<g font-family="Cascadia Mono, Consolas, Menlo, DejaVu Sans Mono, monospace" font-size="14" xml:space="preserve">
$(($text | Where-Object { $_ }) -join "`n")
</g>
</svg>
"@
if ($PSCmdlet.ShouldProcess($Path)) { [System.IO.File]::WriteAllText($Path, $svg.Replace("`r", '') + "`n") }
