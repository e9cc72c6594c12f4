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
        'Disconnect-ScramjetPlatform'
        'Get-ScramjetAudit'
        'Get-ScramjetConnection'
        'Get-ScramjetContext'
        'Get-ScramjetHealth'
        'Get-ScramjetHub'
        'Get-ScramjetInstance'
        'Get-ScramjetLog'
        'Get-ScramjetSequence'
        'Get-ScramjetSpace'
        'Get-ScramjetTopic'
        'Get-ScramjetVersion'
        'Invoke-ScramjetSequence'
        'New-ScramjetSequenceProject'
        'New-ScramjetTopic'
        'Publish-ScramjetSequence'
        'Receive-ScramjetEvent'
        'Receive-ScramjetOutput'
        'Receive-ScramjetTopicData'
        'Remove-ScramjetSequence'
        'Remove-ScramjetTopic'
        'Send-ScramjetEvent'
        'Send-ScramjetInput'
        'Send-ScramjetTopicData'
        'Set-ScramjetContext'
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
