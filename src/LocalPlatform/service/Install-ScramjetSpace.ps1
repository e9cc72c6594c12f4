<#
.SYNOPSIS
Installs a Scramjet space as a Windows service.

.DESCRIPTION
Installs a Scramjet space as a Windows service, which starts with the computer. First, publish the program:
dotnet publish src/LocalPlatform -c Release -o 'C:\Program Files\ScramjetSpace'

The service runs under your account, so that you can read the token that it creates in its folder. If the certificate has a password, set the
environment variable SCRAMJET_CERTIFICATE_PASSWORD for the service.

.EXAMPLE
./Install-ScramjetSpace.ps1 -Credential (Get-Credential) -Certificate C:\ProgramData\ScramjetSpace\certificate.pfx
#>
#Requires -RunAsAdministrator
[CmdletBinding(SupportsShouldProcess)]
param(
    # The account that the service runs under.
    [Parameter(Mandatory)]
    [pscredential] $Credential,

    # The PFX file with the certificate and its private key.
    [Parameter(Mandatory)]
    [string] $Certificate,

    # The folder with the published program.
    [string] $Path = (Join-Path $env:ProgramFiles 'ScramjetSpace'),

    # The folder for the state of the space.
    [string] $Folder = (Join-Path $env:ProgramData 'ScramjetSpace'),

    # The id of the space.
    [string] $Space = 'lab',

    # The port to listen on.
    [int] $Port = 8443
)

$ErrorActionPreference = 'Stop'
$program = Join-Path $Path 'Scramjet.LocalPlatform.exe'
$command = '"{0}" --hubs 0 --spaces {1} --folder "{2}" --listen 0.0.0.0 --port {3} --certificate "{4}"' -f $program, $Space, $Folder, $Port, $Certificate
if ($PSCmdlet.ShouldProcess('ScramjetSpace', 'Install the service')) {
    New-Service -Name ScramjetSpace -DisplayName 'Scramjet space' -BinaryPathName $command -StartupType Automatic -Credential $Credential
    Start-Service ScramjetSpace
}
