import { candidatesInSh } from './candidatesInSh.ts';
import { FILES, type CompletionTables } from './completionTables.ts';

/** A script that tells zsh what may come next on a command line: sourced, or as a file of its own in a folder of fpath. */
export function zshCompletion(name: string, tables: CompletionTables): string {
  return `#compdef ${name}
# Completion of ${name} for zsh: source <(${name} completion zsh), in ~/.zshrc after compinit to keep it.
${candidatesInSh(name, tables)}
_${name}() {
  local line
  local -a found
  for line in "\${(@f)$(_${name}_candidates "\${(@)words[1,CURRENT]}")}"; do
    if [[ $line == '${FILES}' ]]; then
      _files
      return
    elif [[ $line == *$'\\t'* ]]; then
      found+=("\${line%%$'\\t'*}:\${line#*$'\\t'}")
    elif [[ -n $line ]]; then
      found+=("$line")
    fi
  done
  _describe '${name}' found
}
if [[ \${funcstack[1]} == _${name} ]]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}
