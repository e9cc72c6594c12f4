# The module beside another one that brings older versions of the same libraries, in one session.

BeforeAll {
    . "$PSScriptRoot/LocalPlatform.ps1"
    $platform = Start-LocalPlatform

    # The other module: a binary one, with its libraries beside it.
    $packages = if ($env:SCRAMJET_TEST_PACKAGES) { $env:SCRAMJET_TEST_PACKAGES } else { Join-Path ([Environment]::GetFolderPath('UserProfile')) '.nuget/packages' }
    $other = New-Item -ItemType Directory (Join-Path $TestDrive 'Other')
    $libraries = foreach ($file in 'yamldotnet/11.2.1/lib/netstandard1.3/YamlDotNet.dll', 'sharpziplib/1.2.0/lib/netstandard2.0/ICSharpCode.SharpZipLib.dll') {
        Copy-Item (Join-Path $packages $file) $other -PassThru
    }
    $source = @'
        using System.IO;
        using System.Management.Automation;
        using ICSharpCode.SharpZipLib.GZip;
        using YamlDotNet.Serialization;

        [Cmdlet("ConvertTo", "OtherYaml")]
        public sealed class ConvertToOtherYaml : PSCmdlet
        {
            [Parameter(Position = 0)] public string Text { get; set; }
            protected override void EndProcessing()
            {
                WriteObject(new Serializer().Serialize(Text).Trim());
                WriteObject(typeof(Serializer).Assembly.GetName().Version.Major);
            }
        }

        [Cmdlet("ConvertTo", "OtherZip")]
        public sealed class ConvertToOtherZip : PSCmdlet
        {
            [Parameter(Position = 0)] public string Text { get; set; }
            protected override void EndProcessing()
            {
                var zipped = new MemoryStream();
                GZip.Compress(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Text)), zipped, false, 512, 6);
                WriteObject(zipped.Length > 0);
                WriteObject(typeof(GZip).Assembly.GetName().Version.ToString(2));
            }
        }
'@
    # In a session of its own, because compiling loads the libraries.
    Set-Content "$TestDrive/compile.ps1" "Add-Type -TypeDefinition @'`n$source`n'@ -ReferencedAssemblies '$($libraries -join "','")', ([psobject].Assembly.Location), netstandard, System.Runtime -OutputAssembly '$other/Other.dll' -IgnoreWarnings"
    Invoke-Shell -File "$TestDrive/compile.ps1"

    $sequence = New-Item -ItemType Directory (Join-Path $TestDrive 'clash')
    Set-Content "$sequence/package.json" '{ "name": "clash", "version": "1.0.0", "main": "index.js" }'
    Set-Content "$sequence/index.js" 'module.exports = async function() { await new Promise(resolve => setTimeout(resolve, 600000)); };'
    Set-Content "$sequence/start.yaml" 'appConfig: { city: Sopot }', 'args: [a, b]'
    $theirs = "Import-Module '$other/Other.dll'; ConvertTo-OtherYaml text; ConvertTo-OtherZip text"
    $ours = @"
        Import-Module '$root/ScramjetPlatform.psd1'
        Connect-ScramjetPlatform $($platform.Uri) -AccessToken $($platform.Token)
        `$instance = Publish-ScramjetSequence '$sequence' -Hub sth-0 | Start-ScramjetSequence -StartupConfig '$sequence/start.yaml' -Wait
        `$instance.AppConfig.city; `$instance.ArgumentList
        (New-ScramjetSequencePackage '$sequence' -Force).Name
        Remove-ScramjetSequence clash -Hub sth-0 -Force -Confirm:`$false
"@
    $expectedTheirs = 'text', '11', 'True', '1.2'
    $expectedOurs = 'Sopot', 'a', 'b', 'clash.tar.gz'

    function Invoke-Session([string[]] $Script) {
        Set-Content "$TestDrive/session.ps1" (@('$ErrorActionPreference = "Stop"') + $Script)
        Invoke-Shell -File "$TestDrive/session.ps1" 2>&1
    }
}

AfterAll {
    Stop-LocalPlatform $platform
}

Describe 'Another module with older libraries' {
    It 'works, and so does this one, when it comes first' {
        Invoke-Session $theirs, $ours, $theirs | Should -Be ($expectedTheirs + $expectedOurs + $expectedTheirs)
    }

    It 'works, and so does this one, when it comes after' {
        Invoke-Session $ours, $theirs, $ours | Should -Be ($expectedOurs + $expectedTheirs + $expectedOurs)
    }
}

Describe 'A script with older libraries' {
    BeforeAll {
        # As powershell-yaml does.
        $theirs = "Add-Type -Path '$($libraries -join "','")'; [YamlDotNet.Serialization.Serializer]::new().Serialize('text').Trim(); [ICSharpCode.SharpZipLib.GZip.GZip].Assembly.GetName().Version.ToString(2)"
    }

    It 'works, and so does the module, when it comes first' {
        Invoke-Session $theirs, $ours | Should -Be ('text', '1.2' + $expectedOurs)
    }

    It 'works, and so does the module, when it comes after' {
        Invoke-Session $ours, $theirs, $ours | Should -Be ($expectedOurs + 'text', '1.2' + $expectedOurs)
    }
}

Describe 'What the module brings' {
    It 'is in a folder of its own, beside nothing but the module''s own assemblies' {
        (Get-ChildItem "$root/bin/*.dll").Name | Should -Be 'Scramjet.Client.dll', 'ScramjetPlatform.dll'
        "$root/bin/dependencies/YamlDotNet.dll", "$root/bin/dependencies/ICSharpCode.SharpZipLib.dll", "$root/bin/dependencies/Newtonsoft.Json.dll" | Should -Exist
    }

    It 'leaves PowerShell''s own Newtonsoft.Json in its place' -Skip:($PSEdition -eq 'Desktop') {
        Invoke-Session $ours, '([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq "Newtonsoft.Json" }).Location' |
            Select-Object -Last 1 | Should -Be (Join-Path $PSHOME 'Newtonsoft.Json.dll')
    }

    It 'is still there when the module is imported again, and in another runspace' {
        $again = "Remove-Module ScramjetPlatform; $ours", "Start-ThreadJob { $ours } | Receive-Job -Wait"
        # A job shows what it has connected to.
        Invoke-Session (@($ours) + $again) | Where-Object { $_ -notlike 'Connected to *' } | Should -Be ($expectedOurs * 3)
    }
}
