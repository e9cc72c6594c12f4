@{
    RootModule           = 'ScramjetPlatform.psm1'
    ModuleVersion        = '0.2.0'
    GUID                 = 'b0f7a4de-2f0e-4f4c-9f0a-6d1c3a6d1e57'
    Author               = 'ScramjetPlatform contributors'
    CompanyName          = 'ScramjetPlatform contributors'
    Copyright            = '(c) ScramjetPlatform contributors. MIT licensed.'
    Description          = 'Manages the Scramjet Platform with PowerShell: spaces, hubs, sequences and instances as objects in the pipeline.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    DotNetFrameworkVersion = '4.7.2'
    FormatsToProcess     = @('bin/ScramjetPlatform.Format.ps1xml')
    TypesToProcess       = @('bin/ScramjetPlatform.Types.ps1xml')
    CmdletsToExport      = @(
        'Clear-ScramjetContext'
        'Compare-ScramjetState'
        'Connect-ScramjetPlatform'
        'Disconnect-ScramjetHub'
        'Disconnect-ScramjetPlatform'
        'Enter-ScramjetInstance'
        'Export-ScramjetState'
        'Get-ScramjetAccessKey'
        'Get-ScramjetAudit'
        'Get-ScramjetConfiguration'
        'Get-ScramjetConnection'
        'Get-ScramjetContext'
        'Get-ScramjetFlow'
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
        'Register-ScramjetPlatform'
        'Remove-ScramjetAccessKey'
        'Remove-ScramjetHub'
        'Remove-ScramjetSequence'
        'Remove-ScramjetStoreItem'
        'Remove-ScramjetTopic'
        'Restart-ScramjetInstance'
        'Select-ScramjetConnection'
        'Send-ScramjetEvent'
        'Send-ScramjetInput'
        'Send-ScramjetTopicData'
        'Set-ScramjetContext'
        'Show-ScramjetTree'
        'Start-ScramjetSequence'
        'Stop-ScramjetInstance'
        'Sync-ScramjetState'
        'Unregister-ScramjetPlatform'
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
Works correctly with hubs of version 1.0 and together with other modules.
- Sequences receive and return data unchanged. If a stream breaks, the error follows the last complete item.
- Commands work only on the items that you specify. An empty name never selects all items, and an object from the pipeline determines where a command works.
- Instances report correctly whether and how they ended. Statuses are strings in objects, JSON and Clixml.
- Publish-ScramjetSequence -IfChanged sends only what has changed. Templates in three languages help you to start new sequences.
- Malicious servers, packages and file names are rejected with an error that describes the problem.
For all changes, see https://github.com/ScramjetPlatform/ScramjetPlatform/blob/main/CHANGELOG.md
'@
        }
    }
}
