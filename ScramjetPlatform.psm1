Import-Module "$PSScriptRoot/bin/ScramjetPlatform.dll"
