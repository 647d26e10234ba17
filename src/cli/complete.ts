import { type Entry, entries, entryNamed } from './catalog.ts'
import { type Command, type CommandOption, flagName, isGroup } from './command.ts'
import { actionsOf } from './command-line.ts'

/** A word that may come next, with its description. */
export interface Candidate {
  readonly word: string
  readonly about: string
}

/**
 * Candidates for the last word of a command line without `waldstream` itself. If there are none, the shell offers file
 * names.
 */
export function complete(words: readonly string[]): readonly Candidate[] {
  const begun = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  return candidates(before, begun.startsWith('-')).filter(({ word }) => word.startsWith(begun))
}

function candidates(before: readonly string[], isOption: boolean): readonly Candidate[] {
  const [name, ...rest] = before
  if (name === undefined) return [...entries.map(toCandidate), ...PROGRAM_OPTIONS]
  const entry = entryNamed(name)
  if (entry === undefined) return []
  const command = commandOf(entry, rest)
  const choices = command === undefined ? null : choicesOf(command, rest.at(-1))
  if (choices !== null) return choices
  if (isOption) return command === undefined ? [] : optionsOf(command, rest)
  const operands = command === undefined ? [] : operandChoices(command, rest, entry)
  return rest.length === 0 && isGroup(entry) ? [...entry.commands.map(shortCandidate(entry)), ...operands] : operands
}

const PROGRAM_OPTIONS: readonly Candidate[] = [
  { word: '--help', about: 'print the help' },
  { word: '--version', about: 'print the version' },
]

function toCandidate({ name, summary }: Entry): Candidate {
  return { word: name, about: summary }
}

function shortCandidate({ name }: Entry): (command: Command) => Candidate {
  return (command) => ({ word: command.name.slice(name.length + 1), about: command.summary })
}

/** The command that the words select, or the default command of the group. */
function commandOf(entry: Entry, [action = '']: readonly string[]): Command | undefined {
  if (!isGroup(entry)) return entry
  const { name, commands, own, usual } = entry
  const named = actionsOf(entry).includes(action) ? action : usual
  if (own !== undefined && named === undefined) return own
  return commands.find((command) => command.name === `${name} ${named}`)
}

/** Null: the previous word does not take a value. */
function choicesOf({ options }: Command, word = ''): readonly Candidate[] | null {
  const option = optionOf(options, word)
  if (option?.kind !== 'text' && option?.kind !== 'list') return null
  return option.value.includes('|') ? option.value.split('|').map((choice) => ({ word: choice, about: '' })) : []
}

function optionOf(options: Command['options'], word: string): CommandOption | undefined {
  return Object.entries(options).find(([name, option]) => flagName(name, option) === word)?.[1]
}

/** Options that are not given yet, or may be repeated. */
function optionsOf({ options }: Command, words: readonly string[]): readonly Candidate[] {
  const left = Object.entries(options).flatMap(([name, option]) => {
    const word = flagName(name, option)
    return option.kind === 'list' || !words.includes(word) ? [{ word, about: option.about }] : []
  })
  return [...left, { word: '--help', about: 'print the help' }]
}

function operandChoices(command: Command, words: readonly string[], entry: Entry): readonly Candidate[] {
  const names = command.takes.split(' ').map((one) => one.replaceAll(/[<>[\].]/g, ''))
  const named = isGroup(entry) && command !== entry.own ? words.slice(1) : words
  const given = named.filter((word, index) => !word.startsWith('-') && choicesOf(command, named[index - 1]) === null)
  const choices = command.choices?.[names[given.length] ?? ''] ?? []
  return choices.map((word) => ({ word, about: '' }))
}
