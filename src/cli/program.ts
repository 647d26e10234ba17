import { Command as Commander, InvalidArgumentError, Option } from 'commander'
import { productVersion } from '../operations/product-version.ts'
import { catalog, type Entry } from './catalog.ts'
import { type Command, type CommandOption, type CommandOptions, isGroup, optionSyntax } from './command.ts'

/** Runs a command by its name, with its operands and options by name. */
export type Run = (command: Command, given: Readonly<Record<string, unknown>>) => Promise<void>

const ABOUT = `Moves orders, shipments, products and stock between shops and ERPs.

Addresses and secrets come from the environment (docs/reference/settings.md). Exit code: 0 done, 1 failed, 2 wrong usage.`

/** The Commander program with all commands. Throws a CommanderError for help and wrong usage; prints only help. */
export function createProgram(run: Run): Commander {
  const program = new Commander('waldstream')
    .usage('<command>')
    .description(ABOUT)
    .version(productVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .configureHelp({ subcommandTerm: (word) => word.name() })
  for (const { title, entries } of catalog) {
    for (const entry of entries) addEntry(program, entry, run).helpGroup(`${title}:`)
  }
  return program
    .commandsGroup('Shell:')
    .addHelpText(
      'after',
      '\n"waldstream <command> --help" prints options and examples. --json prints JSON, for errors too.',
    )
}

function addEntry(program: Commander, entry: Entry, run: Run): Commander {
  const word = program.command(entry.name).summary(entry.summary)
  if (!isGroup(entry)) return define(word, entry, run)
  const { own, about, summary, usual, commands } = entry
  word.helpCommand(false)
  if (own === undefined) word.usage('<command>').description(descriptionOf({ summary, about }))
  else define(word, own, run)
  for (const command of commands) {
    const name = command.name.slice(entry.name.length + 1)
    define(word.command(name, { isDefault: name === usual }).summary(command.summary), command, run)
  }
  return word
}

function define(word: Commander, command: Command, run: Run): Commander {
  word.description(descriptionOf(command))
  if (command.takes !== '') word.arguments(command.takes)
  for (const [name, option] of Object.entries(command.options)) word.addOption(toOption(name, option))
  word.addHelpText('after', `\nExamples:\n${command.examples.map((line) => `  ${line}`).join('\n')}`)
  return word.action(() => run(command, givenOf(command.options, word)))
}

/** Line breaks within a paragraph, which help replaces with breaks at the terminal's width. */
const ONE_LINE_BREAK = /(?<!\n)\n(?!\n)/g

function descriptionOf({ summary, about }: { readonly summary: string; readonly about?: string | undefined }): string {
  const sentence = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`
  return about === undefined ? sentence : `${sentence}\n\n${about.replaceAll(ONE_LINE_BREAK, ' ')}`
}

function toOption(name: string, option: CommandOption): Option {
  const made = new Option(optionSyntax(name, option), option.about)
  if (option.kind === 'text') return made.argParser(checkedValue)
  if (option.kind === 'list') {
    return made.argParser((value: string, before: readonly string[] | undefined) => [
      ...(before ?? []),
      checkedValue(value),
    ])
  }
  return made
}

/** Commander accepts any word after an option as its value. */
function checkedValue(text: string): string {
  if (!text.startsWith('--')) return text
  throw new InvalidArgumentError('The value before it is missing.')
}

/** Flags that were not given are false. */
function givenOf(options: CommandOptions, word: Commander): Readonly<Record<string, unknown>> {
  const flags = Object.entries(options).flatMap(([name, { kind }]) => (kind === 'flag' ? [[name, false] as const] : []))
  const operands = word.registeredArguments.map(
    (operand, index) => [operand.name(), word.processedArgs[index]] as const,
  )
  return { ...Object.fromEntries(flags), ...word.opts(), ...Object.fromEntries(operands) }
}

/** The help of an entry, or of one of its commands, wrapped at `columns`. */
export function helpOf(program: Commander, name: string, columns: number): string {
  const word = name
    .split(' ')
    .reduce<Commander | undefined>((of, part) => of?.commands.find((one) => one.name() === part), program)
  if (word === undefined) throw new Error(`there is no command "${name}"`)
  const parts: string[] = []
  const writeOut = (part: string) => void parts.push(part)
  word.configureOutput({ writeOut, getOutHelpWidth: () => columns, getOutHasColors: () => false }).outputHelp()
  return parts.join('')
}
