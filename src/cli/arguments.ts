import { userInfo } from 'node:os'
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { timeParameter } from '../api/time-parameter.ts'
import { isoTime } from '../events/times.ts'
import { everything, type Principal } from '../operations/principal.ts'
import { UsageError } from './usage-error.ts'

/** Options and positional arguments of a command; a UsageError for what it does not know. */
export function readArguments<const O extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: O,
  usage: string,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), usage)
  }
}

/** Milliseconds of a time with its zone, or of a day, which begins in UTC; null for none. A UsageError for anything else. */
export function timeOption(name: string, text: string | undefined, usage: string): number | null {
  try {
    const isDay = text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text)
    return timeParameter(`--${name}`, isDay ? `${text}T00:00:00Z` : text)
  } catch {
    throw new UsageError(`--${name} must be a date like 2026-01-31T00:00:00Z, not "${text}"`, usage)
  }
}

/** As `timeOption`, as ISO 8601 in UTC. */
export function isoOption(name: string, text: string | undefined, usage: string): string | null {
  return isoTime(timeOption(name, text, usage))
}

/** A whole number from 1 to `most`; `usual` where the option is not given. A UsageError for anything else. */
export function wholeOption(
  name: string,
  text: string | undefined,
  { usual, most }: { readonly usual: number; readonly most: number },
  usage: string,
): number {
  const number = text === undefined ? usual : Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= most) return number
  throw new UsageError(`--${name} must be a whole number from 1 to ${most}, not "${text}"`, usage)
}

/** Who runs the command: the user of this machine, or whom `--by` names. `persons`: with `--show-personal`. */
export function commandUser(given?: string, persons = false): Principal {
  return everything({ kind: 'cli', name: given?.trim() || userInfo().username }, persons)
}
