# Every example in the help, the about topics and the README runs as it stands, in the PowerShell that its reader has.

BeforeDiscovery {
    $root = Split-Path (Split-Path $PSScriptRoot)
    $pages = Get-ChildItem "$root/docs/en-US/*.md", "$root/README.md" | ForEach-Object { @{ Name = $_.BaseName; Path = $_.FullName; IsGuide = $_.Name -notlike '*-*.md' } }
}

BeforeAll {
    $root = Split-Path (Split-Path $PSScriptRoot)
    $before = @{}
    foreach ($variable in 'PSModulePath', 'HOME', 'USERPROFILE', 'XDG_CONFIG_HOME', 'WORK_TOKEN', 'SCRAMJET_URI', 'SCRAMJET_HUB_URI', 'SCRAMJET_TOKEN', 'SI_CONFIG', 'SI_CONFIG_PATH') {
        $before[$variable] = [Environment]::GetEnvironmentVariable($variable)
    }

    # Found by its name, as after an installation: the jobs that examples start import it by themselves.
    New-Item -ItemType Directory "$TestDrive/Modules" | Out-Null
    New-Item -ItemType $(if ($env:OS -eq 'Windows_NT') { 'Junction' } else { 'SymbolicLink' }) "$TestDrive/Modules/ScramjetPlatform" -Value $root | Out-Null
    $env:PSModulePath = "$TestDrive/Modules" + [System.IO.Path]::PathSeparator + $env:PSModulePath
    . "$PSScriptRoot/LocalPlatform.ps1" -Module ScramjetPlatform
    $platform = Start-LocalPlatform

    # What examples take from a module that doesn't come with PowerShell, and from the keyboard.
    function Read-Host([switch] $AsSecureString) { ConvertTo-SecureString $platform.Token -AsPlainText -Force }
    New-Module -Name Microsoft.PowerShell.SecretManagement {
        function Set-Secret($Name, $Secret) { $script:secret = $Secret }
        function Get-Secret($Name, $Vault) { $script:secret }
    } | Import-Module -Global

    # The statements of a page's code, which is fenced, or, in an about topic, indented; with this platform's addresses in the place of those that guides have.
    function Get-Statement([string] $Path) {
        $page = (Get-Content $Path -Raw) -replace "`r`n", "`n"
        $blocks = if ((Split-Path -Leaf $Path) -like 'about_*') {
            [regex]::Matches($page, '(?<=\n\n)(?:    .*\n|\n(?=    ))+').Value -replace '(?m)^    ', ''
        }
        else {
            [regex]::Matches($page, '(?s)```powershell\n(.*?)```') | ForEach-Object { $_.Groups[1].Value }
        }
        foreach ($block in $blocks) {
            $code = $block.Replace('https://api.scramjet.cloud/api/v1', $platform.Uri).Replace('http://127.0.0.1:8000/api/v1', $platform.HubUri).Replace('http://127.0.0.1:11000/api/v1', $platform.MultiManagerUri)
            $code = $code.Replace('localhost:8000', ([uri] $platform.HubUri).Authority).Replace(' api.scramjet.cloud', " $(([uri] $platform.Uri).Authority)")
            $texts = @([System.Management.Automation.Language.Parser]::ParseInput($code, [ref] $null, [ref] $null).EndBlock.Statements.Extent.Text)
            for ($i = 0; $i -lt $texts.Count; $i++) { @{ Text = $texts[$i]; EndsBlock = $i -eq $texts.Count - 1 } }
        }
    }

    # Runs what has no end in a job, as its reader would, and stops it.
    function Invoke-Endless([string] $Code) {
        $job = Start-ThreadJob {
            Connect-ScramjetPlatform $using:uri -AccessToken $using:token
            . ([scriptblock]::Create($using:Code))
        }
        $job | Wait-Job -Timeout 5
        $job | Stop-Job
        $job | Receive-Job -AutoRemoveJob -Wait
    }
}

AfterAll {
    Stop-LocalPlatform $platform
    Remove-Module Microsoft.PowerShell.SecretManagement
    foreach ($variable in $before.Keys) { [Environment]::SetEnvironmentVariable($variable, $before[$variable]) }
}

