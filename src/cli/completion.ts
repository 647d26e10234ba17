import type { Given } from './command.ts'
import type { completion } from './commands/completion.ts'
import { UsageError } from './usage-error.ts'

/** They call `waldstream complete`, which prints a line for each candidate: the word, a tab, and its description. */
const scripts: Readonly<Record<string, string>> = {
  bash: `_waldstream() {
  local IFS=$'\\n'
  COMPREPLY=($(waldstream complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1))
}
complete -o default -F _waldstream waldstream`,
  zsh: `#compdef waldstream
_waldstream() {
  local -a found
  found=("\${(@f)$(waldstream complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -z "\${found[*]}" ]]; then _files; return; fi
  found=("\${(@)found//:/\\\\:}")
  found=("\${(@)found/$'\\t'/:}")
  _describe waldstream found
}
compdef _waldstream waldstream`,
  fish: `function __waldstream_complete
  set -l words (commandline -opc)
  set -l found (waldstream complete -- $words[2..-1] (commandline -ct) 2>/dev/null)
  if test (count $found) -gt 0
    string join \\n -- $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c waldstream -f -a '(__waldstream_complete)'`,
}

export async function completionCommand({ shell }: Given<typeof completion>): Promise<void> {
  const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined
  if (script === undefined)
    throw new UsageError(`there are scripts for ${Object.keys(scripts).join(', ')}, not for "${shell}"`)
  console.log(script)
}
