# What a person sees of connections, hubs and requests, on a platform with two real hubs.

BeforeAll {
    . "$PSScriptRoot/LocalPlatform.ps1"
    . "$PSScriptRoot/Screen.ps1"
    $platform = Start-LocalPlatform
    $hub = [uri] $platform.HubUri
    $address = "$($hub.Host):$($hub.Port)"
    $environment = @{ XDG_CONFIG_HOME = "$TestDrive/config"; HOME = "$TestDrive"; USERPROFILE = "$TestDrive"; TZ = 'Asia/Kolkata'; LAB_TOKEN = $platform.Token }
    $screen = Start-Screen -Width 80 -Height 60 -Environment $environment -Command "`$uri = '$($platform.Uri)'; `$token = '$($platform.Token)'; `$module = '$root/ScramjetPlatform.psd1'"
}

AfterAll {
    Stop-Screen $screen
    Stop-LocalPlatform $platform
}

Describe 'Connections' {
    It 'say what was reached, of an address without its scheme and path' {
        (Invoke-ScreenCommand $screen "Connect-ScramjetPlatform $address -Name one") -join '' | Should -BeLike "Connected to one: hub $address 0.18.7, $($platform.HubUri)*"
        (Invoke-ScreenCommand $screen 'Connect-ScramjetPlatform $uri -AccessToken $token -Name work') -join '' |
            Should -BeLike 'Connected to work: platform *with 1 space (local) and 2 hubs (sth-0, sth-1), *'
    }

    It 'have a default that is marked and chosen with the Tab key' {
        (Invoke-ScreenCommand $screen 'Get-ScramjetConnection') -match '^\*' | Should -BeLike '`* work*'
        Send-ScreenKey $screen 'Select-ScramjetConnection on{Tab}{Enter}'
        Wait-ScreenPrompt $screen | Out-Null
        (Invoke-ScreenCommand $screen 'Get-ScramjetConnection') -match '^\*' | Should -BeLike '`* one*'
        Invoke-ScreenCommand $screen '(Get-ScramjetHub).Uri.ToString()' | Should -Be $platform.HubUri
    }

    It 'are used by name in parallel script blocks and thread jobs' {
        # A long command takes several rows itself.
        Invoke-ScreenCommand $screen '1..3 | ForEach-Object -Parallel { Import-Module $using:module; (Get-ScramjetSpace -Connection work).Id }' | Select-Object -Last 3 |
            Should -Be 'local', 'local', 'local'
        Invoke-ScreenCommand $screen 'Start-ThreadJob { Import-Module $using:module; Select-ScramjetConnection work; (Get-ScramjetSpace).Id } | Receive-Job -Wait' | Select-Object -Last 1 |
            Should -Be 'local'
    }

    It 'leave no other one as the default when it is disconnected' {
        Invoke-ScreenCommand $screen 'Disconnect-ScramjetPlatform' | Should -BeNullOrEmpty
        (Invoke-ScreenCommand $screen 'Get-ScramjetHub') -join ' ' | Should -BeLike '*no default connection*Select-ScramjetConnection*work*'
    }

    It 'are saved under a name, without their token' {
        Invoke-ScreenCommand $screen 'Register-ScramjetPlatform lab $uri -AccessTokenVariable LAB_TOKEN' | Should -BeNullOrEmpty
        (Invoke-ScreenCommand $screen 'Get-ScramjetProfile') -match '^lab' | Should -BeLike 'lab *ScramjetPlatform *$env:LAB_TOKEN *'
        Send-ScreenKey $screen 'Connect-ScramjetPlatform l{Tab}{Enter}'
        (Wait-ScreenPrompt $screen) -join '' | Should -BeLike 'Connected to lab: platform *'
        Get-Content "$TestDrive/config/ScramjetPlatform/platforms.json" -Raw | Should -Not -BeLike "*$($platform.Token)*"
        Invoke-ScreenCommand $screen 'Unregister-ScramjetPlatform lab -Confirm:$false; Get-ScramjetProfile' | Should -BeNullOrEmpty
    }
}

Describe 'Views' {
    It 'show hubs and spaces in 80 columns' {
        $rows = Invoke-ScreenCommand $screen 'Get-ScramjetHub'
        $rows -match '^Id' | Should -Match '^Id +Status +Version +Sequences +Instances +Connected +Since +Space'
        $rows -match '^sth-' | Should -HaveCount 2
        ($rows -match '^sth-')[0] | Should -Match '^sth-0 +Healthy +0\.18\.7 +\d+ +\d+ +Yes +\d+[smhd] local'
        Get-ScreenColor $screen 'Yes' | Should -Be 'Green'
        (Invoke-ScreenCommand $screen 'Get-ScramjetSpace') -match '^local' | Should -Match '^local +2 http'
    }

    It 'show the load of a hub without a platform, and health without empty columns' {
        Invoke-ScreenCommand $screen "Connect-ScramjetPlatform $address -Name one" | Out-Null
        (Invoke-ScreenCommand $screen 'Get-ScramjetHub') -match 'Running' | Should -Match "^\S+ +Running +0\.18\.7 +\d+ +\d+ +[\d.]+%? +[\d.]+ GB +[\d.]+ GB"
        $rows = Invoke-ScreenCommand $screen "`$i = Publish-ScramjetSequence '$root/docs/samples/hello' | Start-ScramjetSequence -Wait; `$i | Get-ScramjetHealth"
        $rows -match '^Instance' | Should -Match '^Instance +Healthy +PID Hub$'
        $rows -match '^[0-9a-f]{8}-' | Should -Match '^\S+ Yes +\d+ \S+$'
    }

    It 'show times in the local zone, with their offset' {
        (Invoke-ScreenCommand $screen '$i | Format-List Started') -match 'Started' | Should -BeLike '*+05:30'
        Invoke-ScreenCommand $screen '$i.Started.Offset.ToString()' | Should -Be '05:30:00'
    }
}

Describe 'Requests' {
    It 'have a duration with -Verbose' {
        (Invoke-ScreenCommand $screen 'Get-ScramjetInstance -Verbose | Out-Null') -join '' | Should -Match "VERBOSE: GET $($platform.HubUri)/instances: 200 OK \(\d+ ms\)"
    }

    It 'are shown with -Debug, without secrets and without a question' {
        Invoke-ScreenCommand $screen '$config = @{ greeting = "Ahoy"; password = "hunter2" }' | Should -BeNullOrEmpty
        $rows = (Invoke-ScreenCommand $screen '$j = Start-ScramjetSequence hello -AppConfig $config -Debug') -join ''
        $rows | Should -BeLike '*"greeting":"Ahoy"*'
        $rows | Should -BeLike '*"password":"`*`*`*"*'
        $rows | Should -Not -BeLike '*hunter2*'
        Invoke-ScreenCommand $screen 'Remove-ScramjetSequence hello -Force -Confirm:$false' | Should -BeNullOrEmpty
    }
}

Describe 'Input' {
    It 'revokes a new access key, and says why a listed one can''t be revoked' {
        Invoke-ScreenCommand $screen 'Select-ScramjetConnection lab; $key = New-ScramjetAccessKey screen' | Should -BeNullOrEmpty
        (Invoke-ScreenCommand $screen 'Get-ScramjetAccessKey | Remove-ScramjetAccessKey -Confirm:$false') -join ' ' | Should -Match "'screen' was listed\s+without\s+the\s+key\s+itself"
        Invoke-ScreenCommand $screen '$key | Remove-ScramjetAccessKey -Confirm:$false; Get-ScramjetAccessKey' | Should -BeNullOrEmpty
    }
}
