import { candidatesInSh } from './candidatesInSh.ts';
import { FILES, type CompletionTables } from './completionTables.ts';

/** A script that tells bash what may come next on a command line; from version 3.2 on, which macOS has. */
export function bashCompletion(name: string, tables: CompletionTables): string {
  return `# Completion of ${name} for bash: source <(${name} completion bash), in ~/.bashrc to keep it.
${candidatesInSh(name, tables)}
_${name}() {
  local word line begun words last
  words=()
  last=-1
  for word in "\${COMP_WORDS[@]:0:COMP_CWORD+1}"; do # in which --option=value and host:port are three words each
    if [[ $last -ge 0 && ($word == ':' || \${words[last]} == *':') ]]; then
      words[last]+=$word
    elif [[ $word != '=' ]]; then
      words+=("$word")
      last=$((last + 1))
    fi
  done
  begun=\${COMP_WORDS[COMP_CWORD]}
  if [[ $begun == '=' ]]; then
    begun=''
    words+=('')
  fi
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == '${FILES}' ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$begun")
    else
      line=\${line%%$'\\t'*}
      [[ $line == "$begun"* ]] && COMPREPLY+=("$line")
    fi
  done < <(_${name}_candidates "\${words[@]}")
  return 0
}
complete -F _${name} ${name}
`;
}
