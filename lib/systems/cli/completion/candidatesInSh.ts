import type { CompletionTables } from './completionTables.ts';

/**
 * A function that bash and zsh both take: it is given the words of a command line, the last of which is begun, and prints
 * what that may become.
 */
export function candidatesInSh(name: string, { steps, values, options, words }: CompletionTables): string {
  return `_${name}_candidates() {
  local at=${quoted(name)} value='' args=0
  shift
  while [ $# -gt 1 ]; do
    if [ -n "$value" ]; then
      value=''
    else
      case "$at $1" in
${arm(8, steps, 'at="$at $1"')}
${arm(
  8,
  values.flatMap(({ keys }) => keys),
  'value="$at $1"',
)}
        *' '-*) ;;
        *) args=$((args + 1)) ;;
      esac
    fi
    shift
  done
  if [ -n "$value" ]; then
    case "$value" in
${values
  .filter(({ lines }) => lines.length > 0)
  .map(({ keys, lines }) => arm(6, keys, printing(lines)))
  .join('\n')}
    esac
    return 0
  fi
  case "$1" in
    -*)
      case "$at" in
${options.map(({ key, lines }) => arm(8, [key], printing(lines))).join('\n')}
      esac
      return 0
      ;;
  esac
  [ "$args" -eq 0 ] || return 0
  case "$at" in
${words.map(({ key, lines }) => arm(4, [key], printing(lines))).join('\n')}
  esac
}
`;
}

function arm(indent: number, keys: readonly string[], command: string): string {
  return `${' '.repeat(indent)}${keys.map(quoted).join(' | ')}) ${command} ;;`;
}

function printing(lines: readonly string[]): string {
  return `printf '%s\\n' ${lines.map(quoted).join(' ')}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