Describe 'The examples' {
    BeforeEach {
        Remove-Item Env:SCRAMJET_*, Env:SI_CONFIG* -Exclude SCRAMJET_TEST_*

        # A folder with what the examples speak of, which is also the home that has a profile of si.
        $location = New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid()))
        Push-Location $location
        New-Item -ItemType Directory docs | Out-Null
        Copy-Item "$root/docs/samples" docs -Recurse
        Copy-Item "$root/docs/state.yaml" docs
        if ($IsGuide) {
            foreach ($pair in ('hello', 'my-sequence'), ('ping', 'ping'), ('grep', 'grep'), ('double', 'enrich')) {
                Copy-Item "$root/docs/samples/$($pair[0])" $pair[1] -Recurse
                (Get-Content "$($pair[1])/package.json" -Raw).Replace("`"name`": `"$($pair[0])`"", "`"name`": `"$($pair[1])`"") | Set-Content "$($pair[1])/package.json"
            }
            Set-Content lines.txt 'one', 'two'
            Set-Content orders.csv 'n,city', '1,Sopot', '2,Gdynia'
            Set-Content big.ndjson (1..1000 | ForEach-Object { "{`"n`":$_}" })
        }
        $env:HOME = $env:USERPROFILE = $location
        $env:XDG_CONFIG_HOME = "$location/.config"
        New-Item -ItemType Directory .si/profiles -Force | Out-Null
        @{ configVersion = 1; apiUrl = $platform.HubUri; middlewareApiUrl = $platform.Uri; env = 'production'; scope = ''; token = $platform.Token } | ConvertTo-Json | Set-Content .si/profiles/work.json
        '{"profile":"work"}' | Set-Content .si/si-config.json

        # Two hubs that have the sequences and run hello. What an example took away comes with a new platform.
        Connect-ScramjetPlatform $platform.Uri -AccessToken $platform.Token
        if (@(Get-ScramjetHub -Space local | Where-Object Status -eq Healthy).Count -ne 2) {
            Stop-LocalPlatform $platform
            $another = Start-LocalPlatform
            foreach ($key in $another.Keys) { $platform[$key] = $another[$key] }
            Connect-ScramjetPlatform $platform.Uri -AccessToken $platform.Token
        }
        $uri = $platform.Uri
        $hubUri = $platform.HubUri
        $multiManagerUri = $platform.MultiManagerUri
        $token = $platform.Token
        Publish-ScramjetSequence docs/samples/hello | Start-ScramjetSequence -Wait | Out-Null
        if ($IsGuide) { Publish-ScramjetSequence grep, enrich | Out-Null }
    }

    AfterEach {
        Pop-Location
        Disconnect-ScramjetPlatform -All
        Connect-ScramjetPlatform $platform.Uri -AccessToken $platform.Token
        Get-ScramjetInstance -ErrorAction SilentlyContinue | Stop-ScramjetInstance -Force -Wait -ErrorAction SilentlyContinue
        Get-ScramjetSequence -ErrorAction SilentlyContinue | Remove-ScramjetSequence -Force -Confirm:$false
        Disconnect-ScramjetPlatform -All
    }

    It 'of <Name> run' -ForEach $pages {
        $ErrorActionPreference = 'Continue'
        $statements = @(Get-Statement $Path)
        $statements | Should -Not -BeNullOrEmpty
        foreach ($statement in $statements) {
            # The tests of the package install it.
            if ($statement.Text -like './build.ps1*') { continue }
            $isEndless = $statement.Text -match ' -(Follow|Watch)\b' -and $statement.Text -notmatch ' -(WaitTimeout|Duration)Sec ' -or $statement.Text -match '^(Get-.* )?Enter-ScramjetInstance( \w+)?$'
            $code = if ($isEndless) { 'Invoke-Endless $statement.Text' } else { $statement.Text }
            $output = @(try { . ([scriptblock]::Create($code)) 2>&1 } catch { $_ })
            # A job of one block doesn't run on into the next, which may disconnect.
            if ($statement.EndsBlock) { $output += Get-Job | Receive-Job -Wait -AutoRemoveJob 2>&1 }

            # The local hubs are of 0.18: what they can't do of a guide, or at all, they say.
            $mayRefuse = $IsGuide -or $Name -eq 'Remove-ScramjetTopic'
            $output | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] -and -not ($mayRefuse -and $_.FullyQualifiedErrorId -like 'NOT_SUPPORTED,*') } |
                ForEach-Object { "$($_.FullyQualifiedErrorId): $_" } | Should -BeNullOrEmpty -Because $statement.Text
            $output | Out-String -Width 120 | Out-Null
        }
    }
}
