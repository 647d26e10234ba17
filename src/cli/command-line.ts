import { nearName } from '../configuration/unknown-name.ts'
import { type Entry, entries, entryNamed } from './catalog.ts'
import { type CommandGroup, commandsOf, flagName, isGroup } from './command.ts'
import { UsageError } from './usage-error.ts'

/** `--json status` is `status --json`: the option is accepted before the command, too. */
export function jsonBehind(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => word !== '--json')
  if (at < 0) return []
  const [name = '', ...rest] = words.slice(at)
  if (at === 0 || name.startsWith('-') || name === 'help') return [name, ...rest]
  return [name, '--json', ...rest]
}

/**
 * Moves the words of the command to the front: `keys --json list` becomes `keys list --json`. Throws a UsageError with
 * a similar command for an unknown one.
 */
export function commandFirst(words: readonly string[]): readonly string[] {
  const [name, ...rest] = words
  if (name === undefined || name.startsWith('-') || name === 'help') return words
  const entry = entryNamed(name)
  if (entry === undefined) throw unknownCommand(name)
  if (!isGroup(entry)) return words
  const at = firstOperand(rest, entry)
  const action = rest[at]
  const actions = actionsOf(entry)
  if (action !== undefined && actions.includes(action)) return [name, action, ...rest.toSpliced(at, 1)]
  if (entry.own !== undefined || rest.includes('--help') || rest.includes('-h')) return words
  if (action !== undefined) throw unknownAction(name, action, actions)
  if (entry.usual === undefined) throw new UsageError(`${name} takes ${anyOf(actions)}`)
  return words
}

/** The words that select a command, to point to its help: `keys create`, or `keys`. */
export function selected(words: readonly string[]): string | null {
  const [name, action = ''] = words
  const entry = entryNamed(name)
  if (entry === undefined) return null
  return isGroup(entry) && actionsOf(entry).includes(action) ? `${entry.name} ${action}` : entry.name
}

export function actionsOf({ name, commands }: CommandGroup): readonly string[] {
  return commands.map((command) => command.name.slice(name.length + 1))
}

/** `list, show or retry`. */
function anyOf(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), names.at(-1)].filter((part) => part !== '').join(' or ')
}

/** Index of the first operand; -1: none. */
function firstOperand(words: readonly string[], entry: Entry): number {
  const valued = new Set(valuedFlags(entry))
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    if (!word.startsWith('-')) return at
    if (word === '--') return -1
    if (valued.has(word)) at += 1
  }
  return -1
}

/** Options whose next word is their value. */
function valuedFlags(entry: Entry): readonly string[] {
  return commandsOf(entry).flatMap(({ options }) =>
    Object.entries(options).flatMap(([name, option]) =>
      option.kind === 'text' || option.kind === 'list' ? [flagName(name, option)] : [],
    ),
  )
}

function unknownCommand(name: string): UsageError {
  const near = nearName(
    name,
    entries.map((entry) => entry.name),
  )
  const meant = near === undefined ? '' : ` did you mean ${near}?`
  return new UsageError(`there is no command "${name}";${meant} "waldstream --help" lists them all`)
}

function unknownAction(name: string, action: string, actions: readonly string[]): UsageError {
  const near = nearName(action, actions)
  const meant = near === undefined ? `${name} takes ${anyOf(actions)}` : `did you mean ${name} ${near}?`
  return new UsageError(`there is no command "${name} ${action}"; ${meant}`)
}
