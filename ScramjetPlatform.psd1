@{
    RootModule           = 'ScramjetPlatform.psm1'
    ModuleVersion        = '0.1.0'
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
    PrivateData          = @{
        PSData = @{
            Tags         = @('Scramjet', 'STH', 'TransformHub', 'Streaming', 'Data', 'PSEdition_Desktop', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            ReleaseNotes = 'See CHANGELOG.md.'
        }
    }
}
