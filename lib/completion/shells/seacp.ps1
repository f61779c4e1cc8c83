# Completions of seacp for PowerShell 5.1 and later. In $PROFILE:
#   seacp --completions powershell | Out-String | Invoke-Expression
# For a link or copy of another name: say it behind -CommandName, too.

Register-ArgumentCompleter -Native -CommandName seacp, seacp.exe -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $program = $commandAst.GetCommandName()
    if (-not $program) { return }
    # Each word has a mark before it, as empty ones would get lost.
    $words = @(
        $commandAst.CommandElements |
            Select-Object -Skip 1 |
            Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
            ForEach-Object {
                if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) {
                    '=' + $_.Value
                } else {
                    '=' + $_.Extent.Text
                }
            }
    )
    $typed = [string]$wordToComplete
    $quote = ''
    # Curly quotes quote as straight ones do, and two of them stand for one.
    if ($typed -match '^[''"\u2018-\u201e]') {
        $quote = $typed.Substring(0, 1)
        $typed = $typed.Substring(1) -replace '[''"\u2018-\u201e]$', ''
        $typed = $typed -replace '([''\u2018-\u201b])[''\u2018-\u201b]', '$1'
    }
    $before = [Console]::OutputEncoding
    try {
        [Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false
        $lines = @(& $program --complete powershell -- @words "=$typed" 2>$null)
    } catch {
        return
    } finally {
        [Console]::OutputEncoding = $before
    }
    if ($lines.Count -eq 0) { return }
    $lines | Select-Object -Skip 1 | ForEach-Object {
        $text, $description = $_ -split "`t", 2
        if (-not $description) { $description = $text }
        $inserted = $text
        if ($quote -or $text -notmatch '^[\w./\\:@%+=,~-]+$' -or $text -match '^@') {
            $inserted = "'" +
                [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($text) +
                "'"
        }
        [System.Management.Automation.CompletionResult]::new($inserted, $text, 'ParameterValue', $description)
    }
    if ($lines[0] -eq 'files') {
        [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete)
    }
}
