/** `--json`: true if given. */
export interface FlagOption {
  readonly kind: 'flag'
  readonly about: string
}

/** `--no-wait`, named `wait`: true if not given. */
export interface NegatedOption {
  readonly kind: 'negated'
  readonly about: string
}

/** `--reason TEXT`. `value`: its name in help, or choices separated by `|`. */
export interface TextOption {
  readonly kind: 'text'
  readonly value: string
  readonly about: string
}

/** `--line ID=PIECES`, which may be given several times. */
export interface ListOption {
  readonly kind: 'list'
  readonly value: string
  readonly about: string
}

export type CommandOption = FlagOption | NegatedOption | TextOption | ListOption
/** By name in camel case: `dryRun` is `--dry-run`. */
export type CommandOptions = Readonly<Record<string, CommandOption>>

export const flag = (about: string) => ({ kind: 'flag', about }) as const
export const negated = (about: string) => ({ kind: 'negated', about }) as const
export const text = (value: string, about: string) => ({ kind: 'text', value, about }) as const
export const list = (value: string, about: string) => ({ kind: 'list', value, about }) as const

/**
 * Declaration of a command for help, completion, documentation and the parser. It does not import the code that runs
 * the command, so that all declarations load within milliseconds.
 */
export interface Command<T extends string = string, O extends CommandOptions = CommandOptions> {
  /** The words that select it: `keys create`. */
  readonly name: string
  readonly summary: string
  /** Its operands: `<dir>` is required, `[id]` optional, `[ids...]` any number. */
  readonly takes: T
  /** More text for the help, in paragraphs. */
  readonly about?: string
  readonly options: O
  /** Command lines with the default ids of `waldstream init`. */
  readonly examples: readonly string[]
  /** Values of operands that completion offers, by name of the operand. */
  readonly choices?: Readonly<Record<string, readonly string[]>>
}

/** Several commands behind one word: `keys list`, `keys create`. */
export interface CommandGroup {
  readonly name: string
  readonly summary: string
  readonly about?: string
  readonly commands: readonly Command[]
  /** The command for the first word alone, with operands of its own: `order <number>`. */
  readonly own?: Command
  /** The one of `commands` that runs if none is named. */
  readonly usual?: string
}

export function command<const T extends string, const O extends CommandOptions>(
  declared: Command<T, O>,
): Command<T, O> {
  return declared
}

type OptionValue<O extends CommandOption> = O extends ListOption
  ? readonly string[] | undefined
  : O extends TextOption
    ? string | undefined
    : boolean

type Operands<T extends string> = T extends `${infer First} ${infer Rest}`
  ? Operands<First> & Operands<Rest>
  : T extends `[${infer Name}...]`
    ? { readonly [N in Name]: readonly string[] }
    : T extends `<${infer Name}>`
      ? { readonly [N in Name]: string }
      : T extends `[${infer Name}]`
        ? { readonly [N in Name]: string | undefined }
        : unknown

/** Operands and options of a command line, by name. */
export type Given<C> =
  C extends Command<infer T, infer O> ? Operands<T> & { readonly [N in keyof O]: OptionValue<O[N]> } : never

/** `dryRun` → `--dry-run`, negated `wait` → `--no-wait`. */
export function flagName(name: string, { kind }: CommandOption): string {
  const kebab = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return kind === 'negated' ? `--no-${kebab}` : `--${kebab}`
}

/** The syntax of `commander` and help: `--reason <text>`. */
export function optionSyntax(name: string, option: CommandOption): string {
  const takesValue = option.kind === 'text' || option.kind === 'list'
  return takesValue ? `${flagName(name, option)} <${option.value}>` : flagName(name, option)
}

export function isGroup(entry: Command | CommandGroup): entry is CommandGroup {
  return 'commands' in entry
}

/** The commands of an entry, its own command first. */
export function commandsOf(entry: Command | CommandGroup): readonly Command[] {
  if (!isGroup(entry)) return [entry]
  return entry.own === undefined ? entry.commands : [entry.own, ...entry.commands]
}
