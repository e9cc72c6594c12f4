@{
    RootModule           = 'ScramjetPlatform.psm1'
    ModuleVersion        = '0.2.0'
    GUID                 = 'b0f7a4de-2f0e-4f4c-9f0a-6d1c3a6d1e57'
    Author               = 'ScramjetPlatform contributors'
    CompanyName          = 'ScramjetPlatform contributors'
    Copyright            = '(c) ScramjetPlatform contributors. MIT licensed.'
    Description          = 'The Scramjet Platform as PowerShell objects: spaces, hubs, sequences and instances in one pipeline.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    DotNetFrameworkVersion = '4.7.2'
    FormatsToProcess     = @('bin/ScramjetPlatform.Format.ps1xml')
    TypesToProcess       = @('bin/ScramjetPlatform.Types.ps1xml')
    CmdletsToExport      = @(
        'Clear-ScramjetContext'
        'Connect-ScramjetPlatform'
        'Disconnect-ScramjetHub'
        'Disconnect-ScramjetPlatform'
        'Get-ScramjetAccessKey'
        'Get-ScramjetAudit'
        'Get-ScramjetConfiguration'
        'Get-ScramjetConnection'
        'Get-ScramjetContext'
        'Get-ScramjetHealth'
        'Get-ScramjetHub'
        'Get-ScramjetInstance'
        'Get-ScramjetLoad'
        'Get-ScramjetLog'
        'Get-ScramjetProfile'
        'Get-ScramjetSequence'
        'Get-ScramjetSpace'
        'Get-ScramjetStoreItem'
        'Get-ScramjetTopic'
        'Get-ScramjetVersion'
        'Invoke-ScramjetSequence'
        'New-ScramjetAccessKey'
        'New-ScramjetSequencePackage'
        'New-ScramjetSequenceProject'
        'New-ScramjetSpace'
        'New-ScramjetTopic'
        'Publish-ScramjetSequence'
        'Publish-ScramjetStoreItem'
        'Receive-ScramjetEvent'
        'Receive-ScramjetOutput'
        'Receive-ScramjetTopicData'
        'Remove-ScramjetAccessKey'
        'Remove-ScramjetHub'
        'Remove-ScramjetSequence'
        'Remove-ScramjetStoreItem'
        'Remove-ScramjetTopic'
        'Restart-ScramjetInstance'
        'Send-ScramjetEvent'
        'Send-ScramjetInput'
        'Send-ScramjetTopicData'
        'Set-ScramjetContext'
        'Show-ScramjetTree'
        'Start-ScramjetSequence'
        'Stop-ScramjetInstance'
        'Wait-ScramjetInstance'
    )
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    # ./build.ps1 Package fills it in.
    FileList             = @()
    PrivateData          = @{
        PSData = @{
            Tags         = @('Scramjet', 'STH', 'TransformHub', 'Streaming', 'Data', 'PSEdition_Desktop', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            ProjectUri   = 'https://github.com/ScramjetPlatform/ScramjetPlatform'
            LicenseUri   = 'https://github.com/ScramjetPlatform/ScramjetPlatform/blob/main/LICENSE'
            IconUri      = 'https://github.com/ScramjetPlatform/ScramjetPlatform/raw/main/docs/images/icon.png'
            Prerelease   = ''
            ReleaseNotes = @'
Right on hubs of 1.0, and beside any other module.
- Data goes through sequences unchanged, and a stream that breaks off is an error after the last good item.
- A command never acts on more than was named: what is empty is never "all", and an object from the pipeline means its own place.
- An instance has ended where its hub says so, and Succeeded tells how it ended; statuses are words in objects, JSON and Clixml.
- Publish-ScramjetSequence -IfChanged sends only what has changed; sequences start from templates in three languages.
- Hostile servers, packages and file names are refused with an error that says what was wrong.
Everything is in https://github.com/ScramjetPlatform/ScramjetPlatform/blob/main/CHANGELOG.md
'@
        }
    }
}
