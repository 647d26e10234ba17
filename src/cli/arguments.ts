import { userInfo } from 'node:os'
import { timeParameter } from '../api/time-parameter.ts'
import { isoTime } from '../events/times.ts'
import { everything, type Principal } from '../operations/principal.ts'
import { UsageError } from './usage-error.ts'

/**
 * Milliseconds of a time with zone, or of the beginning of a day in UTC; null if not given. Else throws a UsageError.
 */
export function timeOption(name: string, text: string | undefined): number | null {
  try {
    const isDay = text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text)
    return timeParameter(`--${name}`, isDay ? `${text}T00:00:00Z` : text)
  } catch {
    throw new UsageError(`--${name} must be a date like 2026-01-31T00:00:00Z, not "${text}"`)
  }
}

/** As `timeOption`, as ISO 8601 in UTC. */
export function isoOption(name: string, text: string | undefined): string | null {
  return isoTime(timeOption(name, text))
}

/** A whole number from 1 to `most`; `usual` if the option is not given. Throws a UsageError for anything else. */
export function wholeOption(
  name: string,
  text: string | undefined,
  { usual, most }: { readonly usual: number; readonly most: number },
): number {
  const number = text === undefined ? usual : Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= most) return number
  throw new UsageError(`--${name} must be a whole number from 1 to ${most}, not "${text}"`)
}

/** The principal of the command: the user of this machine, or the name in `--by`. `persons`: with `--show-personal`. */
export function commandUser(given?: string, persons = false): Principal {
  return everything({ kind: 'cli', name: given?.trim() || userInfo().username }, persons)
}
