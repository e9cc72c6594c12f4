# A pwsh in a terminal of its own: a test types into it, and reads the screen as a person sees it. Dot-source it in BeforeAll.
#
#     $screen = Start-Screen -Width 80
#     $rows = Invoke-ScreenCommand $screen 'Get-ScramjetInstance'    # the rows that the command showed
#     Send-ScreenKey $screen 'Get-ScramjetInst{Tab}'
#     Wait-Screen $screen 'Get-ScramjetInstance'
#     Get-ScreenColor $screen 'Running'
#     Stop-Screen $screen
. "$PSScriptRoot/Shell.ps1"

# Starts pwsh with the module in a terminal of this size, and waits for its prompt. Command runs before the first prompt.
function Start-Screen([int] $Width = 80, [int] $Height = 30, [string] $Command, [hashtable] $Environment = @{}) {
    $folder = "$PSScriptRoot/screen"
    if (-not (Test-Path "$folder/node_modules/.package-lock.json") -or (Get-Item "$folder/node_modules/.package-lock.json" -Force).LastWriteTime -lt (Get-Item "$folder/package-lock.json").LastWriteTime) {
        $output = npm ci --prefix $folder --ignore-scripts --no-audit --no-fund 2>&1
        if ($LASTEXITCODE) { throw "npm could not install the terminal's packages.`n$($output -join "`n")" }
    }

    $module = "$(Split-Path (Split-Path $PSScriptRoot))/ScramjetPlatform.psd1"
    $setup = @"
Set-PSReadLineOption -HistorySaveStyle SaveNothing -PredictionSource None -BellStyle None
function prompt { "PS `$(`$MyInvocation.HistoryId)> " }
Import-Module '$module'
$Command
"@
    $shell = Get-ShellCommand
    $start = [System.Diagnostics.ProcessStartInfo]::new('node')
    foreach ($argument in @("$folder/screen.js", $Width, $Height) + $shell + @('-NoProfile', '-NoLogo', '-NoExit', '-EncodedCommand', [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($setup)))) {
        $start.ArgumentList.Add($argument)
    }
    foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
    $start.Environment.Remove('NO_COLOR') | Out-Null
    $start.UseShellExecute = $false
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.StandardInputEncoding = $start.StandardOutputEncoding = [System.Text.UTF8Encoding]::new($false)
    $screen = @{ Process = [System.Diagnostics.Process]::Start($start); Prompt = 0 }
    $screen.Prompt = [int](@(Wait-Screen $screen '^PS \d+> ')[-1] -replace '\D')
    $screen
}

function Stop-Screen($Screen) {
    if ($Screen) {
        $Screen.Process.StandardInput.Close()
        $Screen.Process.WaitForExit()
    }
}

# Types the text. A name in braces is a key: {Enter}, {Tab}, {Esc}, {Backspace}, {Up}, {Down}, {Ctrl+C} and other letters with Ctrl, {Ctrl+Space}.
function Send-ScreenKey($Screen, [string] $Keys) {
    $typed = [regex]::Replace($Keys, '\{(Enter|Tab|Esc|Backspace|Up|Down|Ctrl\+(?<c>[A-Z]|Space))\}', {
            param($match)
            switch ($match.Groups[1].Value) {
                'Enter' { "`r" }
                'Tab' { "`t" }
                'Esc' { "`e" }
                'Backspace' { "`u{7f}" }
                'Up' { "`e[A" }
                'Down' { "`e[B" }
                'Ctrl+Space' { "`0" }
                default { [string][char]([int][char]$match.Groups['c'].Value - 64) }
            }
        })
    Send-ScreenRequest $Screen @{ keys = $typed } | Out-Null
}

# Waits until the text of the screen, its rows with line breaks between them, matches the regular expression. Returns the rows.
function Wait-Screen($Screen, [string] $Match, [int] $TimeoutSec = 90) {
    $answer = Send-ScreenRequest $Screen @{ wait = $Match; sec = $TimeoutSec }
    if (-not $answer.matched) {
        throw "The screen did not match '$Match' $(if ($answer.ended) { 'before pwsh ended' } else { "within $TimeoutSec s" }). It shows:`n$($answer.screen.text -join "`n")"
    }
    $answer.screen.text
}

# The rows on the screen now, those that have scrolled out of sight too.
function Get-Screen($Screen) {
    (Send-ScreenRequest $Screen @{}).screen.text
}

# Runs a command at the prompt, waits for the next prompt, and returns the rows between them.
function Invoke-ScreenCommand($Screen, [string] $Command, [int] $TimeoutSec = 90) {
    Send-ScreenKey $Screen "$Command{Enter}"
    Wait-ScreenPrompt $Screen $TimeoutSec
}

# Waits for the prompt after a command that was typed with Send-ScreenKey, and returns the rows that it showed.
function Wait-ScreenPrompt($Screen, [int] $TimeoutSec = 90) {
    $before, $after = $Screen.Prompt, ++$Screen.Prompt
    $rows = @(Wait-Screen $Screen "^PS $after> " $TimeoutSec)
    $first = [array]::FindIndex($rows, [Predicate[object]] { $args[0] -like "PS $before> *" })
    $last = [array]::FindIndex($rows, [Predicate[object]] { $args[0] -like "PS $after>*" })
    if ($last - $first -gt 1) { $rows[($first + 1)..($last - 1)] }
}

# The color, such as 'Green' or 'Bold Red', of the last place on the screen that shows the text; an empty string if it has the default color.
function Get-ScreenColor($Screen, [string] $Text) {
    $rows = (Send-ScreenRequest $Screen @{}).screen
    $row = $rows | Where-Object { $_.text.Contains($Text) } | Select-Object -Last 1
    if (-not $row) { throw "The screen does not show '$Text'." }
    ($row.spans | Where-Object { $_.text.Contains($Text) -or $Text.Contains($_.text.Trim()) } | Select-Object -Last 1).color ?? ''
}

function Send-ScreenRequest($Screen, [hashtable] $Request) {
    $Screen.Process.StandardInput.WriteLine((ConvertTo-Json $Request -Compress))
    $Screen.Process.StandardInput.Flush()
    $answer = $Screen.Process.StandardOutput.ReadLine()
    if ($null -eq $answer) { throw 'The terminal ended.' }
    ConvertFrom-Json $answer
}
