import { FILES, type CompletionTables } from './completionTables.ts';

/** A script that tells fish what may come next on a command line. */
export function fishCompletion(name: string, { steps, values, options, words }: CompletionTables): string {
  return `# Completion of ${name} for fish: ${name} completion fish | source, in ~/.config/fish/config.fish to keep it.
function __${name}_candidates
    set -l typed (commandline -opc)
    set -l begun (commandline -ct)
    set -l at ${quoted(name)}
    set -l value ''
    set -l args 0
    for word in $typed[2..-1]
        if test -n "$value"
            set value ''
            continue
        end
        switch "$at $word"
${arm(3, steps, 'set at "$at $word"')}
${arm(
  3,
  values.flatMap(({ keys }) => keys),
  'set value "$at $word"',
)}
            case '* -*'
            case '*'
                set args (math $args + 1)
        end
    end
    if test -n "$value"
        switch "$value"
${values
  .filter(({ lines }) => lines.length > 0)
  .map(({ keys, lines }) => arm(3, keys, offering(lines)))
  .join('\n')}
        end
        return
    end
    if string match -q -- '-*' "$begun"
        switch "$at"
${options.map(({ key, lines }) => arm(3, [key], offering(lines))).join('\n')}
        end
        return
    end
    test "$args" -eq 0; or return
    switch "$at"
${words.map(({ key, lines }) => arm(2, [key], offering(lines))).join('\n')}
    end
end
complete -c ${name} -e
complete -c ${name} -f -a '(__${name}_candidates)'
`;
}

function arm(depth: number, keys: readonly string[], command: string): string {
  const indent = ' '.repeat(4 * depth);
  return `${indent}case ${keys.map(quoted).join(' ')}\n${indent}    ${command}`;
}

function offering(lines: readonly string[]): string {
  if (lines.includes(FILES)) return '__fish_complete_path "$begun"';
  return `printf '%s\\n' ${lines.map(quoted).join(' ')}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
