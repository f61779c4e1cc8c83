# Installs seacp for one user, on Windows. For Windows PowerShell 5.1 and
# PowerShell 7, as a file or from where it is published:
#
#   .\install.ps1 -Version 1.2.3
#   irm <the page of the releases>/latest/download/install.ps1 | iex
#
# It downloads an archive of a release and its checksum, verifies the one by the
# other, and only then unpacks it, sees that it runs, and puts it in place. It
# needs no administrator, changes no Path and no profile, and leaves things as
# they were if it fails.
#
# Variables, if set:
#
#   $env:SEACP_VERSION    the version to install, with or without a v; the
#                         latest one, if absent
#   $env:SEACP_INSTALL    the folder to install into;
#                         $env:LOCALAPPDATA\Programs\seacp, if absent
#   $env:SEACP_RELEASES   the address of the page with the releases

param([string]$Version)

# One block, so that a script that was cut short on its way does nothing, and
# nothing of it stays in the session it is run in.
& {
    $ErrorActionPreference = 'Stop'

    # --- Words ---------------------------------------------------------------

    function Write-Line([string]$Line) {
        Write-Host "install: $Line"
    }

    # A line for each string, and the end: an error, since `exit` would close the
    # window of whoever runs this in one.
    function Stop-Install([string[]]$Lines) {
        throw ('install: ' + ($Lines -join "`ninstall: "))
    }

    # The text as one word of PowerShell.
    function Format-Word([string]$Text) {
        "'" + ($Text -replace "(['\u2018-\u201b])", '$1$1') + "'"
    }

    # --- What is wanted ------------------------------------------------------

    $wanted = $Version
    if (-not $wanted) { $wanted = $env:SEACP_VERSION }
    if ($wanted) {
        $wanted = $wanted -creplace '^v', ''
        if ($wanted -cnotmatch '^[0-9][0-9A-Za-z.-]*\z' -or $wanted.Contains('..')) {
            Stop-Install "this is no version: $wanted (a version is one like 1.2.3)"
        }
    }

    # What stands here is put there when a release is made.
    $releases = '@RELEASES@'
    if ($env:SEACP_RELEASES) { $releases = $env:SEACP_RELEASES }
    $releases = $releases.TrimEnd('/')
    if ($releases -cnotmatch '^https?://') {
        Stop-Install 'this script does not know where the releases are',
            'set $env:SEACP_RELEASES to the address of the page with the releases'
    }
    $page = "$releases/latest/download"
    if ($wanted) { $page = "$releases/download/v$wanted" }

    # --- What it is for ------------------------------------------------------

    if ($env:OS -ne 'Windows_NT') {
        Stop-Install 'not supported: this script is for Windows; elsewhere, run install.sh'
    }
    # A 32-bit PowerShell finds the machine's own processor in the other variable.
    $processor = $env:PROCESSOR_ARCHITEW6432
    if (-not $processor) { $processor = $env:PROCESSOR_ARCHITECTURE }
    if ($processor -eq 'AMD64') {
        $name = 'seacp-x86_64-pc-windows-msvc'
    } elseif ($processor -eq 'ARM64') {
        $name = 'seacp-aarch64-pc-windows-msvc'
    } else {
        Stop-Install "not supported: a processor of the kind $processor (there is seacp for AMD64 and ARM64)"
    }
    $asset = "$name.zip"

    $folder = $env:SEACP_INSTALL
    if (-not $folder) {
        if (-not $env:LOCALAPPDATA) {
            Stop-Install 'LOCALAPPDATA is not set; set $env:SEACP_INSTALL to the folder to install into'
        }
        $folder = [IO.Path]::Combine($env:LOCALAPPDATA, 'Programs\seacp')
    }
    $folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($folder)
    if ($folder.Length -gt 3) { $folder = $folder.TrimEnd('\') }

    # --- What it is done with ------------------------------------------------

    # Downloads an address to a file. Each redirect is looked at before it is
    # followed: the Invoke-WebRequest of 5.1 goes from https to http unasked.
    function Receive-File([string]$Url, [string]$Path) {
        $address = [Uri]$Url
        for ($hop = 0; $hop -lt 10; $hop++) {
            $request = [Net.WebRequest]::Create($address)
            $request.AllowAutoRedirect = $false
            $request.UserAgent = 'seacp-install'
            $response = $request.GetResponse()
            try {
                $status = [int]$response.StatusCode
                if ($status -lt 300) {
                    $body = $response.GetResponseStream()
                    $file = [IO.File]::Create($Path)
                    try { $body.CopyTo($file) } finally { $file.Dispose() }
                    return
                }
                $location = $response.Headers.Get('Location')
            } finally {
                $response.Close()
            }
            if (-not $location) { throw "the server answers with status $status" }
            $next = New-Object System.Uri -ArgumentList $address, $location
            $secure = $next.Scheme -eq 'https'
            if (-not $secure -and ($address.Scheme -eq 'https' -or $next.Scheme -ne 'http')) {
                throw "it leads to an address that is not https: $next"
            }
            $address = $next
        }
        throw 'too many redirects'
    }

    # The same; what could not be downloaded is told with this sentence.
    function Receive-Asset([string]$File, [string]$Sentence) {
        $path = [IO.Path]::Combine($temp, $File)
        try {
            Receive-File "$page/$File" $path
        } catch {
            Stop-Install $Sentence, "  $page/$File",
                "  $($_.Exception.GetBaseException().Message)", 'nothing was changed'
        }
        $path
    }

    # The SHA-256 that the release lists for the archive.
    function Read-Sum([string]$Path) {
        $sum = ''
        foreach ($line in [IO.File]::ReadAllLines($Path)) {
            if ($line -cmatch '^([^ ]+) [ *](.+)$' -and $Matches[2] -ceq $asset) {
                $sum = $Matches[1]
            }
        }
        if (-not $sum) {
            Stop-Install "the release has nothing for this machine: $asset is not listed in its SHA256SUMS",
                "  $page/SHA256SUMS", 'nothing was changed'
        }
        if ($sum -cnotmatch '^[0-9a-f]{64}\z') {
            Stop-Install "$asset has no SHA-256 in the SHA256SUMS of the release",
                "  $page/SHA256SUMS", 'nothing was changed'
        }
        $sum
    }

    # --- Where it goes -------------------------------------------------------

    $files = 'completions\seacp.ps1', 'seacp.exe'
    $mark = [Guid]::NewGuid().ToString('N')

    # Puts a new file in a place. What was there is renamed, which can be done
    # to a program that runs, though it cannot be written to or removed.
    function Move-Into([string]$Fresh, [string]$Place) {
        $aside = "$Place.old-$mark"
        if ([IO.File]::Exists($Place)) { [IO.File]::Move($Place, $aside) }
        try {
            [IO.File]::Move($Fresh, $Place)
        } catch {
            if ([IO.File]::Exists($aside)) { [IO.File]::Move($aside, $Place) }
            throw
        }
    }

    function Install-Files([string]$Source) {
        try {
            foreach ($file in $files) {
                $place = [IO.Path]::Combine($folder, $file)
                if ([IO.Directory]::Exists($place)) { throw "$place is a folder" }
                [void][IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($place))
                [IO.File]::Copy([IO.Path]::Combine($Source, $file), "$place.new-$mark", $true)
            }
            foreach ($file in $files) {
                $place = [IO.Path]::Combine($folder, $file)
                Move-Into "$place.new-$mark" $place
            }
        } catch {
            Stop-Install "seacp could not be put into $folder",
                "  $($_.Exception.GetBaseException().Message)"
        } finally {
            foreach ($file in $files) {
                $place = [IO.Path]::Combine($folder, $file)
                if ([IO.File]::Exists("$place.new-$mark")) { [IO.File]::Delete("$place.new-$mark") }
            }
        }
        # What is left of older ones goes, except where one is still running.
        foreach ($file in $files) {
            $place = [IO.Path]::Combine($folder, $file)
            $parent = [IO.Path]::GetDirectoryName($place)
            $olds = [IO.Path]::GetFileName($place) + '.old-*'
            foreach ($old in [IO.Directory]::GetFiles($parent, $olds)) {
                try {
                    [IO.File]::Delete($old)
                } catch {
                    Write-Line "an older one is still running; the next install removes $old"
                }
            }
        }
    }

    # --- And done ------------------------------------------------------------

    $temp = [IO.Path]::Combine(([IO.Path]::GetTempPath()), "seacp-install-$mark")
    $protocols = [Net.ServicePointManager]::SecurityProtocol
    try {
        [void][IO.Directory]::CreateDirectory($temp)
        if ($PSVersionTable.PSVersion.Major -lt 6) {
            [Net.ServicePointManager]::SecurityProtocol = $protocols -bor [Net.SecurityProtocolType]::Tls12
        }

        $sums = Receive-Asset 'SHA256SUMS' 'the checksums of the release could not be downloaded, so nothing can be verified'
        $expected = Read-Sum $sums
        Write-Line "downloading $page/$asset"
        $archive = Receive-Asset $asset "$asset could not be downloaded"
        $sum = (Get-FileHash -LiteralPath $archive -Algorithm SHA256 -ErrorAction Stop).Hash.ToLowerInvariant()
        if ($sum -cne $expected) {
            Stop-Install "$asset is not what was released: its checksum is wrong",
                "  expected $expected", "  received $sum",
                'nothing was changed; it may be worth another try'
        }

        $unpacked = [IO.Path]::Combine($temp, 'unpacked')
        try {
            Expand-Archive -LiteralPath $archive -DestinationPath $unpacked -ErrorAction Stop
        } catch {
            Stop-Install "$asset cannot be unpacked; nothing was changed",
                "  $($_.Exception.GetBaseException().Message)"
        }
        $source = [IO.Path]::Combine($unpacked, $name)
        foreach ($file in $files) {
            if (-not [IO.File]::Exists([IO.Path]::Combine($source, $file))) {
                Stop-Install "$asset lacks $name\$file; nothing was changed"
            }
        }

        $program = [IO.Path]::Combine($source, 'seacp.exe')
        $answer = @()
        $status = 'none'
        $why = 'it does not answer with its version'
        try {
            $answer = @(& $program --version)
            $status = $LASTEXITCODE
        } catch {
            $why = $_.Exception.GetBaseException().Message
        }
        if ($status -ne 0 -or $answer.Count -eq 0 -or $answer[0] -cnotlike 'seacp *') {
            Stop-Install "the seacp that was downloaded does not run here (status $status); nothing was changed",
                "  $why"
        }

        Install-Files $source
    } finally {
        [Net.ServicePointManager]::SecurityProtocol = $protocols
        Remove-Item -LiteralPath $temp -Recurse -Force -ErrorAction SilentlyContinue
    }

    $installed = [IO.Path]::Combine($folder, 'seacp.exe')
    $completions = [IO.Path]::Combine($folder, 'completions\seacp.ps1')
    Write-Line "installed $($answer[0]): $installed"
    $found = $false
    foreach ($entry in "$env:Path".Split(';')) {
        if ($entry.Trim('"').TrimEnd('\') -eq $folder) { $found = $true }
    }
    if (-not $found) {
        Write-Line "$folder is not in your Path; this command adds it, for every window opened after it:"
        Write-Line ("  [Environment]::SetEnvironmentVariable('Path', " +
            "[Environment]::GetEnvironmentVariable('Path', 'User') + " +
            (Format-Word ";$folder") + ", 'User')")
    }
    Write-Line 'for completions, put this line into the file that $PROFILE names:'
    Write-Line ('  . ' + (Format-Word $completions))
    Write-Line 'to have it as scp, too, put this one there:'
    Write-Line ('  Set-Alias scp ' + (Format-Word $installed))
}
